"""Reads which legacy tables are loaded (iptables-legacy, ip6tables-legacy, arptables-legacy), and how many entries they
have.

If a table that is not loaded is requested, the kernel creates it (`xt_find_table_lock` in net/netfilter/x_tables.c). So
only tables that /proc lists as loaded are requested.
"""

import socket
import struct
from typing import Literal

from netviz.agent.system.syscalls import socket_option
from netviz.model.netfilter import LegacyTable
from netviz.model.text import text

# IPT_SO_GET_INFO, IP6T_SO_GET_INFO, ARPT_SO_GET_INFO; struct ipt_getinfo: name, hooks, entry points, count, size.
_IPT_GET_INFO, _IP6T_GET_INFO, _ARPT_GET_INFO = 64, 64, 96
_IPT_HOOKS, _ARPT_HOOKS = 5, 3
_NAME_BYTES = 32


_FAMILIES: dict[Literal["ip", "ip6", "arp"], tuple[int, int, int, int]] = {
    # values: the address family of the socket, level and option for getsockopt(2), number of hooks
    "ip": (socket.AF_INET, socket.IPPROTO_IP, _IPT_GET_INFO, _IPT_HOOKS),
    "ip6": (socket.AF_INET6, socket.IPPROTO_IPV6, _IP6T_GET_INFO, _IPT_HOOKS),
    "arp": (socket.AF_INET, socket.IPPROTO_IP, _ARPT_GET_INFO, _ARPT_HOOKS),
}


def read(ns: str) -> list[LegacyTable]:
    """Returns the loaded legacy tables of the namespace that the calling thread is in."""
    return [
        LegacyTable(ns, family, text(name), _entries(*how, name))
        for family, how in _FAMILIES.items()
        for name in _loaded(family)
    ]


def _loaded(family: str) -> list[bytes]:
    try:
        with open(f"/proc/thread-self/net/{family}_tables_names", "rb") as file:
            return file.read().split()
    except OSError:
        return []


def _entries(family: int, level: int, option: int, hooks: int, name: bytes) -> int | None:
    """Returns the number of entries (such as rules) in a loaded table of legacy iptables; None if it cannot be read."""
    layout = struct.Struct(f"={_NAME_BYTES}sI{2 * hooks}III")
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            answer = socket_option(sock, level, option, layout.pack(name, *[0] * (2 * hooks + 3)), layout.size)
        entries: int = layout.unpack(answer)[-2]
    except (OSError, struct.error):
        return None
    return entries
