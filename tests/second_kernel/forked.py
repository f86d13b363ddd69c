"""The agent inside a world, by fork: without KVM it takes ten seconds to start a Python with the agent.

The code that runs is the agent's own: the reader of `dump`, and the kernel process.
"""

import ctypes
import os
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence

from netviz.agent.kernel_process.serve import KernelOptions, serve
from netviz.agent.live.host_reader import read_topology
from netviz.agent.live.read_options import ReadOptions
from netviz.agent.system.own_thread import in_own_thread
from netviz.agent.system.syscalls import die_with_parent
from netviz.model.topology import AnyEntity
from netviz.wire.codec import decode, encode, plain
from netviz.wire.frames import SnapshotChunk
from tests.conformance.live import Live, comparable
from tests.waiting import WAIT_S, Limit
from tests.worlds import World

_NAMESPACES = ("net", "pid", "mnt")
_LIBC = ctypes.CDLL(None, use_errno=True)


def forked(world: World, work: Callable[[], None], *others: socket.socket) -> int:
    """Runs `work` in a process inside the world; returns the pid to wait for. Its exit code is 0 without an exception.

    `others` are sockets that the process closes.
    """
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        die_with_parent(9)
        world.let_go()
        for other in others:
            other.close()
        _enter(world.pid)
        inner = os.fork()  # only child processes enter a pid namespace
        if inner:
            code = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
        else:
            die_with_parent(9)
            work()
            code = 0
    except Exception:  # noqa: BLE001 - the process ends here, whatever it was
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _enter(pid: int) -> None:
    descriptors = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY) for name in _NAMESPACES]
    for descriptor in descriptors:
        if _LIBC.setns(descriptor, 0):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(descriptor)
    os.chdir("/")


def read_afresh(world: World) -> dict[str, AnyEntity]:
    """Returns all entities of the world, read once by a new process inside the world."""
    readable, writable = os.pipe()
    pid = forked(world, lambda: _tell(writable))
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        data = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    frame = decode(data, "agent")
    assert isinstance(frame, SnapshotChunk)
    return {entity.key: entity for entity in frame.entities}


def _tell(writable: int) -> None:
    world = in_own_thread(lambda: read_topology(ReadOptions()))
    with os.fdopen(writable, "wb") as pipe:
        pipe.write(encode(SnapshotChunk(0, tuple(world.values()))))


class _Child:
    """The part of `Popen` that the test of a live agent uses."""

    stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end; returns its exit code."""
        limit = Limit(WAIT_S if timeout is None else timeout)
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if limit.is_over:
                os.kill(self.pid, 9)
                os.waitpid(self.pid, 0)
                raise AssertionError("the agent's kernel process did not end in time")
            time.sleep(0.02)


class ForkedLive(Live):
    """A live agent whose kernel process is forked from this one."""

    def _start(self, theirs: socket.socket, command: Sequence[str], backlog_bytes: int) -> "subprocess.Popen[bytes]":
        options = KernelOptions(backlog_bytes=backlog_bytes)
        pid = forked(self._world, lambda: serve(theirs, options), self.socket)
        return _Child(pid)  # type: ignore[return-value]

    def _read_afresh(self) -> list[str]:
        return comparable([plain(entity) for entity in read_afresh(self._world).values()])
