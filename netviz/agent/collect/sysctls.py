"""Reads the sysctls of a namespace that affect packets and do not belong to a link (ip-sysctl.rst, /proc/sys/net).

A thread sees the sysctls of the namespace that it is in.
"""

import os
from functools import lru_cache

from netviz.model.namespace import Sysctl, Sysctls
from netviz.model.text import text

# Maps folder to names of sysctls. A lookup of a path in /proc/sys is slow on a host with many
# namespaces, because the kernel compares each part of the path with an entry of every namespace (`proc_sys_compare`).
# So each folder is opened once, and its files are opened relative to the folder.
_NAMES = {
    "net/bridge": (
        "bridge-nf-call-arptables",
        "bridge-nf-call-ip6tables",
        "bridge-nf-call-iptables",
    ),
    "net/ipv4": (
        "conf/all/accept_local",
        "conf/all/arp_announce",
        "conf/all/arp_filter",
        "conf/all/arp_ignore",
        "conf/all/proxy_arp",
        "conf/all/route_localnet",
        "conf/all/rp_filter",
        "conf/all/src_valid_mark",
        "ip_forward",
    ),
    "net/ipv6": ("conf/all/disable_ipv6", "conf/all/forwarding"),
}
_FOLDERS = tuple((f"/proc/sys/{folder}", names) for folder, names in _NAMES.items())
_DOTTED = tuple(f"{folder}/{name}".replace("/", ".") for folder, names in _NAMES.items() for name in names)
_BYTES = 256


def read(ns: str) -> Sysctls:
    """Returns the sysctls of the namespace that the calling thread is in.

    Sysctls that this kernel does not have are left out.
    """
    found: list[bytes | None] = []
    for folder, names in _FOLDERS:
        try:
            descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            found += [None] * len(names)
            continue
        try:
            found += [_read_file(descriptor, name) for name in names]
        finally:
            os.close(descriptor)
    return Sysctls(ns, _values(tuple(found)))


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
    return tuple(Sysctl(name, text(raw.rstrip(b"\n"))) for name, raw in each if raw is not None)
