"""Defines all limits of the server, each with its reason. Limits of frames are in `netviz/wire/limits.py`."""

from dataclasses import dataclass

from django.conf import settings

from netviz.wire.limits import BROWSER_BACKLOG_BYTES, SNAPSHOT_BYTES


@dataclass(frozen=True, slots=True)
class Limit:
    """Allows up to `tries` attempts in a window of `seconds`. `name` distinguishes the counts of different limits."""

    name: str
    tries: int
    seconds: float


# Failed sign-ins by password for one account from one address: enough for typing errors, too few for guessing.
# NETVIZ_SIGN_IN_TRIES sets it, and the next three limits grow with it.
SIGN_INS = Limit("sign-in", settings.SIGN_IN_TRIES, 60)

# Failed sign-ins by password from one address for all accounts: many people may share an address.
SIGN_INS_OF_ADDRESS = Limit("sign-in-address", 5 * settings.SIGN_IN_TRIES, 60)

# Failed sign-ins by password for one account from all addresses. Above this, each address has only a few tries for the
# account: a user who makes a typing error or two is not locked out by an attack on the account.
SIGN_INS_OF_ACCOUNT, SIGN_INS_UNDER_ATTACK = Limit("sign-in-account", 10 * settings.SIGN_IN_TRIES, 60), 3

# Failed sign-ins by link from one address.
SIGN_IN_LINKS = Limit("sign-in-link", settings.SIGN_IN_TRIES, 60)

# Failed sign-ins that the audit trail records in an hour, from one address and from all, so that nobody can fill it.
AUDITED_FAILURES_OF_ADDRESS, AUDITED_FAILURES = Limit("audit-address", 20, 3_600), Limit("audit", 1_000, 3_600)

# Calls of the API by one user: ten a second. A call can read a whole topology.
API_CALLS = Limit("api", settings.API_CALLS, 60)

# Maximum number of calls of the API that read a whole topology at a time, of all users; each user has one. More would
# make agents wait. A further call waits for up to `API_WAIT_S` seconds.
API_AT_ONCE, API_WAIT_S = 2, 10

# Days after which an API token expires, unless it was made for another time; and the most that can be chosen.
TOKEN_DAYS, TOKEN_DAYS_MOST = 90, 3_650

# Maximum rate of frames from one browser. A browser sends frames to renew watches, to make requests, and to subscribe
# again after a resync.
BROWSER_FRAMES = Limit("browser-frames", 100, 10)

# The number of attempts to sign in is counted per client address. Up to this number of addresses are kept in memory. If
# there are more, the oldest is dropped, so that requests from very many addresses do not use up the memory.
ADDRESSES = 10_000

# The server closes an agent's connection if it is not admitted within this number of seconds, from the first frame to
# the welcome. The agent needs only milliseconds to sign the proof, and the server to read the host's topology.
PROOF_S = 10

# Every `RIGHTS_S` seconds, a server process checks that the users of its open websockets may still see what they see.
# With `CLOSE_S`, a websocket ends within 5 s after its user lost the right to it, even if its browser does not read.
RIGHTS_S = 2

# A browser that is not subscribed to a host for this number of seconds is disconnected. A page subscribes at once.
UNSUBSCRIBED_S = 60

# Maximum bytes of a frame of a browser, and of an agent that is not admitted yet: a proof and a hello have less than
# 1 KiB. The server keeps the beginning of a frame until the rest arrives, so these frames must be small.
HANDSHAKE_BYTES = 1 << 16

# Maximum seconds that the server waits for the database when an agent's changes are read or stored. Then it closes the
# connection with the code 1013, so that memory does not fill while the database hangs.
DATABASE_S = 8

# Maximum seconds until an agent accepts one frame of the server, and until it takes note of the end of its connection.
AGENT_READS_S = 20
AGENT_CLOSES_S = 3

# Every `STILL_ALLOWED_S` seconds, a server process sets the last-seen time of the hosts of its connected agents, and
# checks that these agents may still store changes.
STILL_ALLOWED_S = 3

# Maximum number of frames that wait to be sent to one agent. Usually none wait. If there are more, `watch` frames are
# dropped (browsers repeat them), requests are answered "busy", and the code that sends acknowledgements waits.
AGENT_QUEUE_FRAMES = 64

# Frames of an agent of more bytes than this are decoded in a thread: the event loop handles smaller ones in about a
# millisecond.
LARGE_FRAME_BYTES = 1 << 16

# Maximum bytes of changes that are not stored yet: of one host, and in total. Above them, the server does not read from
# the socket of the agent. Above the total, only agents with more than `UNSTORED_FREE_BYTES` wait, so that a few that
# send much do not stop the others.
UNSTORED_BYTES = 4 << 20
UNSTORED_TOTAL_BYTES = 64 << 20
UNSTORED_FREE_BYTES = 1 << 16

# A change is cut into pieces, so that none makes the event loop wait long: of this many bytes and entities, together
# with the earlier values of what it replaces; and of `PART_BYTES` bytes without bulky entities, so that a piece fits
# into one frame for a browser.
PIECE_BYTES, PIECE_ITEMS = 4 << 20, 20_000
PART_BYTES = 1 << 19

# Maximum bytes of the present topology of one host in memory, by the estimate of `netviz.server.live.pieces`. A host
# with the largest snapshot (`SNAPSHOT_BYTES`) of ordinary entities needs less; one of 15,000 entities needs 12 MiB.
HOST_MEMORY_BYTES = 384 << 20

# Maximum bytes of all topologies of one team in the memory of a process. Set NETVIZ_TEAM_MIB for a team of many hosts:
# one of 15,000 entities takes about 12 MiB.
TEAM_MEMORY_BYTES = settings.TEAM_MIB << 20

# Maximum rates of all agents of one team together. After a restart of the server, all of them send snapshots.
TEAM_BYTES_PER_S = 16 << 20
TEAM_CHANGES_PER_S = 40_000

# A topology is removed from memory when for this number of seconds no agent was connected and no browser watched it.
UNUSED_FEED_S = 300

# Maximum number of map pages that one user may have open. Set NETVIZ_USER_SOCKETS if many people share an account.
USER_SOCKETS = settings.USER_SOCKETS

# Maximum bytes that wait for one browser; above them, the server closes the websocket. A snapshot of the largest size
# fits. It is shared by all browsers that receive it.
BROWSER_WAITING_BYTES = SNAPSHOT_BYTES + BROWSER_BACKLOG_BYTES

# Maximum bytes of all snapshots that browsers wait for. Above them, the browsers that wait for the oldest one must
# subscribe again. A snapshot is kept for `SHARED_KEPT_S` seconds for further browsers, if the host does not change.
SHARED_BYTES = 256 << 20
SHARED_KEPT_S = 5

# Size of a snapshot's chunk for a browser. A websocket that does not accept more keeps a copy of one chunk.
BROWSER_CHUNK_BYTES = 1 << 17

# Two agents with one key replace each other for ever. If a connection that was heard within `CONTEST_HEARD_S` seconds
# is replaced more than `CONTEST_TRIES` times within `CONTEST_S` seconds, the server refuses the newer one. The host is
# contested until nobody was refused for `CONTESTED_S` seconds: an agent that was refused waits up to five minutes.
CONTEST_HEARD_S = 6
CONTEST_TRIES = 3
CONTEST_S = 300
CONTESTED_S = 900

# Maximum seconds that a process waits for Redis when it sends to the other processes, and the pause after a failure.
REDIS_S = 1
REDIS_PAUSE_S = 1

# Every `COMPARE_S` seconds, the process with a host's agent tells the others the number of the last change. A process
# that has another number reads the topology from the database.
COMPARE_S = 2

# Number of bulky entities (such as netfilter rules) that are encoded in the event loop when a browser starts to watch a
# namespace. If there are more, a thread encodes them, so that no other browser waits.
BULKY_ON_THE_SPOT = 500

# Number of items on one page of the API: the default and the maximum.
PAGE_ITEMS, PAGE_ITEMS_MOST = 1_000, 10_000

# A page of the API ends earlier when its entities have this many bytes.
PAGE_BYTES = 4 << 20

# Results of an API search: the default and maximum number; the maximum number of characters in the query.
SEARCH_ITEMS, SEARCH_ITEMS_MOST, SEARCH_CHARACTERS = 100, 1_000, 200

# -- the edge: connections and requests (`netviz/server/edge/`)

# Maximum number of open connections of one process: 10,000 agents and some browsers. An idle websocket needs 25 KiB.
# There are fewer if the process may open fewer files.
CONNECTIONS = 12_000

# Files that are kept for everything else: the database, Redis, logs. A process with few files keeps a quarter of them.
OTHER_FILES = 256

# Maximum number of connections that wait for their clients at a time, of all and of one address. A client sends its
# request at once, so usually a few wait. A browser has up to six connections, so many people can share an address.
# While the server is busy, clients that come together have to wait for it, so connections younger than `YOUNG_S`
# seconds stay.
WAITING, WAITING_PER_ADDRESS, YOUNG_S = 1_024, 256, 1

# Maximum seconds for the handshake of TLS; for the head of a request, from the start of a connection or the end of the
# last response; for a body. A slow mobile network sends the largest form of netviz within two seconds.
TLS_S, HEAD_S, BODY_S = 10, 10, 30

# Maximum bytes of a request's body. A form of netviz has less than 4 KiB. The answer to a larger body is 413.
BODY_BYTES = 1 << 20

# Maximum bytes of a Content-Type header: reading its parameters takes long.
CONTENT_TYPE_BYTES = 1_024

# Maximum bytes of all bodies together that are in memory. Bodies of up to `FORM_BYTES` do not count, so that nobody who
# sends large ones can keep others from signing in.
BODIES_BYTES, FORM_BYTES = 16 << 20, 1 << 16

# Seconds for which the server reads and drops the rest of a refused body, so that its client can see the answer.
LINGER_S = 2

# Seconds after which a connection is closed if its client does not read the response.
STALL_S = 30

# Seconds after which a websocket is closed if its client has not proved who it is, a little more than `PROOF_S`; and
# seconds that a client has to close a websocket that the server has closed.
UNKNOWN_S, CLOSE_S = 15, 2

# Maximum rate of pings, pongs and empty fragments from one client. The server sends a ping every 20 s.
EMPTY_FRAMES = Limit("empty-frames", 100, 10)

# Bytes that may wait for a websocket's client when it sends a ping. A client that sends pings and does not read would
# make the server keep the answers in memory.
UNREAD_PONGS_BYTES = 1 << 18

# Maximum seconds that `/readyz` waits for the database, and the number of bytes that it reserves for a moment to find a
# full disk: the log (WAL) of SQLite has up to 4 MiB.
READY_S, PROBE_BYTES = 1.5, 4 << 20

# Seconds after which a client may try again, if the server cannot use its database.
RETRY_S = 10

# The log: how many lines of one kind there may be in a minute, by level, so that neither a fault nor an outsider fills
# it; the kinds that are remembered; the characters of a line.
LOG_LINES = {"DEBUG": 60, "INFO": 60, "WARNING": 5, "ERROR": 1, "CRITICAL": 1}
LOG_KINDS, LOG_CHARACTERS = 1_000, 2_000
