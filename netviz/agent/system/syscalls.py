"""System calls that Python 3.11 has no name for, by ctypes: namespaces, mounts, processes, inotify, legacy tables,
drivers, BPF programs."""

import ctypes
import errno
import fcntl
import os
import platform
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

from netviz.model.text import text

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x2_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15

# ioctl_ns(2): the CLONE_NEW* flag of a namespace's file; its number, for a network namespace the cookie (Linux 6.18)
_NS_GET_NSTYPE, _NS_GET_ID = 0xB703, 0x8008_B70D

_AT_FDCWD, _AT_STATX_DONT_SYNC, _STATX_INO, _STATX_BYTES = -100, 0x4000, 0x100, 256

_IN_CREATE, _IN_DELETE, _IN_MOVED = 0x100, 0x200, 0xC0
_IN_NONBLOCK, _IN_CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC

_SIOCETHTOOL = 0x8946

# bpf(2): its number by machine, commands, and where struct bpf_prog_info has a program's name.
_BPF = {"x86_64": 321, "aarch64": 280}
_BPF_PROG_GET_FD_BY_ID, _BPF_OBJ_GET_INFO_BY_FD, _BPF_PROG_QUERY = 13, 15, 16
_PROGRAM_INFO_BYTES, _PROGRAM_NAME_AT = 80, 64
_PROGRAMS_AT_A_HOOK = 64  # BPF_MPROG_MAX

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.getsockopt.argtypes = (
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_uint32),
)


def _checked(result: int, what: str | None = None) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)
    return result


def setns(descriptor: int) -> None:
    """Moves the calling thread into the network namespace behind this descriptor (setns(2)). Raises OSError."""
    _checked(_LIBC.setns(descriptor, CLONE_NEWNET))


def unshare(flags: int) -> None:
    """Moves the calling thread into new namespaces (unshare(2)). Raises OSError."""
    _checked(_LIBC.unshare(ctypes.c_int(flags)), "unshare")


def unshare_net() -> None:
    """Moves the calling thread into a new, empty network namespace. Raises OSError."""
    unshare(CLONE_NEWNET)


def mount(source: str, target: str, kind: str, flags: int) -> None:
    """mount(2) without data. Raises OSError with the target in its filename."""
    arguments = (source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), None)
    _checked(_LIBC.mount(*arguments), f"mount {target}")


def prctl(option: int, *arguments: int | ctypes.c_void_p | ctypes.c_char_p) -> None:
    """prctl(2), with up to four arguments. Raises OSError."""
    given = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    _checked(_LIBC.prctl(ctypes.c_int(option), *given, *[ctypes.c_ulong(0)] * (4 - len(given))), f"prctl {option}")


def die_with_parent(signal_number: int) -> None:
    """This process gets the signal when the thread that forked it ends. A change of user undoes it: call it after."""
    prctl(PR_SET_PDEATHSIG, signal_number)


def name_process(name: str) -> None:
    """At most 15 bytes, as /proc/PID/comm shows them."""
    prctl(PR_SET_NAME, ctypes.c_char_p(name.encode()))


def own_namespace() -> int:
    """A descriptor of the calling thread's network namespace; the caller closes it."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def go_home(home: int) -> None:
    """Moves the calling thread back where it came from.

    A thread that cannot come back ends its process: whatever it did next would be done in the wrong place.
    """
    try:
        setns(home)
    except OSError:  # pragma: no cover - the kernel has no such case for a live descriptor
        os.abort()


@contextmanager
def in_new_namespace() -> Iterator[None]:
    """The calling thread is in a new, empty network namespace inside the block, and back where it was after it.

    Raises OSError where it may not make one.
    """
    home = own_namespace()
    try:
        unshare_net()
        try:
            yield
        finally:
            go_home(home)
    finally:
        os.close(home)


def cached_inode(path: bytes) -> tuple[int, int] | None:
    """Device and inode behind a path, as far as the kernel knows them without asking a file server; None for none.

    stat(2) of another process's open file may wait for ever for a server that does not answer; statx(2) need not.
    """
    buffer = ctypes.create_string_buffer(_STATX_BYTES)
    if _LIBC.statx(_AT_FDCWD, path, _AT_STATX_DONT_SYNC, _STATX_INO, buffer) < 0:
        return None
    (inode,) = struct.unpack_from("=Q", buffer, 32)
    major, minor = struct.unpack_from("=II", buffer, 136)
    return os.makedev(major, minor), inode


def is_network_namespace(descriptor: int) -> bool:
    """Whether this open file is a network namespace (ioctl_ns(2))."""
    try:
        return fcntl.ioctl(descriptor, _NS_GET_NSTYPE) == CLONE_NEWNET
    except OSError:
        return False


def namespace_id(descriptor: int) -> int | None:
    """The cookie of the network namespace behind this descriptor, without entering it; None before Linux 6.18."""
    try:
        return int.from_bytes(fcntl.ioctl(descriptor, _NS_GET_ID, bytes(8)), sys.byteorder)
    except OSError:
        return None


class NameWatch:
    """Tells that files came or went in some folders (inotify(7)); which ones, the listener looks up itself."""

    def __init__(self) -> None:
        self._fd = _checked(_LIBC.inotify_init1(_IN_NONBLOCK | _IN_CLOEXEC))

    def fileno(self) -> int:
        """The descriptor to poll."""
        return self._fd

    def add(self, folder: str) -> bool:
        """Watches this folder too; False where it is not there or may not be watched. Twice is as once."""
        path = os.fsencode(folder)
        found: int = _LIBC.inotify_add_watch(self._fd, path, _IN_CREATE | _IN_DELETE | _IN_MOVED)
        return found >= 0

    def drain(self) -> None:
        """Forgets what it told."""
        with suppress(BlockingIOError):
            while os.read(self._fd, 65_536):
                pass

    def close(self) -> None:
        """Ends the watch."""
        os.close(self._fd)


def socket_option(sock: socket.socket, level: int, option: int, request: bytes, size: int) -> bytes:
    """What getsockopt(2) answers when the buffer goes in with a request, as legacy tables want it. Raises OSError."""
    buffer = ctypes.create_string_buffer(request, size)
    length = ctypes.c_uint32(size)
    _checked(_LIBC.getsockopt(sock.fileno(), level, option, buffer, ctypes.byref(length)))
    return buffer.raw[: length.value]


def ethtool(descriptor: int, ifname: bytes, command: bytes, size: int) -> bytes:
    """What SIOCETHTOOL answers to this command, for a link of the namespace of any socket (netdevice(7)).

    Raises OSError: EOPNOTSUPP where the link's driver does not know, ENODEV where there is no such link.
    """
    buffer = ctypes.create_string_buffer(command, size)
    fcntl.ioctl(descriptor, _SIOCETHTOOL, struct.pack("=15sxQ16x", ifname, ctypes.addressof(buffer)))
    return buffer.raw


def _bpf(command: int, request: bytes) -> tuple[int, bytes]:
    """bpf(2): its result, and the request as the kernel left it. Raises OSError."""
    number = _BPF.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, "bpf(2) has no known number here")
    buffer = ctypes.create_string_buffer(request, len(request))
    size = ctypes.c_uint(len(request))
    result = _LIBC.syscall(ctypes.c_long(number), ctypes.c_int(command), buffer, size)
    return _checked(result, "bpf"), buffer.raw


def may_ask_programs() -> bool:
    """Whether this process may ask about BPF programs that are not its own (CAP_SYS_ADMIN, bpf_prog_get_fd_by_id)."""
    try:
        descriptor, _ = _bpf(_BPF_PROG_GET_FD_BY_ID, bytes(12))
    except OSError as error:
        return error.errno not in (errno.EPERM, errno.EACCES)
    os.close(descriptor)
    return True


def program_name(program: int) -> str:
    """The kernel's name of the BPF program with this id; empty where it is gone, or may not be asked about."""
    try:
        return _program_name(program)
    except OSError:
        return ""


@lru_cache(maxsize=4_096)
def _program_name(program: int) -> str:
    """An id is not used again before all others were, and a program's name never changes."""
    descriptor, _ = _bpf(_BPF_PROG_GET_FD_BY_ID, struct.pack("=III", program, 0, 0))
    try:
        info = ctypes.create_string_buffer(_PROGRAM_INFO_BYTES)
        request = struct.pack("=IIQ", descriptor, _PROGRAM_INFO_BYTES, ctypes.addressof(info))
        _bpf(_BPF_OBJ_GET_INFO_BY_FD, request)
        return text(info.raw[_PROGRAM_NAME_AT:])
    finally:
        os.close(descriptor)


def programs_at(ifindex: int, hook: int) -> list[int]:
    """The ids of the BPF programs attached to a link of the calling thread's namespace, in the order they run.

    `hook` is the number of a place (enum bpf_attach_type). Raises OSError: EINVAL where the kernel has no such place.
    """
    ids = (ctypes.c_uint32 * _PROGRAMS_AT_A_HOOK)()
    request = struct.pack("=IIIIQIIQQQQ", ifindex, hook, 0, 0, ctypes.addressof(ids), len(ids), 0, 0, 0, 0, 0)
    _, answer = _bpf(_BPF_PROG_QUERY, request)
    (count,) = struct.unpack_from("=I", answer, 24)
    return list(ids[: min(count, len(ids))])
