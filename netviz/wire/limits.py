"""All limits of the wire protocol, each with its reason. The agent, the server and the browser use the same limits."""

# Maximum bytes of one frame, so that a buffer of a few frames stays small. A snapshot is sent in chunks.
FRAME_BYTES = 1 << 20

# Target size of a snapshot's chunk in bytes: half of the maximum size of a frame, so that one more entity always fits.
CHUNK_BYTES = 1 << 19

# Maximum bytes of all chunks of one snapshot. A host with the maximum of 100,000 entities has about 30 MiB.
SNAPSHOT_BYTES = 64 << 20

# Maximum number of chunks of one snapshot. A chunk is full when it has about `CHUNK_BYTES` bytes, or `ARRAY_ITEMS`
# entities.
SNAPSHOT_CHUNKS = 1_024

# Maximum number of entities in one chunk or delta: the longest array in a frame.
ARRAY_ITEMS = 10_000

# Maximum nesting depth of one frame. The deepest valid frame (a delta of a link with port VLANs) has depth 7.
DEPTH = 16

# Maximum characters of a text field that has no limit of its own. The longest kernel string is a path in mountinfo with
# up to 4,096 bytes (an ifalias has 255), and each invisible byte is written with four characters (`\xNN`). So a key
# with one name or path fits.
TEXT_CHARACTERS = 20_480

# The largest integer in a frame. Larger ones lose digits in a browser (IEEE 754 double), so they are sent as text.
INTEGER = (1 << 53) - 1

# Maximum characters of an integer in JSON: a sign and the 16 digits of `INTEGER`. The limit is checked before the
# conversion, because the time of a conversion grows with the square of the length.
INTEGER_DIGITS = 17

# Maximum characters of an epoch; agents use 16 hexadecimal digits. The server stores the epoch.
EPOCH_CHARACTERS = 64

# Maximum entities of one host. The agent leaves out the entities above this limit, and reports how many it left out.
ENTITIES = 100_000

# Maximum bytes of unacknowledged deltas that an agent keeps. If there are more, the agent drops them all, and its next
# connection starts with a snapshot.
UNACKED_BYTES = 16 << 20

# Maximum rates of one agent: bytes and entities (of snapshots and deltas; each dropped key counts as one) per second.
# Both allow a burst of one snapshot of the largest size. Above a rate the server reads more slowly, and the agent
# itself sends less often: it collects changes, so several changes of one entity are sent as one.
BYTES_PER_SECOND = 2 << 20
CHANGES_PER_SECOND = 5_000

# Maximum frames per second from one agent. Above this rate the server stops reading and the agent waits, so nothing is
# lost. An agent collects changes for 20 ms, which makes up to 50 deltas a second, and sends current values besides.
FRAMES_PER_SECOND = 100

# Seconds between two heartbeats of an agent, and between two pings of a browser. A map that was not confirmed for
# `SILENT_S` seconds is no longer shown as live: two heartbeats may be lost or late, and what is promised, 6 seconds,
# leaves a second for timers.
HEARTBEAT_S = 2
SILENT_S = 5

# Seconds after which a browser that received no answer to a ping gives up its connection and connects again: a
# connection whose other end vanished reports no error by itself.
DEAD_S = 10

# Seconds after which a browser's watch of a namespace ends if the browser does not renew it.
WATCH_LEASE_S = 30

# Maximum number of namespaces that may be watched at a time: by one browser (`WATCHES`), and on one host by all
# browsers together (`HOST_WATCHES`).
WATCHES = 8
HOST_WATCHES = 64

# Maximum number of unanswered requests from one browser (`REQUESTS`), and from all browsers to one host
# (`HOST_REQUESTS`). Seconds after which a request is answered "late" (`REQUEST_S`).
REQUESTS = 8
HOST_REQUESTS = 32
REQUEST_S = 10

# Minimum milliseconds between two state frames with the same kind of current values (such as counters) of a namespace.
STATE_PERIOD_MS = 2_000

# Maximum frames and bytes that wait for a slow browser. If there are more, the browser starts again with a snapshot.
BROWSER_BACKLOG_FRAMES = 256
BROWSER_BACKLOG_BYTES = 4 << 20
