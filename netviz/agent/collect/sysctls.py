"""Reads the sysctls of a namespace that affect packets and do not belong to a link (ip-sysctl.rst, /proc/sys/net).

A thread sees the sysctls of the namespace that it is in.
"""

import os
from collections.abc import Iterable
from functools import lru_cache

from netviz.agent.system.syscalls import detached_proc
from netviz.model.namespace import Sysctl, Sysctls
from netviz.model.text import text

# Maps folder to names of sysctls. A lookup of such a folder is slow on a host with many namespaces, because the kernel
# compares its name with the folder of every namespace that it has seen in this /proc (`proc_sys_compare`). So each
# folder is opened once, and its files are opened relative to the folder.
_NAMES = {
    "net/bridge": (
        "bridge-nf-call-arptables",
        "bridge-nf-call-ip6tables",
        "bridge-nf-call-iptables",
    ),
    "net/ipv4/conf/all": (
        "accept_local",
        "arp_announce",
        "arp_filter",
        "arp_ignore",
        "forwarding",
        "proxy_arp",
        "route_localnet",
        "rp_filter",
        "src_valid_mark",
    ),
    "net/ipv6/conf/all": ("disable_ipv6", "forwarding"),
}
_FOLDERS = tuple((f"sys/{folder}", names) for folder, names in _NAMES.items())

# A sysctl with a second name, which is the usual one: both are one number (`devinet_init_net` in net/ipv4/devinet.c).
_USUAL = {"net.ipv4.conf.all.forwarding": "net.ipv4.ip_forward"}
_DOTTED = tuple(f"{folder}/{name}".replace("/", ".") for folder, names in _NAMES.items() for name in names)
_NOT_OPEN: tuple[None, ...] = (None,) * len(_FOLDERS)
_BYTES = 256

# A new /proc has seen no folder. Mounting it takes about as long as the comparisons for this number of folders.
_FOLDERS_IN_A_PROC = 48


class _Proc:
    """Provides a /proc in which few folders were looked up: first that of this process, then new ones.

    Stays with the last one if `mounts` is False or the kernel refuses to mount another.
    """

    def __init__(self, *, mounts: bool) -> None:
        self._mounts = mounts
        self._root = os.open("/proc", os.O_PATH | os.O_CLOEXEC)
        self._seen = 0

    def root(self) -> int:
        """Returns the descriptor of the /proc in which to look up the next folder."""
        if self._seen >= _FOLDERS_IN_A_PROC and self._mounts:
            self._renew()
        self._seen += 1
        return self._root

    def _renew(self) -> None:
        try:
            root = detached_proc()
        except OSError:
            self._mounts = False
        else:
            os.close(self._root)
            self._root, self._seen = root, 0

    def close(self) -> None:
        """Closes the /proc."""
        os.close(self._root)


class Folders:
    """Reads sysctls. Keeps folders open, with up to `descriptors` descriptors, because opening them takes most of the
    time. Without descriptors, which is for a single read, it mounts a /proc of its own now and then.

    An open folder does not keep its namespace alive: it refers to the namespace's table of sysctls, which the kernel
    unregisters when the namespace ends (`unregister_sysctl_table` in fs/proc/proc_sysctl.c).
    """

    def __init__(self, descriptors: int) -> None:
        self._keep = descriptors // len(_FOLDERS)
        self._open: dict[str, list[int | None]] = {}
        self._proc = _Proc(mounts=descriptors == 0)

    def read(self, ns: str) -> Sysctls:
        """Returns the sysctls of this namespace, which the calling thread is in.

        Sysctls that this kernel does not have are left out.
        """
        found: list[bytes | None] = []
        opened: list[int | None] = []
        for (path, names), descriptor in zip(_FOLDERS, self._open.pop(ns, _NOT_OPEN), strict=True):
            values, descriptor = self._read_folder(path, names, descriptor)
            found += values
            opened.append(descriptor)
        if len(self._open) < self._keep:
            self._open[ns] = opened
        else:
            _close(opened)
        return Sysctls(ns, _values(tuple(found)))

    def _read_folder(
        self, path: str, names: tuple[str, ...], descriptor: int | None
    ) -> tuple[list[bytes | None], int | None]:
        """Returns the values of these sysctls, and the descriptor of their folder, None if there is no such folder.

        A folder that was opened earlier is empty if its kernel module was unloaded. It is opened again, because the
        module may have been loaded again.
        """
        if descriptor is not None:
            found = [_read_file(descriptor, name) for name in names]
            if any(value is not None for value in found):
                return found, descriptor
            os.close(descriptor)
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC, dir_fd=self._proc.root())
        except OSError:
            return [None] * len(names), None
        return [_read_file(descriptor, name) for name in names], descriptor

    def forget(self, ns: str) -> None:
        """Closes the folders of a namespace, which is gone."""
        _close(self._open.pop(ns, ()))

    def close(self) -> None:
        """Closes all folders, and the /proc in which the last one was looked up."""
        for ns in list(self._open):
            self.forget(ns)
        self._proc.close()


def _close(descriptors: Iterable[int | None]) -> None:
    for descriptor in descriptors:
        if descriptor is not None:
            os.close(descriptor)


def _read_file(folder: int, name: str) -> bytes | None:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    try:
        return os.read(descriptor, _BYTES)
    except OSError:
        return None
    finally:
        os.close(descriptor)


@lru_cache(maxsize=256)
def _values(found: tuple[bytes | None, ...]) -> tuple[Sysctl, ...]:
    """Returns the sysctls with these values. Cached, because most namespaces have the same values."""
    each = zip(_DOTTED, found, strict=True)
    read = (Sysctl(_USUAL.get(name, name), text(raw.rstrip(b"\n"))) for name, raw in each if raw is not None)
    return tuple(sorted(read, key=lambda sysctl: sysctl.name))
