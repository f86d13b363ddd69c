"""The session with the server, as a state machine without I/O.

It stands between two streams of frames: one from the agent's kernel process, which reads the topology of this host, and
one from the server. Each event, such as a received frame, has a method, which returns a list of actions for the caller
to perform.

    CLOSED --opened--> PROVING --challenge: proof, hello--> GREETING --welcome--> STREAMING
                                                                 |                    |  server requests a snapshot
                                                                 +--no seq--> AWAITING-+ (from the kernel process)
    any state --closed--> CLOSED; deltas that were not acknowledged are kept and sent again

"no seq" means that the `welcome` of the server contains no seq: the server has no topology of the agent's epoch
(numbering of deltas), or the agent no longer has all deltas that the server lacks. In both cases the server needs a
snapshot.

A delta is kept until the server acknowledges it. If more than `UNACKED_BYTES` are kept, all are forgotten, and the next
connection starts with a snapshot. The server's side is described in `docs/protocol.md`.

Frames of the agent's kernel process are forwarded unchanged: only their type, epoch and seq are parsed
(`netviz.wire.codec.head`).
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from netviz import __version__
from netviz.agent.session_process.signing_key import Key
from netviz.wire.codec import Head, decode, encode, head
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Answer,
    Challenge,
    DeltaFrame,
    Heartbeat,
    Hello,
    Problem,
    Proof,
    Request,
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
from netviz.wire.problems import WireError


class Phase(Enum):
    """The phase that a connection to the server is in; see the diagram at the top of this module."""

    CLOSED = auto()
    PROVING = auto()
    GREETING = auto()
    AWAITING = auto()
    STREAMING = auto()


@dataclass(frozen=True, slots=True)
class ToServer:
    """An action: send this frame to the server."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class ToKernel:
    """An action: send this frame to the agent's kernel process."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """An action: close the connection, and connect again after a pause. `reason` goes to the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """An action: write this text to the log."""

    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """An action: stop the agent, because the server rejected it and another try would give the same result."""

    reason: str


Action = ToServer | ToKernel | Close | Report | Stop

# Codes of problems that make the agent stop, because they would occur again on a new connection.
_FINAL = frozenset({"revoked", "unknown-key", "protocol", "bad-proof"})

# Codes of problems that mean: another agent with the key of this one has the host now.
_TAKEN = frozenset({"superseded", "contested"})

# The phases after the server's welcome: topology and requests may be exchanged.
_OPEN = frozenset({Phase.STREAMING, Phase.AWAITING})
_ANY = frozenset(Phase)


class Session:
    """The session of one agent with the server. It continues when a connection is lost and a new one is made.

    `dropped` counts, by frame type, the frames of the agent's kernel process that were not forwarded. `is_taken` is
    whether the last connection ended because another agent with the same key has the host.
    """

    def __init__(self, key: Key, authority: str) -> None:
        self._key = key
        self._authority = authority
        self.phase = Phase.CLOSED
        self.is_taken = False
        self.dropped: Counter[str] = Counter()
        self._epoch = ""
        self._seq = 0  # the seq of the last delta from the agent's kernel process
        self._unacked: deque[tuple[int, bytes]] = deque()
        self._unacked_bytes = 0
        self._in_snapshot = False  # a snapshot is being sent on this connection
        # The two tables list all types of frames that this process accepts from the server, and from the agent's
        # kernel process. Each type has a handler. A frame from the server is also refused if it arrives in
        # another phase of the connection than its row in the table allows.
        self._of_server: dict[type[Any], tuple[frozenset[Phase], Callable[[Any], list[Action]]]] = {
            Problem: (_ANY, self._problem),
            Challenge: (frozenset({Phase.PROVING}), self._prove),
            Welcome: (frozenset({Phase.GREETING}), self._welcome),
            Ack: (_OPEN, self._acknowledged),
            Resync: (_OPEN, lambda frame: self._ask_for_snapshot(frame.reason)),
            Watch: (_OPEN, _pass_to_kernel),
            Request: (_OPEN, _pass_to_kernel),
        }
        self._of_kernel: dict[str, Callable[[Head, bytes], list[Action]]] = {
            Hello.TAG: self._hello,
            SnapshotBegin.TAG: self._snapshot,
            SnapshotChunk.TAG: self._rest_of_snapshot,
            SnapshotEnd.TAG: self._rest_of_snapshot,
            DeltaFrame.TAG: self._delta,
            Heartbeat.TAG: self._heartbeat,
            State.TAG: self._state,
            Answer.TAG: self._answer,
            Problem.TAG: self._problem_of_kernel,
        }

    # -- the connection

    def opened(self) -> list[Action]:
        """Records that a connection to the server was established.

        Returns no actions, because the server sends the first frame.
        """
        self.phase = Phase.PROVING
        self.is_taken = False
        return []

    def closed(self) -> None:
        """Records that the connection to the server was lost."""
        self.phase = Phase.CLOSED
        self._in_snapshot = False

    # -- frames of the server

    def from_server(self, frame: ServerFrame) -> list[Action]:
        """Handles a frame from the server. A frame that is not allowed in the current phase closes the connection."""
        phases, handle = self._of_server.get(type(frame), (frozenset(), _pass_to_kernel))
        if self.phase not in phases:
            return [Close(f"the server sent an unexpected {frame.TAG}")]
        return handle(frame)

    def _problem(self, frame: Problem) -> list[Action]:
        if frame.code in _FINAL:
            return [Stop(frame.text)]
        self.is_taken = frame.code in _TAKEN
        text = f"the server refused a frame ({frame.code}): {frame.text}"
        return [Close(text) if frame.final else Report(text)]

    def _prove(self, frame: Challenge) -> list[Action]:
        self.phase = Phase.GREETING
        signature = self._key.sign(proof_text(frame.nonce, self._authority))
        since = self._unacked[0][0] - 1 if self._unacked else self._seq
        hello = Hello(PROTOCOL, __version__, self._epoch, since, self._seq)
        return [ToServer(encode(Proof(self._key.public, signature))), ToServer(encode(hello))]

    def _welcome(self, frame: Welcome) -> list[Action]:
        """Handles the server's welcome, in which the server repeats the protocol version of the agent.

        Another version is an error.
        """
        if frame.protocol != PROTOCOL:
            return [Stop(f"the server answered in protocol {frame.protocol}; this agent speaks {PROTOCOL}")]
        if frame.seq is None:
            return self._ask_for_snapshot("the server has no topology of this epoch")
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

    # -- frames from the agent's kernel process

    def from_kernel(self, data: bytes) -> list[Action]:
        """Handles an encoded frame from the agent's kernel process.

        Raises WireError for a type of frame that this process must not send.
        """
        found = head(data)
        handle = self._of_kernel.get(found.tag)
        if handle is None:
            text = f"the agent's kernel process must not send a frame of type {found.tag}"
            raise WireError("unknown-type", text, "t")
        return handle(found, data)

    def _drop(self, tag: str) -> list[Action]:
        self.dropped[tag] += 1
        return []

    def _hello(self, _: Head, data: bytes) -> list[Action]:
        frame = decode(data, "agent")
        if isinstance(frame, Hello):
            self._begin_epoch(frame.epoch, frame.seq)
        return []

    def _begin_epoch(self, epoch: str, seq: int) -> None:
        self._epoch, self._seq = epoch, seq
        self._unacked.clear()
        self._unacked_bytes = 0

    def _snapshot(self, frame: Head, data: bytes) -> list[Action]:
        """Handles the first frame of a snapshot.

        The server requested the snapshot, or the agent's kernel process sent it because it began a new epoch.
        """
        wanted = self.phase is Phase.AWAITING or (self.phase is Phase.STREAMING and frame.epoch != self._epoch)
        if wanted or frame.epoch != self._epoch:
            self._begin_epoch(frame.epoch, frame.seq)
        if not wanted:
            return self._drop(frame.tag)
        self.phase = Phase.STREAMING
        self._in_snapshot = True
        return [ToServer(data)]

    def _rest_of_snapshot(self, frame: Head, data: bytes) -> list[Action]:
        if not self._in_snapshot:
            return self._drop(frame.tag)
        self._in_snapshot = frame.tag == SnapshotChunk.TAG
        return [ToServer(data)]

    def _heartbeat(self, _: Head, data: bytes) -> list[Action]:
        """Forwards a heartbeat. Without a connection it is useless, and the next one is never far."""
        return [ToServer(data)] if self.phase is Phase.STREAMING else []

    def _state(self, frame: Head, data: bytes) -> list[Action]:
        return [ToServer(data)] if self.phase is Phase.STREAMING else self._drop(frame.tag)

    def _answer(self, frame: Head, data: bytes) -> list[Action]:
        """Forwards an answer. Without a connection it is dropped, because the server itself answered the request when
        the connection ended.
        """
        return [ToServer(data)] if self.phase in _OPEN else self._drop(frame.tag)

    def _problem_of_kernel(self, _: Head, data: bytes) -> list[Action]:
        frame = decode(data, "agent")
        assert isinstance(frame, Problem)  # noqa: S101 - implied by the tag
        return [Report(f"the agent's kernel process refused a frame ({frame.code}): {frame.text}")]

    def _delta(self, frame: Head, data: bytes) -> list[Action]:
        self._seq = frame.seq
        self._unacked.append((frame.seq, data))
        self._unacked_bytes += len(data)
        if self._unacked_bytes > UNACKED_BYTES:
            self._unacked.clear()
            self._unacked_bytes = 0
        return [ToServer(data)] if self.phase is Phase.STREAMING else []


def _pass_to_kernel(frame: Watch | Request) -> list[Action]:
    return [ToKernel(encode(frame))]
