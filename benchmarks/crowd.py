"""Opens many websockets in one process that read and discard everything. They load a server as many browsers do."""

import base64
import os
import select
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from netviz.launch.address import Address


class Crowd:
    """A group of `count` websockets. Each sends `greeting` once and then only reads. Bytes are counted, not parsed."""

    def __init__(
        self, address: Address, path: str, count: int, headers: Mapping[str, str], greeting: Sequence[str] = ()
    ) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self.bytes = 0
        for _ in range(count):
            sock = handshaken(address, path, headers)
            for text in greeting:
                sock.sendall(text_frame(text))
            sock.setblocking(False)
            self._sockets[sock.fileno()] = sock
            self._poll.register(sock.fileno(), select.EPOLLIN)
        self._open = True
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        buffer = bytearray(1 << 18)
        while self._open:
            for number, _ in self._poll.poll(0.1):
                with suppress(OSError):
                    self.bytes += self._sockets[number].recv_into(buffer)

    def close(self) -> None:
        """Closes all websockets."""
        self._open = False
        self._thread.join()
        for sock in self._sockets.values():
            sock.close()
        self._poll.close()


def handshaken(address: Address, path: str, headers: Mapping[str, str]) -> socket.socket:
    """Returns a socket after the opening handshake of RFC 6455."""
    sock = socket.create_connection((address.host, address.port), timeout=30)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = {
        "Host": f"{address.host}:{address.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    sock.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += sock.recv(1)  # no byte of the first frame
    if not answer.startswith(b"HTTP/1.1 101"):
        raise RuntimeError(f"the websocket handshake failed; the server answered {answer[:200]!r}")
    return sock


def text_frame(text: str) -> bytes:
    """Returns a client's text frame, masked with zeros."""
    data = text.encode()
    length = _length(len(data))
    return b"\x81" + length + bytes(4) + data


def _length(size: int) -> bytes:
    if size < 126:
        return bytes([0x80 | size])
    return struct.pack(">BH", 0x80 | 126, size) if size < 1 << 16 else struct.pack(">BQ", 0x80 | 127, size)
