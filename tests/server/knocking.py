"""Clients of the server that do not behave: raw connections that send what a test wants, as slowly as it wants."""

import contextlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.services import Served
from tests.waiting import patient

UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@dataclass
class Response:
    """A response as it came. `status` is 0 if there was none."""

    raw: bytes
    status: int = field(init=False)

    def __post_init__(self) -> None:
        words = self.raw.split(b" ", 2)
        self.status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0

    @property
    def body(self) -> bytes:
        """Returns what follows the head."""
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def headers(self) -> dict[str, str]:
        """Returns the headers, with names in lower case."""
        lines = self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def head(served: Served, line: str, *more: str, host: str | None = None) -> bytes:
    """Returns the head of a request, with the server's own Host."""
    name = f"{served.address.host}:{served.address.port}" if host is None else host
    return "\r\n".join([f"{line} HTTP/1.1", f"Host: {name}", *more, "", ""]).encode("latin-1")


def connect(served: Served) -> socket.socket:
    """Returns a new connection."""
    return socket.create_connection((served.address.host, served.address.port), timeout=patient(10))


def read_all(connection: socket.socket) -> Response:
    """Reads until the server closes the connection."""
    found = bytearray()
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(1 << 16):
            found += data
    return Response(bytes(found))


def ask(served: Served, line: str, *more: str, host: str | None = None, body: bytes = b"") -> Response:
    """Sends a request and returns the response to it."""
    with connect(served) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(head(served, line, "Connection: close", *more, host=host) + body)
        return read_all(connection)


@contextlib.contextmanager
def crowd(served: Served, count: int, start: bytes = b"") -> Iterator[list[socket.socket]]:
    """Opens connections that send `start` and then nothing, and closes them at the end."""
    connections: list[socket.socket] = []
    try:
        for _ in range(count):
            connections.append(connect(served))
            if start:
                with contextlib.suppress(ConnectionError):
                    connections[-1].sendall(start)
        yield connections
    finally:
        for connection in connections:
            connection.close()


def is_closed(connection: socket.socket) -> bool:
    """Returns whether the server has closed or reset this connection. Drops what was received."""
    connection.setblocking(False)
    try:
        while connection.recv(1 << 16):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def frame(opcode: int, data: bytes = b"", *, fin: bool = True) -> bytes:
    """Returns a client's websocket frame, masked with zeros (RFC 6455, section 5.2)."""
    first = bytes([(0x80 if fin else 0) | opcode])
    if len(data) < 126:
        return first + bytes([0x80 | len(data)]) + bytes(4) + data
    return first + struct.pack(">BH", 0x80 | 126, len(data)) + bytes(4) + data
