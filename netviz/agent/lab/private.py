"""Enters private namespaces: the process is root inside, remains an ordinary user outside, and has a network of its
own.

See user_namespaces(7), pid_namespaces(7), mount_namespaces(7).
"""

import contextlib
import fcntl
import os
import signal
import socket
import struct
from types import FrameType
from typing import NoReturn

from netviz.agent.system.syscalls import (
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    die_with_parent,
    mount,
    unshare,
)

SAFE = MS_NOSUID | MS_NODEV | MS_NOEXEC
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
# If one of these sysctls has the value given here, an ordinary user cannot create a user namespace.
SWITCHES = {
    "/proc/sys/user/max_user_namespaces": "0",
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
}


def enter_private() -> None:
    """Moves this program into private user, network, mount and process namespaces.

    The call returns in a new process, which has process id 1, its own /proc, an empty /run with /run/netns, and a
    network with only loopback, up. The host name and the file system stay. In the calling process the call does not
    return: this process waits for the new one, forwards SIGTERM and SIGINT to it, and exits with its exit code. If the
    calling process ends, all processes inside are killed. Call this in a process with one thread. Raises OSError in the
    caller or in the new process; the `filename` of the error names the step that failed.
    """
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID)
    _map_ids(outer_uid, outer_gid)
    child = os.fork()
    if child:
        _wait_outside(child)
    die_with_parent(signal.SIGKILL)
    _mount_private()
    _raise_loopback()


def refused() -> str | None:
    """Returns a sentence that says why this system refuses private namespaces, None if it allows them.

    To find out, a child process tries to create them.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _try_and_report(writing)
    os.close(writing)
    with open(reading, "rb") as answer:
        reason = answer.read().decode(errors="replace")
    os.waitpid(child, 0)
    if reason == "entered":
        return None
    return f"This system refuses private user namespaces ({'; '.join([reason or 'no reason given', *_switches()])})."


def _try_and_report(writing: int) -> NoReturn:
    """Runs in a forked child: tries to enter private namespaces, reports whether this worked, and exits."""
    word = "entered"
    try:
        enter_private()
    except OSError as error:
        word = f"{error.filename}: {error.strerror}"
    with contextlib.suppress(OSError):
        os.write(writing, word.encode())
    os._exit(0)


def _switches() -> list[str]:
    """Returns those settings of this system that forbid private namespaces, as text for the user."""
    found = []
    for path, refusing in SWITCHES.items():
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            if file.read().strip() == refusing:
                found.append(f"{path.removeprefix('/proc/sys/').replace('/', '.')} is {refusing}")
    return found


def _map_ids(outer_uid: int, outer_gid: int) -> None:
    """Maps the calling user to root inside the new user namespace. No other user exists inside."""
    lines = {"setgroups": "deny", "uid_map": f"0 {outer_uid} 1", "gid_map": f"0 {outer_gid} 1"}
    for name, line in lines.items():
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(line)


def _mount_private() -> None:
    """Mounts a new /proc and an empty /run (for /run/netns).

    All mounts are made private first, so that the new ones are not visible outside.
    """
    mount("none", "/", "none", MS_REC | MS_PRIVATE)
    mount("tmpfs", "/run", "tmpfs", SAFE)
    os.mkdir("/run/netns")
    mount("proc", "/proc", "proc", SAFE)


def _raise_loopback() -> None:
    """Sets `lo` up by ioctl (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        (flags,) = struct.unpack_from("H", request, 16)
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def _wait_outside(child: int) -> NoReturn:
    """Runs in the process that called `enter_private`: forwards signals to the new process (the child), waits for its
    end, and exits with its exit code.
    """

    def pass_on(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)
