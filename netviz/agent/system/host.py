"""Facts about the host and the file of a namespace, from /proc."""

import errno
import os
import sys

from netviz import __version__
from netviz.agent.system.syscalls import is_network_namespace
from netviz.model.entity import Note
from netviz.model.namespace import Host
from netviz.model.text import text


def namespace_inode(path: str) -> int:
    """Returns the inode of a network namespace's file. Raises OSError if the file is not a network namespace."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not is_network_namespace(descriptor):
            raise OSError(errno.EINVAL, "the file is not a network namespace", path)
        return os.fstat(descriptor).st_ino
    finally:
        os.close(descriptor)


def host_entity(ns: str, practice: bool, missing: tuple[Note, ...]) -> Host:
    """Returns the entity of this host (uname(2)). `ns` is the id of the host's namespace, `missing` says what the agent
    cannot do here.
    """
    system = os.uname()
    return Host(
        text(os.fsencode(system.nodename)),
        _boot_id(),
        ns,
        text(os.fsencode(system.release)),
        text(os.fsencode(system.machine)),
        __version__,
        practice,
        missing,
        sys.byteorder,
    )


def _boot_id() -> str:
    """Returns the id of the host's boot (random(4)), or "" if it cannot be read."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""
