"""Run inside a world: loads BPF programs that do nothing, and attaches them where this ip(8) and tc(8) cannot.

bpf_programs.py pin TYPE NAME PATH    bpf_programs.py tcx IFNAME HOOK PATH
"""

import ctypes
import os
import socket
import struct
import sys

PROG_LOAD, OBJ_PIN, OBJ_GET, PROG_ATTACH = 5, 6, 7, 8
TYPES = {"sched_cls": 3, "xdp": 6}
HOOKS = {"ingress": 46, "egress": 47}
SYSCALL = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
LIBC = ctypes.CDLL(None, use_errno=True)


def bpf(command: int, request: bytes) -> int:
    buffer = ctypes.create_string_buffer(request, 128)
    result: int = LIBC.syscall(SYSCALL, command, buffer, 128)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def load(kind: str, name: str) -> int:
    """Returns the descriptor of a program that returns 2 (XDP_PASS; for tc, TC_ACT_SHOT)."""
    code = struct.pack("=BBhi", 0xB7, 0, 0, 2) + struct.pack("=BBhi", 0x95, 0, 0, 0)
    room, licence = ctypes.create_string_buffer(code), ctypes.create_string_buffer(b"GPL")
    head = struct.pack("=IIQQIIQII", TYPES[kind], 2, ctypes.addressof(room), ctypes.addressof(licence), 0, 0, 0, 0, 0)
    return bpf(PROG_LOAD, head + name.encode().ljust(16, b"\0"))


def path_request(path: str, descriptor: int) -> tuple[bytes, object]:
    room = ctypes.create_string_buffer(path.encode())
    return struct.pack("=QII", ctypes.addressof(room), descriptor, 0), room


def main(verb: str, first: str, second: str, path: str) -> None:
    if verb == "pin":
        request, keep = path_request(path, load(first, second))
        bpf(OBJ_PIN, request)
    else:
        request, keep = path_request(path, 0)
        descriptor = bpf(OBJ_GET, request)
        bpf(PROG_ATTACH, struct.pack("=IIIIIIQ", socket.if_nametoindex(first), descriptor, HOOKS[second], 0, 0, 0, 0))
    del keep


if __name__ == "__main__":
    main(*sys.argv[1:])
