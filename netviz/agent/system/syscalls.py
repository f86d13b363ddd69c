"""Calls to the kernel for which Python 3.11 has no function, mostly by ctypes.

They enter and create namespaces, mount file systems, set properties of this process, watch folders (inotify), and read
the tables of legacy iptables, the drivers of links, and the BPF programs at links.
"""

import ctypes
import errno
import fcntl
import os
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

# The same numbers on every machine type but Alpha.
_SYS_FSOPEN, _SYS_FSCONFIG, _SYS_FSMOUNT = 430, 431, 432
_FSOPEN_CLOEXEC, _FSCONFIG_CMD_CREATE, _FSMOUNT_CLOEXEC = 1, 6, 1

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15

# ioctl_ns(2): NS_GET_NSTYPE returns the CLONE_NEW* flag of a namespace; NS_GET_ID returns its id (Linux 6.18), which is
# the cookie of a network namespace
_NS_GET_NSTYPE, _NS_GET_ID = 0xB703, 0x8008_B70D

_AT_FDCWD, _AT_STATX_DONT_SYNC, _STATX_INO, _STATX_BYTES = -100, 0x4000, 0x100, 256

_IN_CREATE, _IN_DELETE, _IN_MOVED = 0x100, 0x200, 0xC0
_IN_NONBLOCK, _IN_CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC

_SIOCETHTOOL = 0x8946

# bpf(2): system call number of this machine, commands, and the offset of a program's name in struct bpf_prog_info.
_SYS_BPF = {"x86_64": 321, "aarch64": 280}.get(os.uname().machine)
_BPF_PROG_GET_NEXT_ID, _BPF_PROG_GET_FD_BY_ID, _BPF_OBJ_GET_INFO_BY_FD, _BPF_PROG_QUERY = 11, 13, 15, 16
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
    """Calls mount(2) without data. Raises OSError with `mount TARGET` as its filename."""
    arguments = (source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), None)
    _checked(_LIBC.mount(*arguments), f"mount {target}")


def detached_proc() -> int:
    """Returns the descriptor of the root folder of a new /proc, which is mounted nowhere and ends with the descriptor
    (fsopen(2), fsmount(2)). The caller must close it. Raises OSError.
    """
    context = _checked(_LIBC.syscall(_SYS_FSOPEN, b"proc", _FSOPEN_CLOEXEC), "fsopen proc")
    try:
        _checked(_LIBC.syscall(_SYS_FSCONFIG, context, _FSCONFIG_CMD_CREATE, None, None, 0), "fsconfig proc")
        return _checked(_LIBC.syscall(_SYS_FSMOUNT, context, _FSMOUNT_CLOEXEC, 0), "fsmount proc")
    finally:
        os.close(context)


def prctl(option: int, *arguments: int | ctypes.c_void_p | ctypes.c_char_p) -> None:
    """Calls prctl(2) with up to four arguments. Raises OSError."""
    given = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    _checked(_LIBC.prctl(ctypes.c_int(option), *given, *[ctypes.c_ulong(0)] * (4 - len(given))), f"prctl {option}")


def die_with_parent(signal_number: int) -> None:
    """Makes the kernel send this process a signal when the thread that created it ends.

    A change of the user id cancels this, so change the user id first.
    """
    prctl(PR_SET_PDEATHSIG, signal_number)


def name_process(name: str) -> None:
    """Sets the name in /proc/PID/comm, up to 15 bytes."""
    prctl(PR_SET_NAME, ctypes.c_char_p(name.encode()))


def own_namespace() -> int:
    """Returns a descriptor of the calling thread's network namespace. The caller must close it."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def go_home(home: int) -> None:
    """Moves the calling thread back to its own network namespace.

    If that fails, the process is aborted, because the thread would do all further work in the wrong namespace.
    """
    try:
        setns(home)
    except OSError:  # pragma: no cover - cannot fail for a valid descriptor
        os.abort()


@contextmanager
def in_new_namespace() -> Iterator[None]:
    """A context in which the calling thread is in a new, empty network namespace.

    Raises OSError if it cannot create one.
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
    """Returns the device and inode of the file at a path, without asking a file server (such as NFS); None if there is
    no such file.

    For a file that another process has open on a file server, stat(2) may block for ever if the server does not answer.
    statx(2) with AT_STATX_DONT_SYNC does not ask the server.
    """
    buffer = ctypes.create_string_buffer(_STATX_BYTES)
    if _LIBC.statx(_AT_FDCWD, path, _AT_STATX_DONT_SYNC, _STATX_INO, buffer) < 0:
        return None
    (inode,) = struct.unpack_from("=Q", buffer, 32)
    major, minor = struct.unpack_from("=II", buffer, 136)
    return os.makedev(major, minor), inode


def is_network_namespace(descriptor: int) -> bool:
    """Returns whether this open file is a network namespace (ioctl_ns(2))."""
    try:
        return fcntl.ioctl(descriptor, _NS_GET_NSTYPE) == CLONE_NEWNET
    except OSError:
        return False


def namespace_id(descriptor: int) -> int | None:
    """Returns the cookie of the network namespace behind this descriptor, without entering it.

    None before Linux 6.18.
    """
    try:
        return int.from_bytes(fcntl.ioctl(descriptor, _NS_GET_ID, bytes(8)), sys.byteorder)
    except OSError:
        return None


class NameWatch:
    """Reports that files appeared or disappeared in some folders (inotify(7)), but not which files."""

    def __init__(self) -> None:
        self._fd = _checked(_LIBC.inotify_init1(_IN_NONBLOCK | _IN_CLOEXEC))

    def fileno(self) -> int:
        """Returns the descriptor to poll."""
        return self._fd

    def add(self, folder: str) -> bool:
        """Watches this folder too. Returns False if it does not exist or cannot be watched. Idempotent."""
        path = os.fsencode(folder)
        found: int = _LIBC.inotify_add_watch(self._fd, path, _IN_CREATE | _IN_DELETE | _IN_MOVED)
        return found >= 0

    def drain(self) -> None:
        """Discards the events that wait."""
        with suppress(BlockingIOError):
            while os.read(self._fd, 65_536):
                pass

    def close(self) -> None:
        """Stops watching all folders."""
        os.close(self._fd)


def socket_option(sock: socket.socket, level: int, option: int, request: bytes, size: int) -> bytes:
    """Returns the result of a getsockopt(2) whose buffer contains a request, as legacy tables need. Raises OSError."""
    buffer = ctypes.create_string_buffer(request, size)
    length = ctypes.c_uint32(size)
    _checked(_LIBC.getsockopt(sock.fileno(), level, option, buffer, ctypes.byref(length)))
    return buffer.raw[: length.value]


def ethtool(descriptor: int, ifname: bytes, command: bytes, size: int) -> bytes:
    """Returns the result of a SIOCETHTOOL command for a link in the namespace of this socket (netdevice(7)).

    Raises OSError: EOPNOTSUPP if the driver does not support it, ENODEV if there is no such link.
    """
    buffer = ctypes.create_string_buffer(command, size)
    fcntl.ioctl(descriptor, _SIOCETHTOOL, struct.pack("=15sxQ16x", ifname, ctypes.addressof(buffer)))
    return buffer.raw


def _bpf(command: int, request: bytes) -> tuple[int, bytes]:
    """Calls bpf(2) with this request. Returns its result, and the request, into which the kernel may have written.

    Raises OSError.
    """
    if _SYS_BPF is None:
        raise OSError(errno.ENOSYS, "the system call number of bpf(2) is not known for this machine type")
    buffer = ctypes.create_string_buffer(request, len(request))
    result = _LIBC.syscall(_SYS_BPF, command, buffer, len(request))
    return _checked(result, "bpf"), buffer.raw


def can_query_programs() -> bool:
    """Returns whether this process may query BPF programs of other processes (CAP_SYS_ADMIN; bpf_prog_get_fd_by_id)."""
    try:
        descriptor, _ = _bpf(_BPF_PROG_GET_FD_BY_ID, bytes(12))
    except OSError as error:
        return error.errno not in (errno.EPERM, errno.EACCES)
    os.close(descriptor)
    return True


def next_program(program: int) -> int | None:
    """Returns the id of the first BPF program after this id, None if there is none. Raises OSError.

    A new program gets a higher id than all before it (`bpf_prog_alloc_id` in kernel/bpf/syscall.c).
    """
    try:
        _, answer = _bpf(_BPF_PROG_GET_NEXT_ID, struct.pack("=III", program, 0, 0))
    except FileNotFoundError:
        return None
    (found,) = struct.unpack_from("=4xI", answer)
    return int(found)


def program_type(program: int) -> int:
    """Returns the type of the BPF program with this id (enum bpf_prog_type). Raises OSError."""
    return int.from_bytes(_program_info(program)[:4], sys.byteorder)


def program_name(program: int) -> str:
    """Returns the kernel's name for the BPF program with this id; empty if it is gone or cannot be queried."""
    try:
        return text(_program_info(program)[_PROGRAM_NAME_AT:])
    except OSError:
        return ""


@lru_cache(maxsize=4_096)
def _program_info(program: int) -> bytes:
    """Returns the beginning of struct bpf_prog_info of a BPF program.

    Cached by id: type and name never change, and the kernel gives an id again only after it has used all others.
    """
    descriptor, _ = _bpf(_BPF_PROG_GET_FD_BY_ID, struct.pack("=III", program, 0, 0))
    try:
        info = ctypes.create_string_buffer(_PROGRAM_INFO_BYTES)
        request = struct.pack("=IIQ", descriptor, _PROGRAM_INFO_BYTES, ctypes.addressof(info))
        _bpf(_BPF_OBJ_GET_INFO_BY_FD, request)
        return info.raw
    finally:
        os.close(descriptor)


def programs_at(ifindex: int, hook: int) -> list[int]:
    """Returns the ids of the BPF programs attached to a link of the calling thread's namespace, in execution order.

    `hook` is an attach type (enum bpf_attach_type). Raises OSError; EINVAL if the kernel does not have this attach
    type.
    """
    ids = (ctypes.c_uint32 * _PROGRAMS_AT_A_HOOK)()
    request = struct.pack("=IIIIQIIQQQQ", ifindex, hook, 0, 0, ctypes.addressof(ids), len(ids), 0, 0, 0, 0, 0)
    _, answer = _bpf(_BPF_PROG_QUERY, request)
    (count,) = struct.unpack_from("=I", answer, 24)
    return list(ids[: min(count, len(ids))])
