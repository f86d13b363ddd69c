"""Reads the sysctls of a namespace that affect packets and do not belong to a link (ip-sysctl.rst, /proc/sys/net).

A thread sees the sysctls of the namespace that it is in.
"""

import os
from collections.abc import Iterator
from contextlib import suppress

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
_FOLDERS = {
    f"/proc/sys/{folder}": tuple((f"{folder}/{name}".replace("/", "."), name) for name in names)
    for folder, names in _NAMES.items()
}


def read(ns: str) -> Sysctls:
    """Returns the sysctls of the namespace that the calling thread is in.

    Sysctls that this kernel does not have are left out.
    """
    values: list[Sysctl] = []
    for folder, names in _FOLDERS.items():
        with suppress(OSError):
            descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            try:
                values += _read_folder(descriptor, names)
            finally:
                os.close(descriptor)
    return Sysctls(ns, tuple(values))


def _read_folder(folder: int, names: tuple[tuple[str, str], ...]) -> Iterator[Sysctl]:
    for name, path in names:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
            try:
                yield Sysctl(name, text(os.read(descriptor, 256).rstrip(b"\n")))
            finally:
                os.close(descriptor)
