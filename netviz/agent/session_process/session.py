"""The session with the server, as a state machine that does no I/O.

It stands between two streams of frames: the kernel process's (the truth of this host) and the server's. What happens
is told to it by a method for each event; what is to be done comes back as a list of actions.

    CLOSED --opened--> PROVING --challenge: proof, hello--> GREETING --welcome--> STREAMING
                                                                 |                    |  server wants a snapshot
                                                                 +--no seq--> AWAITING-+ (asks the kernel process)
    any state --closed--> CLOSED, what was not acknowledged is kept and sent again

A delta is kept until the server acknowledged it, up to `UNACKED_BYTES`; beyond that all are forgotten, and the next
connection begins with a snapshot. `docs/protocol.md` has the server's side.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from netviz import __version__
from netviz.agent.session_process.signing_key import Key
from netviz.wire.codec import encode
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    AgentFrame,
    Challenge,
    DeltaFrame,
    Hello,
    Problem,
    Proof,
    Resync,
    ServerFrame,
    SnapshotBegin,
    SnapshotChunk,
    SnapshotEnd,
    State,
    Watch,
    Welcome,
    proof_text,
)
from netviz.wire.limits import UNACKED_BYTES


class Phase(Enum):
    """Where a connection is."""

    CLOSED = auto()
    PROVING = auto()
    GREETING = auto()
    AWAITING = auto()
    STREAMING = auto()


@dataclass(frozen=True, slots=True)
class ToServer:
    """Send this frame to the server."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class ToKernel:
    """Send this frame to the kernel process."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection and try again after a pause; `reason` is for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The server will not have this agent: end, for a new try mends nothing."""

    reason: str


Action = ToServer | ToKernel | Close | Stop

# Problems that no new try mends.
_FINAL = frozenset({"revoked", "unknown-key", "protocol", "bad-proof"})


class Session:
    """One agent's session over any number of connections."""

    def __init__(self, key: Key, authority: str) -> None:
        self._key = key
        self._authority = authority
        self.phase = Phase.CLOSED
        self._epoch = ""
        self._seq = 0  # of the last delta the kernel process sent
        self._unacked: deque[tuple[int, bytes]] = deque()
        self._unacked_bytes = 0
        self._in_snapshot = False  # its beginning went out on this connection, its end did not yet

    # -- the connection

    def opened(self) -> list[Action]:
        """A connection stands; the server speaks first."""
        self.phase = Phase.PROVING
        return []

    def closed(self) -> None:
        """The connection is gone."""
        self.phase = Phase.CLOSED
        self._in_snapshot = False

    # -- frames of the server

    def from_server(self, frame: ServerFrame) -> list[Action]:
        """A frame of the server's."""
        match frame, self.phase:
            case Problem(), _:
                return self._problem(frame)
            case Challenge(), Phase.PROVING:
                return self._prove(frame.nonce)
            case Welcome(), Phase.GREETING:
                return self._welcome(frame)
            case Ack(), Phase.STREAMING | Phase.AWAITING:
                return self._acknowledged(frame)
            case Resync(), Phase.STREAMING | Phase.AWAITING:
                return self._ask_for_snapshot(frame.reason)
            case Watch(), Phase.STREAMING | Phase.AWAITING:
                return [ToKernel(encode(frame))]
            case _:
                return [Close(f"the server said {frame.TAG} where it may not")]

    def _problem(self, frame: Problem) -> list[Action]:
        if frame.code in _FINAL:
            return [Stop(frame.text)]
        return [Close(f"the server refused something ({frame.code}): {frame.text}")] if frame.final else []

    def _prove(self, nonce: str) -> list[Action]:
        self.phase = Phase.GREETING
        signature = self._key.sign(proof_text(nonce, self._authority))
        since = self._unacked[0][0] - 1 if self._unacked else self._seq
        hello = Hello(PROTOCOL, __version__, self._epoch, since, self._seq)
        return [ToServer(encode(Proof(self._key.public, signature))), ToServer(encode(hello))]

    def _welcome(self, frame: Welcome) -> list[Action]:
        if frame.protocol != PROTOCOL:
            return [Stop(f"the server speaks protocol {frame.protocol}, this agent {PROTOCOL}")]
        if frame.seq is None:
            return self._ask_for_snapshot("the server needs one")
        self._forget(frame.seq)
        self.phase = Phase.STREAMING
        return [ToServer(delta) for _, delta in self._unacked]

    def _ask_for_snapshot(self, reason: str) -> list[Action]:
        self.phase = Phase.AWAITING
        return [ToKernel(encode(Resync(reason)))]

    def _acknowledged(self, frame: Ack) -> list[Action]:
        if frame.epoch == self._epoch:
            self._forget(frame.seq)
        return []

    def _forget(self, seq: int) -> None:
        while self._unacked and self._unacked[0][0] <= seq:
            self._unacked_bytes -= len(self._unacked.popleft()[1])

    # -- frames of the kernel process

    def from_kernel(self, frame: AgentFrame, data: bytes) -> list[Action]:
        """A frame of the kernel process's, and its bytes."""
        match frame:
            case Hello():
                self._begin_epoch(frame.epoch, frame.seq)
                return []
            case SnapshotBegin():
                return self._snapshot(frame, data)
            case SnapshotChunk() | SnapshotEnd():
                return self._rest_of_snapshot(frame, data)
            case State():
                return [ToServer(data)] if self.phase is Phase.STREAMING else []
            case DeltaFrame():
                return self._delta(frame, data)
            case _:
                return []

    def _begin_epoch(self, epoch: str, seq: int) -> None:
        self._epoch, self._seq = epoch, seq
        self._unacked.clear()
        self._unacked_bytes = 0

    def _snapshot(self, frame: SnapshotBegin, data: bytes) -> list[Action]:
        """One that was asked for, or one that the kernel process sends by itself as it began anew."""
        wanted = self.phase is Phase.AWAITING or (self.phase is Phase.STREAMING and frame.epoch != self._epoch)
        if wanted or frame.epoch != self._epoch:
            self._begin_epoch(frame.epoch, frame.seq)
        if not wanted:
            return []
        self.phase = Phase.STREAMING
        self._in_snapshot = True
        return [ToServer(data)]

    def _rest_of_snapshot(self, frame: SnapshotChunk | SnapshotEnd, data: bytes) -> list[Action]:
        if not self._in_snapshot:
            return []
        self._in_snapshot = isinstance(frame, SnapshotChunk)
        return [ToServer(data)]

    def _delta(self, frame: DeltaFrame, data: bytes) -> list[Action]:
        self._seq = frame.seq
        self._unacked.append((frame.seq, data))
        self._unacked_bytes += len(data)
        if self._unacked_bytes > UNACKED_BYTES:
            self._unacked.clear()
            self._unacked_bytes = 0
        return [ToServer(data)] if self.phase is Phase.STREAMING else []
