"""The frames: what an agent, a server and a browser may say to each other. A closed list; unknown fields are refused.

A stream of one topology is a snapshot (`snapshot_begin`, `snapshot_chunk`..., `snapshot_end`) and then deltas without a
gap in `seq`, all of one `epoch`. An agent's epoch is new at every start of it; the stream to a browser has the server's
own. `docs/protocol.md` has the order of frames and what each side does with a gap.
"""

from typing import ClassVar, Literal, get_args

from netviz.model.entity import Tagged
from netviz.model.state import StateValue, Subject
from netviz.model.topology import AnyEntity
from netviz.model.value import value

PROTOCOL = 1


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
    """Server to agent: the key stands for this host from now on; the connection closes, the agent comes anew."""

    TAG: ClassVar[str] = "enrolled"

    host: str
    name: str


def proof_text(nonce: str, authority: str) -> bytes:
    """What an agent signs: the server's nonce, and the `host:port` that it believes it speaks to.

    The second makes a signature worthless to whoever relays it to another server.
    """
    return f"netviz agent proof {PROTOCOL}\n{nonce}\n{authority}\n".encode()


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
    """Somebody looks at these subjects of a namespace: send their state, for the time of a lease."""

    TAG: ClassVar[str] = "watch"

    ns: str
    subjects: tuple[Subject, ...]


@value
class State(Tagged):
    """Current values of one subject of a namespace; the answer to a watch.

    `total` is how many there are where the frame holds only the first of them, else 0. `missing` is a sentence on what
    of the subject could not be read, empty for nothing.
    """

    TAG: ClassVar[str] = "state"

    ns: str
    subject: Subject
    values: tuple[StateValue, ...] = ()
    at_ms: int = 0
    total: int = 0
    missing: str = ""


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


AgentFrame = Proof | Enrol | Hello | SnapshotBegin | SnapshotChunk | SnapshotEnd | DeltaFrame | State | Problem
ServerFrame = Challenge | Enrolled | Welcome | Ack | Resync | Watch | Problem
BrowserFrame = Subscribe | Watch
ViewFrame = SnapshotBegin | SnapshotChunk | SnapshotEnd | DeltaFrame | State | Freshness | Resync | Problem

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
