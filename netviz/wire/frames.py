"""The frames that agents, servers and browsers send each other. Unknown frames and unknown fields are refused.

The stream of one topology is a snapshot (`snapshot_begin`, `snapshot_chunk`..., `snapshot_end`), followed by deltas
whose `seq` increases by one each time. All frames of a stream have the same `epoch`, which names this numbering. An
agent uses a new epoch after each start; the server uses its own epoch for the stream to browsers. `docs/protocol.md`
describes the order of frames, and what each side does if a delta is missing.
"""

from typing import Annotated, ClassVar, Literal, get_args

from netviz.model.entity import Note, Tagged
from netviz.model.sizes import MaxLength
from netviz.model.state import StateValue, Subject
from netviz.model.topology import AnyEntity
from netviz.model.value import value
from netviz.wire.limits import EPOCH_CHARACTERS

# The protocol's version, increased once for each set of changes to frames or model. A server accepts agents from
# `OLDEST_PROTOCOL` to this protocol (`netviz.wire.upcast`), and refuses agents of a newer protocol.
PROTOCOL = 3
OLDEST_PROTOCOL = 1

# Version of the text that agents sign. It is separate from the protocol's version, because the signature is checked
# before the agent's protocol is known.
_PROOF = 1
Epoch = Annotated[str, MaxLength(EPOCH_CHARACTERS)]


@value
class Challenge(Tagged):
    """Server to agent, the first frame: a nonce to sign, new for every connection (64 hexadecimal digits)."""

    TAG: ClassVar[str] = "challenge"

    nonce: str


@value
class Proof(Tagged):
    """Agent to server: the agent's public Ed25519 key and its signature of `proof_text`, both in hexadecimal.

    The server finds the agent's host by this key. No other frame names the host.
    """

    TAG: ClassVar[str] = "proof"

    key: str
    signature: str


@value
class Enrol(Tagged):
    """Agent to server instead of `proof`, once: registers this key under this host name with a single-use token."""

    TAG: ClassVar[str] = "enrol"

    token: str
    key: str
    signature: str
    name: str


@value
class Enrolled(Tagged):
    """Server to agent: the key is registered for this host. The connection closes; the agent connects again."""

    TAG: ClassVar[str] = "enrolled"

    host: str
    name: str


def proof_text(nonce: str, authority: str) -> bytes:
    """Returns the text that an agent signs: the server's nonce, and the `host:port` that the agent connected to.

    The address makes the signature useless if somebody relays it to another server.
    """
    return f"netviz agent proof {_PROOF}\n{nonce}\n{authority}\n".encode()


@value
class Hello(Tagged):
    """Agent to server after the proof: the agent's latest delta is number `seq` of `epoch`. The agent still has all
    deltas after number `since`, so it can continue after any delta from `since` to `seq`.
    """

    TAG: ClassVar[str] = "hello"

    protocol: int
    agent_version: str
    epoch: Epoch
    since: int
    seq: int


@value
class Welcome(Tagged):
    """Server to agent: `seq` is the last stored delta of the agent's epoch, or None if the server needs a snapshot."""

    TAG: ClassVar[str] = "welcome"

    protocol: int
    host: str
    seq: int | None = None


@value
class SnapshotBegin(Tagged):
    """The beginning of a snapshot of the topology after delta `seq`; it has `entities` entities in `chunks` chunks."""

    TAG: ClassVar[str] = "snapshot_begin"

    epoch: Epoch
    seq: int
    chunks: int
    entities: int
    at_ms: int = 0


@value
class SnapshotChunk(Tagged):
    """Chunk number `index` (counted from 0) of the snapshot that is being sent."""

    TAG: ClassVar[str] = "snapshot_chunk"

    index: int
    entities: tuple[AnyEntity, ...]


@value
class SnapshotEnd(Tagged):
    """The end of a snapshot: all its chunks were sent."""

    TAG: ClassVar[str] = "snapshot_end"


@value
class DeltaFrame(Tagged):
    """A change of the topology: the entities to add or replace (`put`), and the keys of the entities to remove
    (`drop`).

    `seq` is one more than in the previous delta or snapshot. `at_ms` is the sender's clock when it saw the change, in
    milliseconds since 1970. It is for display, and does not define the order.
    """

    TAG: ClassVar[str] = "delta"

    epoch: Epoch
    seq: int
    put: tuple[AnyEntity, ...] = ()
    drop: tuple[str, ...] = ()
    at_ms: int = 0


@value
class Heartbeat(Tagged):
    """Agent to server, every `HEARTBEAT_S` seconds: the agent's kernel process still follows the kernel, and has sent
    the changes that it saw.

    Only the kernel process makes this frame. So a kernel process that hangs is noticed, although the session process
    still keeps the connection open.
    """

    TAG: ClassVar[str] = "heartbeat"


@value
class Ack(Tagged):
    """Server to agent: all deltas up to `seq` of the agent's `epoch` are stored."""

    TAG: ClassVar[str] = "ack"

    epoch: Epoch
    seq: int


@value
class Resync(Tagged):
    """A request to start again with a snapshot; `reason` is for the log."""

    TAG: ClassVar[str] = "resync"

    reason: str


@value
class Watch(Tagged):
    """A request to send the current values of these subjects (such as counters or sockets) of a namespace, because a
    user looks at the namespace. The request ends after `WATCH_LEASE_S` seconds if no other `watch` renews it.

    If a browser sets `bulky`, the server sends it all bulky entities of the namespace (such as netfilter rules; see
    `BULKY_TAGS` in `netviz.model.topology`), and then their changes in `bulk` frames, for `WATCH_LEASE_S` seconds. This
    time is the browser's lease. Another `watch` with `bulky` renews the lease; a `watch` without `bulky` has no effect
    on it. The server never sends `bulky` to an agent.
    """

    TAG: ClassVar[str] = "watch"

    ns: str
    subjects: tuple[Subject, ...]
    bulky: bool = False


@value
class Bulk(Tagged):
    """Server to browser: bulky entities (such as netfilter rules; see `BULKY_TAGS` in `netviz.model.topology`) of a
    namespace that the browser watches, as they are after delta `seq`.

    The server sends one or more `bulk` frames at a time; in all but the last, `more` is true. If `whole` is true in the
    first of them, they contain all bulky entities of the namespace, and the browser discards those that it has.
    Otherwise they contain only the changes of delta `seq`, and follow the frame of this delta. A browser receives
    `bulk` frames only while it has a lease (see `Watch`). A subscription or a `resync` ends all its leases.
    """

    TAG: ClassVar[str] = "bulk"

    ns: str
    seq: int
    put: tuple[AnyEntity, ...] = ()
    drop: tuple[str, ...] = ()
    whole: bool = False
    more: bool = False


@value
class ReadNow(Tagged):
    """A request to read the current values of these subjects (kinds of values, such as counters or sockets) of a
    namespace once.

    The values arrive in `state` frames before the answer.
    """

    TAG: ClassVar[str] = "read_now"

    ns: str
    subjects: tuple[Subject, ...]


RequestId = Annotated[str, MaxLength(64)]


@value
class Request(Tagged):
    """Browser to server, or server to agent: a request to do `ask` once. The receiver sends one `answer` with the same
    id.

    The sender chooses the id, so a server that forwards a browser's request to an agent uses an id of its own.
    """

    TAG: ClassVar[str] = "request"

    id: RequestId
    ask: ReadNow


@value
class Answer(Tagged):
    """The answer to a request: "done", or the reason why the request was not done.

    "unknown-namespace": no namespace has this id; "failed": an error occurred, which `text` describes; "busy": too
    many requests are pending; "no-agent": the host's agent is not connected; "late": no answer came in time.
    """

    TAG: ClassVar[str] = "answer"

    id: RequestId
    code: Literal["done", "unknown-namespace", "failed", "busy", "no-agent", "late"] = "done"
    text: str = ""


@value
class State(Tagged):
    """Current values of one subject (such as counters or sockets) of a namespace, sent because of a watch or a request.

    If the frame has only the first values because of a limit, `total` is the number of all values; otherwise it is 0.
    `missing` says what could not be read of the subject, or is None.
    """

    TAG: ClassVar[str] = "state"

    ns: str
    subject: Subject
    values: tuple[StateValue, ...] = ()
    at_ms: int = 0
    total: int = 0
    missing: Note | None = None


@value
class Subscribe(Tagged):
    """Browser to server: a request to send the map of this host from now on, and no longer that of another host."""

    TAG: ClassVar[str] = "subscribe"

    host: str


@value
class Freshness(Tagged):
    """Server to browser: how fresh a host's map is.

    "live": an agent is connected and sends heartbeats. If the frame follows a change, `lag_ms` is the time from this
    change on the host to its arrival at the server; otherwise it is 0. "connected": an agent is connected, but its
    protocol has no heartbeats, so nothing shows that it still follows the kernel. "stale": no agent is connected, and
    the last heartbeat came at `since_ms` (the server's clock, milliseconds since 1970). "never": no agent was ever
    connected.

    Server processes send each other this frame too, every `HEARTBEAT_S` seconds while an agent sends heartbeats.
    """

    TAG: ClassVar[str] = "freshness"

    host: str
    state: Literal["live", "connected", "stale", "never"]
    since_ms: int = 0
    lag_ms: int = 0


@value
class Ping(Tagged):
    """Browser to server, every `HEARTBEAT_S` seconds: a request to answer with a `pong` that has the same `id`."""

    TAG: ClassVar[str] = "ping"

    id: int


@value
class Pong(Tagged):
    """Server to browser: the answer to a `ping`.

    `silent_ms` is the time since the last heartbeat of the host's agent arrived. So when the browser sent the ping, its
    map was at most this much older than the host. `seq` is the number of the last change that the server sent to this
    browser before: a browser that still has an older one when the next pong arrives has lost a change.
    """

    TAG: ClassVar[str] = "pong"

    id: int
    silent_ms: int
    seq: int


@value
class Problem(Tagged):
    """An error: a stable code, and a sentence that says what is wrong and where.

    If `final`, the sender closes the socket.
    """

    TAG: ClassVar[str] = "problem"

    code: str
    text: str
    final: bool = False


AgentFrame = (
    Proof
    | Enrol
    | Hello
    | SnapshotBegin
    | SnapshotChunk
    | SnapshotEnd
    | DeltaFrame
    | Heartbeat
    | State
    | Answer
    | Problem
)
ServerFrame = Challenge | Enrolled | Welcome | Ack | Resync | Watch | Request | Problem
BrowserFrame = Subscribe | Watch | Request | Ping
ViewFrame = (
    SnapshotBegin
    | SnapshotChunk
    | SnapshotEnd
    | DeltaFrame
    | Bulk
    | State
    | Answer
    | Freshness
    | Pong
    | Resync
    | Problem
)

AnyFrame = AgentFrame | ServerFrame | BrowserFrame | ViewFrame
FRAME_TYPES: tuple[type[AnyFrame], ...] = get_args(AnyFrame)

Direction = Literal["agent", "server", "browser", "view"]

# Maps the name of each direction in the schema to the frames that may be sent in this direction.
DIRECTIONS: dict[str, tuple[type[AnyFrame], ...]] = {
    "agent": get_args(AgentFrame),
    "server": get_args(ServerFrame),
    "browser": get_args(BrowserFrame),
    "view": get_args(ViewFrame),
}
