"""Receives an event when any process executes a new program (execve(2); drivers/connector/cn_proc.c).

Such an event is the earliest sign of a new namespace. The kernel sends these events only to listeners in the initial
network, pid and user namespace.
"""

import ctypes
import os
import socket
import struct
from collections.abc import Iterator

_NETLINK_CONNECTOR = 11
_CN_IDX_PROC = _CN_VAL_PROC = 1
_LISTEN, _EXEC = 1, 0x2
_SO_ATTACH_FILTER = 26

_NLMSG = struct.Struct("=IHHII")
_CN_MSG = struct.Struct("=IIIIHH")
_WHAT_AT = _NLMSG.size + _CN_MSG.size
_PID_AT = _WHAT_AT + 16 + 4  # struct proc_event: what, cpu, timestamp; then process_pid, process_tgid
_DATAGRAM_BYTES = 4_096


class Connector:
    """A socket that receives the pid of each process that executes a new program (execve(2)).

    Raises OSError if the kernel does not send these pids.
    """

    def __init__(self) -> None:
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        self._socket = socket.socket(socket.AF_NETLINK, kind, _NETLINK_CONNECTOR)
        try:
            _attach_filter(self._socket)
            self._socket.bind((0, _CN_IDX_PROC))
            try:  # Linux 6.6: the kernel sends only the chosen events (struct proc_input)
                self._socket.send(_subscription(struct.pack("=II", _LISTEN, _EXEC)))
            except OSError:
                self._socket.send(_subscription(struct.pack("=I", _LISTEN)))
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """Returns the descriptor to poll."""
        return self._socket.fileno()

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def read(self) -> Iterator[int]:
        """Yields the pids that were received.

        Lost pids (the buffer was full: an overrun) raise no error: the next periodic search for namespaces finds the
        namespaces of these processes too.
        """
        while True:
            try:
                data = self._socket.recv(_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError:
                continue
            if len(data) >= _PID_AT + 4 and struct.unpack_from("=I", data, _WHAT_AT)[0] == _EXEC:
                yield struct.unpack_from("=I", data, _PID_AT)[0]


def _subscription(operation: bytes) -> bytes:
    body = _CN_MSG.pack(_CN_IDX_PROC, _CN_VAL_PROC, 0, 0, len(operation), 0) + operation
    return _NLMSG.pack(_NLMSG.size + len(body), 3, 0, 0, os.getpid()) + body


def _attach_filter(sock: socket.socket) -> None:
    """Attaches a classic BPF program that passes exec events and drops the others in the kernel."""
    wanted = int.from_bytes(struct.pack("=I", _EXEC), "big")
    program = b"".join(
        struct.pack("=HBBI", *instruction)
        for instruction in (
            # ld [what]: loads the field `what` as a big-endian number
            (0x20, 0, 0, _WHAT_AT),
            (0x15, 0, 1, wanted),  # jeq wanted: compares the field
            (0x06, 0, 0, 0xFFFF_FFFF),  # ret: accept
            (0x06, 0, 0, 0),  # ret: drop
        )
    )
    buffer = ctypes.create_string_buffer(program)
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", 4, ctypes.addressof(buffer)))
