"""The kernel process, the privileged half of the agent: reads the kernel, keeps the model live, and sends frames to the
session process over a socketpair.

It opens no network connection and starts no program. It changes nothing in the kernel except the nsids in an empty
namespace that it creates. It accepts three types of frames from the session process (resync, watch and request) and
refuses all others.

It sends first `hello`, then a `delta` for every change, with `seq` counting from 1, and a `heartbeat` every
`HEARTBEAT_S` seconds as long as its loop runs. After each `resync` from the session process it sends a snapshot, which
contains every delta before it. It sends exactly one `answer` to each request. Changes are sent at a limited rate: if
there are more, several changes of one entity become one. If the session process reads too slowly, the waiting frames
are dropped; when it reads again, a snapshot with a new epoch (a new numbering of the deltas) follows. Such a snapshot
is also sent when the last one was too large to contain all entities, and all entities may fit now.
"""

import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from netviz import __version__
from netviz.agent.budgets import Budgets
from netviz.agent.kernel_process.changes import Changes
from netviz.agent.kernel_process.outbox import Outbox
from netviz.agent.kernel_process.snapshot_budget import SnapshotBudget
from netviz.agent.live.monitor import Monitor
from netviz.agent.live.pacing import TokenBucket
from netviz.agent.live.read_options import ReadOptions
from netviz.agent.live.watches import Watches
from netviz.agent.system.own_thread import in_own_thread
from netviz.model.delta import Delta
from netviz.wire.chunks import delta_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import PROTOCOL, Answer, AnyFrame, Heartbeat, Hello, Problem, ReadNow, Request, Resync, Watch
from netviz.wire.limits import HEARTBEAT_S, UNACKED_BYTES
from netviz.wire.problems import WireError
from netviz.wire.stream import Splitter

_READ_BYTES = 65_536

# The session process passes on what the server asks for, and the server may be hostile. So this process handles at most
# `_FRAMES_PER_S` frames a second, after up to `_FRAMES` at once; more of them wait in the socket. Even hundreds of
# viewers of one host cause fewer frames.
_FRAMES, _FRAMES_PER_S = 400, 200

# Seconds between two snapshots: at least `_PERIOD_S`, and so many that snapshots take at most `_SHARE` of a core, but
# never more than `_LONGEST_S`. The first snapshot is sent at once.
_PERIOD_S, _SHARE, _LONGEST_S = 1.0, 0.1, 60.0

# A heartbeat may be sent this many seconds before it is due, if the process is awake anyway.
_EARLY_S = 0.5
_HEARTBEAT = encode(Heartbeat())


@dataclass(frozen=True, slots=True)
class KernelOptions:
    """Options of the agent's kernel process.

    `host_netns` is the file of the host's network namespace, or None if this process is in it; `practice` means that
    the host is a practice network (an example in private namespaces). `backlog_bytes` limits the frames that wait until
    the session process reads them; `budgets` limit the number of entities.
    """

    host_netns: str | None = None
    practice: bool = False
    backlog_bytes: int = UNACKED_BYTES
    budgets: Budgets = field(default_factory=Budgets)


def serve(sock: socket.socket, options: KernelOptions) -> None:
    """Sends the topology through this stream socket and handles received frames, until the other end closes."""
    in_own_thread(lambda: _Server(sock, options).run())


class _Server:
    def __init__(self, sock: socket.socket, options: KernelOptions) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._splitter = Splitter()
        self._outbox = Outbox(sock, options.backlog_bytes)
        self._epoch = secrets.token_hex(8)
        self._seq = 0
        self._snapshot_wanted = False
        self._open = True
        self._waits_for = (True, False)  # whether the loop wakes up when the socket is readable, and writable
        self._commands = TokenBucket(_FRAMES, 1 / _FRAMES_PER_S)
        self._monitor = Monitor(ReadOptions(options.host_netns, options.practice, options.budgets))
        self._watches = Watches(self._monitor)
        # Maps each type of frame that the session process may send to its handler. All other types are refused.
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            Resync: self._resync,
            Watch: lambda frame: self._watches.add(frame.ns, frame.subjects),
            Request: self._request,
        }
        self._requests: dict[type[Any], Callable[[str, Any], None]] = {
            ReadNow: lambda number, ask: self._watches.read_now(number, ask.ns, ask.subjects),
        }
        self._snapshot_budget = SnapshotBudget(options.budgets.snapshot_mib << 20)
        self._changes = Changes()
        self._snapshot_after = 0.0
        self._heartbeat_at = 0.0

    def run(self) -> None:
        self._outbox.put([encode(Hello(PROTOCOL, __version__, self._epoch, since=0, seq=0))])
        self._outbox.flush()
        with self._monitor as monitor:
            monitor.start()
            monitor.also_watch(self._socket, writes=False)
            while self._open:
                delta = monitor.step(self._wait_s())
                self._read()
                self._send_changes(delta)
                self._outbox.put(self._watches.due())
                self._write()
                if self._snapshot_wait_s() == 0:
                    self._send_snapshot()
                if self._heartbeat_wait_s(_EARLY_S) == 0:
                    self._send_heartbeat()

    def _wait_s(self) -> float | None:
        waits = [
            self._heartbeat_wait_s(),
            self._watches.wait_s(),
            self._snapshot_wait_s(),
            self._changes.wait_s(),
            self._commands.wait_s() or None,
        ]
        return min((wait for wait in waits if wait is not None), default=None)

    def _heartbeat_wait_s(self, early_s: float = 0.0) -> float | None:
        """Returns the seconds until a heartbeat is due; None while other frames wait, because it would come after them
        and too late.
        """
        return None if self._outbox.waiting else max(self._heartbeat_at - early_s - time.monotonic(), 0.0)

    def _snapshot_wait_s(self) -> float | None:
        """Returns the seconds until a snapshot is sent; None if none is needed, or if other frames still wait.

        So there is one snapshot at a time: a reader that requests snapshots and does not read them cannot fill the
        memory.
        """
        needed = self._snapshot_wanted or self._outbox.overfull or self._snapshot_budget.has_room
        if not needed or self._outbox.waiting:
            return None
        return max(self._snapshot_after - time.monotonic(), self._changes.pause_s(), 0.0)

    def _read(self) -> None:
        while self._open and not self._commands.wait_s():
            try:
                data = self._socket.recv(_READ_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._open = False
                return
            try:
                frames = self._splitter.feed(data)
            except WireError:  # the length of a frame is invalid: nothing after it can be split into frames
                self._open = False
                return
            self._commands.spend(len(frames))
            for raw in frames:
                self._receive(raw)

    def _receive(self, raw: bytes) -> None:
        try:
            frame: AnyFrame = decode(raw, "server")
        except WireError as problem:
            self._outbox.put([encode(Problem(problem.code, str(problem)))])
            return
        handle = self._handlers.get(type(frame))
        if handle is None:
            self._outbox.put([encode(Problem("bad-order", f"the agent's kernel process does not accept {frame.TAG}"))])
        else:
            handle(frame)

    def _resync(self, _: Resync) -> None:
        self._snapshot_wanted = True

    def _request(self, frame: Request) -> None:
        handle = self._requests.get(type(frame.ask))
        if handle is None:
            self._outbox.put([encode(Answer(frame.id, "failed", f"the agent does not know {frame.ask.TAG}"))])
        else:
            handle(frame.id, frame.ask)

    def _send_changes(self, delta: Delta) -> None:
        if self._outbox.overfull:
            self._changes.clear()
            return
        if delta:
            self._changes.add(self._snapshot_budget.delta(delta))
        if now := self._changes.take():
            frames = delta_frames(now, self._epoch, self._seq + 1, _now_ms())
            self._seq += len(frames)
            self._outbox.put(frames)
            self._changes.sent(frames, len(now.put) + len(now.drop))

    def _send_snapshot(self) -> None:
        if self._outbox.overfull or not self._snapshot_wanted:
            self._epoch, self._seq = secrets.token_hex(8), 0
        self._snapshot_wanted = False
        began = time.monotonic()
        frames = self._snapshot_budget.snapshot(self._monitor.world, self._epoch, self._seq, _now_ms())
        self._changes.clear()
        self._outbox.put_snapshot(frames)
        self._changes.sent(frames, len(self._monitor.world))
        self._write()
        ended = time.monotonic()
        self._snapshot_after = ended + min(max(_PERIOD_S, (ended - began) / _SHARE), _LONGEST_S)

    def _send_heartbeat(self) -> None:
        self._heartbeat_at = time.monotonic() + HEARTBEAT_S
        self._outbox.put([_HEARTBEAT])
        self._write()

    def _write(self) -> None:
        try:
            self._outbox.flush()
        except BlockingIOError:
            pass  # the session process reads slowly: the rest of the queue is written later
        except OSError:
            self._open = False
            return
        wants = not self._commands.wait_s(), bool(self._outbox.waiting)
        if wants != self._waits_for:
            self._waits_for = wants
            self._monitor.also_watch(self._socket, reads=wants[0], writes=wants[1])


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
