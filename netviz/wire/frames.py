"""The frames: what an agent, a server and a browser may send each other. A closed list; unknown fields are refused.

A stream of one topology is a snapshot (`snapshot_begin`, `snapshot_chunk`..., `snapshot_end`) and then deltas without a
gap in `seq`, all of one `epoch`. An agent's epoch is new at every start of it; the stream to a browser has the server's
own. `docs/protocol.md` has the order of frames and what each side does with a gap.
"""

from typing import Annotated, ClassVar, Literal, get_args

from netviz.model.entity import Note, Tagged
from netviz.model.sizes import MaxLength
from netviz.model.state import StateValue, Subject
from netviz.model.topology import AnyEntity
from netviz.model.value import value

# Moves once for each set of changes to frames or model. A server understands agents of this protocol and of the one
# before (`netviz.wire.upcast`); an agent that is newer than its server is refused.
PROTOCOL = 2
OLDEST_PROTOCOL = 1

# The form of what is signed: it has a number of its own, as a signature is checked before the protocol is known.
_PROOF = 1


@value
class Challenge(Tagged):
    """Server to agent, first of all: a nonce to sign, new for every connection (64 hexadecimal digits)."""

    TAG: ClassVar[str] = "challenge"

    nonce: str


@value
class Proof(Tagged):
    """Agent to server: the public half of its Ed25519 key, and its signature of `proof_text`, both in hexadecimal.

    The server finds the host by the key. No other frame says which host it is about.
    """

    TAG: ClassVar[str] = "proof"

    key: str
    signature: str


@value
class Enrol(Tagged):
    """Agent to server instead of a proof, once: a token of one use buys a place for this key, under this name."""

    TAG: ClassVar[str] = "enrol"

    token: str
    key: str
    signature: str
    name: str


@value
class Enrolled(Tagged):
    """Server to agent: the key stands for this host from now on. The connection closes; the agent connects again."""

    TAG: ClassVar[str] = "enrolled"

    host: str
    name: str


def proof_text(nonce: str, authority: str) -> bytes:
    """What an agent signs: the server's nonce, and the `host:port` that it believes it speaks to.

    The second makes a signature worthless to whoever relays it to another server.
    """
    return f"netviz agent proof {_PROOF}\n{nonce}\n{authority}\n".encode()


@value
class Hello(Tagged):
    """Agent to server after its proof: it can resume `epoch` after any delta from `since` to `seq`."""

    TAG: ClassVar[str] = "hello"

    protocol: int
    agent_version: str
    epoch: str
    since: int
    seq: int


@value
class Welcome(Tagged):
    """Server to agent, the answer: the last delta it has of the agent's epoch, or None: it needs a snapshot."""

    TAG: ClassVar[str] = "welcome"

    protocol: int
    host: str
    seq: int | None = None


@value
class SnapshotBegin(Tagged):
    """A snapshot follows in `chunks` chunks of `entities` entities in all; it is the state after delta `seq`."""

    TAG: ClassVar[str] = "snapshot_begin"

    epoch: str
    seq: int
    chunks: int
    entities: int
    at_ms: int = 0


@value
class SnapshotChunk(Tagged):
    """Chunk `index` (from 0) of the snapshot that was begun."""

    TAG: ClassVar[str] = "snapshot_chunk"

    index: int
    entities: tuple[AnyEntity, ...]


@value
class SnapshotEnd(Tagged):
    """The snapshot is whole."""

    TAG: ClassVar[str] = "snapshot_end"


@value
class DeltaFrame(Tagged):
    """One step: entities put, keys dropped. `seq` is one more than that of the delta or snapshot before.

    `at_ms` is the sender's clock when the change was known, in milliseconds since 1970: for showing, never for order.
    """

    TAG: ClassVar[str] = "delta"

    epoch: str
    seq: int
    put: tuple[AnyEntity, ...] = ()
    drop: tuple[str, ...] = ()
    at_ms: int = 0


@value
class Ack(Tagged):
    """Server to agent: everything up to `seq` of `epoch` is stored."""

    TAG: ClassVar[str] = "ack"

    epoch: str
    seq: int


@value
class Resync(Tagged):
    """Begin again with a snapshot; `reason` says why, for the log."""

    TAG: ClassVar[str] = "resync"

    reason: str


@value
class Watch(Tagged):
    """Somebody watches a namespace, for the time of a lease: send the state of these subjects.

    A browser that also sets `bulky` receives the namespace's bulky entities (`netviz.model.topology.BULKY_TAGS`), kept
    exact by `bulk` frames as long as a `watch` with `bulky` renews the lease; one without it changes nothing of that.
    An agent never receives `bulky`.
    """

    TAG: ClassVar[str] = "watch"

    ns: str
    subjects: tuple[Subject, ...]
    bulky: bool = False


@value
class Bulk(Tagged):
    """Server to browser: bulky entities of a namespace that it watches, as they are after delta `seq` of the stream.

    A step is one frame or several: all but the last have `more`. With `whole` on its first frame the step begins with
    nothing: what the browser had of the namespace's bulky entities is void. Without it the step belongs to the delta
    before it, which has the same `seq`. A subscription, and a `resync`, end all leases.
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
    """Read the current values of these subjects of a namespace at once; their `state` comes before the answer."""

    TAG: ClassVar[str] = "read_now"

    ns: str
    subjects: tuple[Subject, ...]


RequestId = Annotated[str, MaxLength(64)]


@value
class Request(Tagged):
    """Browser to server, server to agent: do this once. Exactly one `answer` with the same id comes back.

    An id is the asker's own: a server gives the agent another one than the browser gave it.
    """

    TAG: ClassVar[str] = "request"

    id: RequestId
    ask: ReadNow


@value
class Answer(Tagged):
    """The answer to a request: "done", or why not.

    "unknown-namespace": there is none of this id; "failed": it was tried, `text` says what went wrong; "busy": too many
    requests wait; "no-agent": the host's agent is not connected; "late": no answer came in time.
    """

    TAG: ClassVar[str] = "answer"

    id: RequestId
    code: Literal["done", "unknown-namespace", "failed", "busy", "no-agent", "late"] = "done"
    text: str = ""


@value
class State(Tagged):
    """Current values of one subject of a namespace; the answer to a watch.

    `total` is how many there are where the frame holds only the first of them, else 0. `missing` says what of the
    subject could not be read, None for nothing.
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
    """Browser to server: show me this host, from now on and instead of the one before."""

    TAG: ClassVar[str] = "subscribe"

    host: str


@value
class Freshness(Tagged):
    """Server to browser: how fresh a host's map is.

    "live" with `lag_ms`, the time from a change known on the host to its arrival here; "stale" since `since_ms` (the
    server's clock, milliseconds since 1970); "never" before the first snapshot.
    """

    TAG: ClassVar[str] = "freshness"

    host: str
    state: Literal["live", "stale", "never"]
    since_ms: int = 0
    lag_ms: int = 0


@value
class Problem(Tagged):
    """What went wrong: a stable code, and a sentence that says what and where. `final` says that the socket closes."""

    TAG: ClassVar[str] = "problem"

    code: str
    text: str
    final: bool = False


AgentFrame = Proof | Enrol | Hello | SnapshotBegin | SnapshotChunk | SnapshotEnd | DeltaFrame | State | Answer | Problem
ServerFrame = Challenge | Enrolled | Welcome | Ack | Resync | Watch | Request | Problem
BrowserFrame = Subscribe | Watch | Request
ViewFrame = (
    SnapshotBegin | SnapshotChunk | SnapshotEnd | DeltaFrame | Bulk | State | Answer | Freshness | Resync | Problem
)

AnyFrame = AgentFrame | ServerFrame | BrowserFrame | ViewFrame
FRAME_TYPES: tuple[type[AnyFrame], ...] = get_args(AnyFrame)

Direction = Literal["agent", "server", "browser", "view"]

# What each direction may carry, by the name that the schema gives it.
DIRECTIONS: dict[str, tuple[type[AnyFrame], ...]] = {
    "agent": get_args(AgentFrame),
    "server": get_args(ServerFrame),
    "browser": get_args(BrowserFrame),
    "view": get_args(ViewFrame),
}
