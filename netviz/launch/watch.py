"""Waits for the server to be ready, for a signal to stop, or for a child to end."""

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
POLL_S = 0.05
TRIM_S = 5.0  # seconds between two checks of the sizes of logs


class Watch:
    """Lets a caller wait for signals. `stopping` is True after a signal asked us to stop."""

    def __init__(self) -> None:
        self.stopping = False
        self._reading, self._writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Handles signals while a `with` statement runs: SIGINT, SIGTERM and SIGHUP set `stopping` and end a `pause`;
        SIGCHLD only ends a `pause`.
        """
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
        """Sleeps for the given number of seconds, or until a signal arrives."""
        if select.select([self._reading], [], [], seconds)[0]:
            os.read(self._reading, 4096)

    def until_ready(self, server: Child, address: Address) -> None:
        """Waits until the server answers or we must stop. Raises Failure if the server ends, or does not answer within
        `READY_S` seconds.
        """
        end = time.monotonic() + READY_S
        while not self.stopping and not server_answers(address):
            code = server.process.poll() if server.process else 0
            if code is not None:
                server.process = None
                raise Failure(f"The server did not start: {server.last_line(code)}. See its log {server.log}.")
            if time.monotonic() > end:
                raise Failure(f"The server did not answer within {READY_S:.0f} s. See its log {server.log}.")
            self.pause(POLL_S)

    def supervise(self, children: Sequence[Child]) -> None:
        """Keeps the children running until a signal asks us to stop. Raises Failure if a child ends too often."""
        while not self.stopping:
            now = time.monotonic()
            for child in children:
                if sentence := child.reap(now):
                    say(sentence)
                if child.due is not None and child.due <= now:
                    child.start()
                child.trim_log()
            due = [child.due for child in children if child.due is not None]
            self.pause(max(0.0, min([*due, now + TRIM_S]) - now))


def server_answers(address: Address) -> bool:
    """Returns whether our server answers GET /healthz with 200."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 - a request, not a bind
    connection: http.client.HTTPConnection
    if address.certificate:
        # The server is our own child on this host. We only ask for its health, so we need not verify its certificate.
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
