"""A live agent inside a world: its kernel process, with the test in place of the session process."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netviz.model.delta import Delta, apply_to
from netviz.model.graph import edge_lines
from netviz.model.topology import AnyEntity
from netviz.wire.codec import decode, encode
from netviz.wire.frames import (
    Answer,
    AnyFrame,
    DeltaFrame,
    Heartbeat,
    Problem,
    Resync,
    SnapshotBegin,
    SnapshotChunk,
    SnapshotEnd,
    State,
    Watch,
)
from netviz.wire.limits import UNACKED_BYTES
from netviz.wire.rows import entity_of, row_of
from netviz.wire.stream import Splitter, framed
from tests.waiting import WAIT_S, Limit, patient
from tests.worlds import CHECKOUT, World

# How often a wait checks its condition while no frame arrives.
ASK_S = 0.1

_SERVE = """
import json, socket, sys
from netviz.agent.budgets import Budgets
from netviz.agent.kernel_process.serve import KernelOptions, serve
backlog, budgets = int(sys.argv[2]), Budgets(**json.loads(sys.argv[3]))
serve(socket.socket(fileno=int(sys.argv[1])), KernelOptions(backlog_bytes=backlog, budgets=budgets))
"""


class Live:
    """The topology that a live agent's kernel process sends, from its first snapshot on. `command` starts a Python."""

    def __init__(
        self,
        world: World,
        command: Sequence[str] = (sys.executable,),
        backlog_bytes: int = UNACKED_BYTES,
        budgets: Mapping[str, int] | None = None,
    ) -> None:
        self._budgets = json.dumps(budgets or {})
        self.topology: dict[str, AnyEntity] = {}
        self.deltas: list[DeltaFrame] = []
        self.states: list[State] = []
        self.others: list[Answer | Problem] = []
        self.heartbeats: list[float] = []  # when each arrived, by time.monotonic
        self.epochs: list[str] = []
        self._world = world
        self._splitter = Splitter()
        self._whole = False
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = self._start(theirs, command, backlog_bytes)
        self.request_snapshot()
        self.wait_until(lambda: self._whole)

    def _start(self, theirs: socket.socket, command: Sequence[str], backlog_bytes: int) -> "subprocess.Popen[bytes]":
        words = [*command, "-c", _SERVE, str(theirs.fileno()), str(backlog_bytes), self._budgets]
        environment = {
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        return self._world.popen(words, pass_fds=(theirs.fileno(),), env=environment, stderr=subprocess.PIPE)

    def request_snapshot(self) -> None:
        """Requests a snapshot."""
        self._whole = False
        self.socket.sendall(framed(encode(Resync("the test begins"))))

    def watch(self, ns: str, *subjects: Any) -> None:
        """Watches the state of these subjects."""
        self.socket.sendall(framed(encode(Watch(ns, subjects))))

    def send_raw(self, frame: bytes) -> None:
        """Sends any bytes as a frame."""
        self.socket.sendall(framed(frame))

    def edges(self) -> list[str]:
        """Returns the edges of the map."""
        return edge_lines(self.topology)

    def wait_until(self, condition: Callable[[], bool], limit_s: float = WAIT_S, *, exact: bool = False) -> None:
        """Receives frames until the condition holds. Raises AssertionError at the time limit."""
        limit = Limit(limit_s, exact=exact)
        while not condition():
            if limit.is_over:
                raise AssertionError(
                    f"the condition did not become true within {limit}; the map has the edges {self.edges()}"
                )
            self._take(ASK_S)

    def take_for(self, seconds: float) -> None:
        """Receives frames for this number of seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._take(left)

    def _take(self, limit_s: float) -> None:
        self.socket.settimeout(limit_s)
        try:
            data = self.socket.recv(1 << 16)
        except TimeoutError:
            return
        if not data:
            assert self.process.stderr is not None
            raise AssertionError(f"the agent's kernel process ended: {self.process.stderr.read().decode()}")
        for raw in self._splitter.feed(data):
            self._apply(decode(raw, "agent"))

    def _apply(self, frame: AnyFrame) -> None:
        match frame:
            case SnapshotBegin(epoch=epoch):
                self.topology = {}
                self.epochs.append(epoch)
            case SnapshotChunk(entities=entities):
                self.topology |= {entity.key: entity for entity in entities}
            case SnapshotEnd():
                self._whole = True
            case DeltaFrame(put=put, drop=drop):
                self.deltas.append(frame)
                apply_to(self.topology, Delta(put, drop))
            case State():
                self.states.append(frame)
            case Heartbeat():
                self.heartbeats.append(time.monotonic())
            case Answer() | Problem():
                self.others.append(frame)

    def as_dumped(self) -> list[str]:
        """Returns the entities as `dump --format json` has them, in a comparable form."""
        return comparable([row_of(entity) for entity in self.topology.values()])

    def wait_until_as_fresh(self) -> None:
        """Waits until the live topology equals a fresh read."""
        fresh = self._read_afresh()
        limit = Limit(WAIT_S)
        while self.as_dumped() != fresh:
            if limit.is_over:
                kept = self.as_dumped()
                only = [line for line in kept if line not in fresh], [line for line in fresh if line not in kept]
                raise AssertionError(f"only in the live topology: {only[0]}; only in a fresh read: {only[1]}")
            self._take(0.2)
            fresh = self._read_afresh()

    def _read_afresh(self) -> list[str]:
        return dumped(self._world)

    def close(self) -> None:
        """Ends the agent."""
        self.socket.close()
        self.process.wait(patient(WAIT_S))
        if self.process.stderr is not None:
            self.process.stderr.close()


def dumped_topology(world: World) -> dict[str, AnyEntity]:
    """Returns the topology that `dump --format json` prints."""
    done = world.agent("dump", "--format", "json")
    assert done.returncode == 0, done.stderr
    entities = [entity_of(row) for row in json.loads(done.stdout)["entities"]]
    frame = decode(json.dumps({"t": "snapshot_chunk", "index": 0, "entities": entities}), "agent")
    assert isinstance(frame, SnapshotChunk)
    return {entity.key: entity for entity in frame.entities}


def comparable(entities: list[Any]) -> list[str]:
    """Returns entities as sorted lines."""
    return sorted(json.dumps(entity, sort_keys=True) for entity in entities)


def dumped(world: World) -> list[str]:
    """Returns the output of `dump --format json`, in a comparable form."""
    done = world.agent("dump", "--format", "json")
    assert done.returncode == 0, done.stderr
    return comparable(json.loads(done.stdout)["entities"])
