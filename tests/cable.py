"""A TCP connection that can be cut like a cable: nothing arrives any more, and neither side sees an error."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from tests.services import free_port


class Cable:
    """Forwards connections to `port` on this machine, from a port of its own, until it is cut."""

    def __init__(self) -> None:
        self.port = free_port()
        self._to = 0
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []

    def lead_to(self, port: int) -> None:
        """Begins to forward to this port."""
        self._to = port
        listener = socket.create_server(("127.0.0.1", self.port))
        self._ends.append(listener)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Holds back everything from now on. The connections stay open."""
        self._flows.clear()

    def mend(self) -> None:
        """Forwards again, first what was held back."""
        self._flows.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flows.set()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self._flows.wait()
                sink.sendall(data)
            self._flows.wait()
            sink.shutdown(socket.SHUT_WR)
