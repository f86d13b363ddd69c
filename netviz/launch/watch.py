"""Waiting: for the server to be ready, for a signal to stop, for a child to die."""

import http.client
import os
import select
import signal
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from netviz.launch.address import Address
from netviz.launch.children import Child
from netviz.launch.failure import Failure
from netviz.launch.shell import say

READY_S = 30.0
ASK_S = 0.05


class Watch:
    """Signals as something to wait for; `stopping` once one of them asked us to end."""

    def __init__(self) -> None:
        self.stopping = False
        self._reading, self._writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Within it SIGINT, SIGTERM and SIGHUP ask us to stop, and a child's death wakes us."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        before[signal.SIGCHLD] = signal.getsignal(signal.SIGCHLD)
        woken = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for number in before:
            signal.signal(number, self._note)
        try:
            yield
        finally:
            signal.set_wakeup_fd(woken)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.stopping = self.stopping or number != signal.SIGCHLD

    def pause(self, seconds: float | None) -> None:
        """Sleeps until a signal comes, or so many seconds."""
        if select.select([self._reading], [], [], seconds)[0]:
            os.read(self._reading, 4096)

    def until_ready(self, server: Child, address: Address) -> None:
        """Returns when the server answers, or when we are asked to stop. Raises Failure if it dies or stays silent."""
        end = time.monotonic() + READY_S
        while not self.stopping and not answers(address):
            code = server.process.poll() if server.process else 0
            if code is not None:
                server.process = None
                raise Failure(f"The server did not start: {server.last_line(code)}; its log is {server.log}.")
            if time.monotonic() > end:
                raise Failure(f"The server did not answer within {READY_S:.0f} s; its log is {server.log}.")
            self.pause(ASK_S)

    def over(self, children: Sequence[Child]) -> None:
        """Keeps the children alive until we are asked to stop. Raises Failure."""
        while not self.stopping:
            now = time.monotonic()
            for child in children:
                if sentence := child.bury(now):
                    say(sentence)
                if child.due is not None and child.due <= now:
                    child.start()
            due = [child.due for child in children if child.due is not None]
            self.pause(max(0.0, min(due) - now) if due else None)


def answers(address: Address) -> bool:
    """Whether our own server answers GET /healthz by 200."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 - asked, not bound
    connection: http.client.HTTPConnection
    if address.certificate:
        # Our own child on our own host, asked for nothing but its health: whose certificate it shows is no matter.
        context = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection(host, address.port, timeout=2, context=context)
    else:
        connection = http.client.HTTPConnection(host, address.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
