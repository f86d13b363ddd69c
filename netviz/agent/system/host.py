"""Facts about the host and the file of a namespace, from /proc."""

import errno
import os
from pathlib import Path

from netviz.agent.system.syscalls import is_network_namespace


def namespace_inode(path: str) -> int:
    """Returns the inode of a network namespace's file. Raises OSError if the file is not a network namespace."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not is_network_namespace(descriptor):
            raise OSError(errno.EINVAL, "the file is not a network namespace", path)
        return os.fstat(descriptor).st_ino
    finally:
        os.close(descriptor)


def boot_id() -> str:
    """Returns the id of the host's boot (random(4)), or "" if it cannot be read."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
