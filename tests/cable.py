"""A TCP connection that can be cut like a cable: nothing arrives any more, and neither side sees an error."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tests.services import free_port


class Cable:
    """Forwards connections to another port, from a port of its own, until it is cut."""

    def __init__(self) -> None:
        self.port = free_port()
        self._flows = threading.Event()
        self._flows.set()
        self._is_closed = False
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def lead_to(self, port: int, host: str = "127.0.0.1") -> None:
        """Begins to forward to this port."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._ends.append(listener)
        self._begin(self._accept, listener, (host, port))

    def cut(self) -> None:
        """Holds back everything from now on. The connections stay open."""
        self._flows.clear()

    def mend(self) -> None:
        """Forwards again, first what was held back."""
        self._flows.set()

    def close(self) -> None:
        """Closes all connections, and waits until each is closed."""
        self._is_closed = True
        self._flows.set()
        while self._threads:  # the one that accepts comes first, so that no new ones appear
            for end in self._ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._threads.pop(0).join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, work: Callable[..., None], *arguments: Any) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self, listener: socket.socket, to: tuple[str, int]) -> None:
        with listener, contextlib.suppress(OSError):  # the listener was shut down
            while True:
                near, _ = listener.accept()
                self._begin(self._carry, near, to)

    def _carry(self, near: socket.socket, to: tuple[str, int]) -> None:
        with near, contextlib.suppress(OSError), socket.create_connection(to) as far:
            self._ends += [near, far]
            if self._is_closed:
                return
            back = self._begin(self._pump, far, near)
            self._pump(near, far)
            back.join()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self._flows.wait()
                sink.sendall(data)
            self._flows.wait()
            sink.shutdown(socket.SHUT_WR)
