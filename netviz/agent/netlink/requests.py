"""Raw netlink sockets for requests (netlink(7), Documentation/userspace-api/netlink/intro.rst).

A socket belongs to the network namespace in which its thread opened it, and keeps that namespace alive until it is
closed. So open it, send the request, and close it.
"""

import os
import socket
import struct
import sys
from types import TracebackType
from typing import Self

ROUTE, XFRM, NETFILTER, GENERIC = socket.NETLINK_ROUTE, 6, 12, 16

REQUEST, ACK, DUMP = 0x1, 0x4, 0x300
_MULTI, _DUMP_INTERRUPTED = 0x2, 0x10
_CAPPED, _ACK_TLVS = 0x100, 0x200
_ERROR, _DONE, _FIRST_TYPE = 2, 3, 16

SOL_NETLINK = 270
_EXT_ACK, _STRICT_CHECK = 11, 12
_SO_NETNS_COOKIE = 71  # include/uapi/asm-generic/socket.h, Linux 5.14

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_INT = struct.Struct("=i")
_NO_ERROR = bytes(4)
_ERRMSG_TEXT = 1  # NLMSGERR_ATTR_MSG

# The kernel sends a dump in datagrams of up to 32 KiB (netlink_dump in net/netlink/af_netlink.c), or larger if one
# message is larger. This buffer is 256 KiB, which leaves room.
_BUFFER_BYTES = 1 << 18

# All sockets share one buffer. This is safe because received data is copied at once, and because a single thread uses
# all sockets.
_BUFFER = bytearray(_BUFFER_BYTES)
_VIEW = memoryview(_BUFFER)

# Maximum number of tries for a dump that is interrupted by changes. Then the last answer is used although it may be
# inconsistent: data that changes that often also sends events, and these cause another read.
_DUMP_TRIES = 12


class NetlinkError(OSError):
    """The kernel refused a request. Has the `errno` of the kernel's answer, and the message if the answer has one."""


class TooLargeError(RuntimeError):
    """Raised if a datagram of the kernel is larger than the buffer, which should never happen."""


def attribute(kind: int, value: bytes) -> bytes:
    """Returns a netlink attribute as bytes: header, value and padding."""
    return _ATTRIBUTE.pack(len(value) + 4, kind) + value + bytes(-len(value) % 4)


def attribute_u32(kind: int, value: int) -> bytes:
    """Returns a netlink attribute with a 32-bit value as bytes."""
    return struct.pack("=HHi" if value < 0 else "=HHI", 8, kind, value)


class Socket:
    """A netlink socket for one request at a time."""

    def __init__(self, protocol: int = ROUTE) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
        self._sequence = 0
        try:
            self._socket.setsockopt(SOL_NETLINK, _EXT_ACK, 1)
            self._socket.setsockopt(SOL_NETLINK, _STRICT_CHECK, 1)
        except OSError:  # Linux before 4.12, 4.20
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def fileno(self) -> int:
        """Returns the descriptor. It can also be used for the ioctls of netdevice(7), which work on any socket."""
        return self._socket.fileno()

    def cookie(self) -> int | None:
        """Returns the cookie of the socket's network namespace, which is unique within a boot.

        None before Linux 5.14.
        """
        try:
            raw = self._socket.getsockopt(socket.SOL_SOCKET, _SO_NETNS_COOKIE, 8)
        except OSError:
            return None
        return int.from_bytes(raw, sys.byteorder)

    def request(self, kind: int, body: bytes, flags: int = ACK) -> list[bytes]:
        """Returns the payloads that answer one request. With the flag `ACK` it waits for the kernel's acknowledgement.

        Raises NetlinkError.
        """
        self._send(kind, REQUEST | flags, body)
        return self._answers(single=not flags & ACK)[0]

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        """Returns the payloads of a dump. Raises NetlinkError.

        If the data changed during the dump (NLM_F_DUMP_INTR), the dump is repeated.
        """
        payloads: list[bytes] = []
        for _ in range(_DUMP_TRIES):
            self._send(kind, REQUEST | DUMP, body)
            payloads, flags = self._answers(single=False)
            if not flags & _DUMP_INTERRUPTED:
                break
        return payloads

    def _send(self, kind: int, flags: int, body: bytes) -> None:
        self._sequence += 1
        self._socket.send(_HEADER.pack(16 + len(body), kind, flags, self._sequence, 0) + body)

    def _receive(self) -> bytes:
        size = self._socket.recv_into(_BUFFER, 0, socket.MSG_TRUNC)
        if size > _BUFFER_BYTES:
            raise TooLargeError(f"a netlink datagram of {size} bytes exceeds the buffer of {_BUFFER_BYTES} bytes")
        return bytes(_VIEW[:size])

    def _answers(self, single: bool) -> tuple[list[bytes], int]:
        payloads: list[bytes] = []
        every_flag = 0
        unpack = _HEADER.unpack_from
        wanted, add = self._sequence, payloads.append
        while True:
            data = self._receive()
            at, end = 0, len(data)
            while at < end:
                length, kind, flags, sequence, _ = unpack(data, at)
                if sequence == wanted:
                    every_flag |= flags
                    if kind >= _FIRST_TYPE:
                        add(data[at + 16 : at + length])
                        if single and not flags & _MULTI:
                            return payloads, every_flag
                    elif kind in (_ERROR, _DONE):
                        if length > 20 or data[at + 16 : at + 20] != _NO_ERROR:
                            _check(data[at : at + length], kind, flags)
                        return payloads, every_flag
                at += (length + 3) & ~3


def _check(message: bytes, kind: int, flags: int) -> None:
    """Raises NetlinkError if this last message of an answer (NLMSG_ERROR or NLMSG_DONE) contains an error code."""
    if len(message) < 20:
        return
    code = -_INT.unpack_from(message, 16)[0]
    if code <= 0:
        return
    at = 20
    if kind == _ERROR:
        at = 36 if flags & _CAPPED else 20 + ((_INT.unpack_from(message, 20)[0] + 3) & ~3)
    sentence = _sentence(message[at:]) if flags & _ACK_TLVS else ""
    raise NetlinkError(code, f"{os.strerror(code)}: {sentence}" if sentence else os.strerror(code))


def _sentence(attributes: bytes) -> str:
    at = 0
    while at + 4 <= len(attributes):
        length, kind = _ATTRIBUTE.unpack_from(attributes, at)
        if length < 4:
            break
        if kind == _ERRMSG_TEXT:
            return attributes[at + 4 : at + length].rstrip(b"\0").decode("utf-8", "backslashreplace")
        at += (length + 3) & ~3
    return ""
