"""Reads which legacy tables are loaded (iptables-legacy, ip6tables-legacy, arptables-legacy), and how many rules they
have.

If a table that is not loaded is requested, the kernel creates it (`xt_find_table_lock` in net/netfilter/x_tables.c). So
only tables that /proc lists as loaded are requested.
"""

import os
import socket
import struct
from collections.abc import Iterator
from typing import Literal

from netviz.agent.system.syscalls import socket_option
from netviz.model.netfilter import LegacyTable
from netviz.model.text import text

# IPT_SO_GET_INFO, IP6T_SO_GET_INFO, ARPT_SO_GET_INFO; struct ipt_getinfo: name, hooks, entry points, count, size. The
# next number is IPT_SO_GET_ENTRIES and so on.
_IPT_GET_INFO, _IP6T_GET_INFO, _ARPT_GET_INFO = 64, 64, 96
_IPT_HOOKS, _ARPT_HOOKS = 5, 3
_NAME_BYTES = 32
_TARGET_NAME_BYTES = 29
_ERROR = b"ERROR"
_NAMES_BYTES = 4_096
_TABLE_BYTES = 16 << 20  # larger tables are not read, to count their rules


_FAMILIES: dict[Literal["ip", "ip6", "arp"], tuple[int, int, int, int, int]] = {
    # values: the address family of the socket, level and option for getsockopt(2), number of hooks, and the bytes of an
    # entry before the four bytes that precede its offsets (struct ipt_entry, ip6t_entry, arpt_entry)
    "ip": (socket.AF_INET, socket.IPPROTO_IP, _IPT_GET_INFO, _IPT_HOOKS, 84),
    "ip6": (socket.AF_INET6, socket.IPPROTO_IPV6, _IP6T_GET_INFO, _IPT_HOOKS, 136),
    "arp": (socket.AF_INET, socket.IPPROTO_IP, _ARPT_GET_INFO, _ARPT_HOOKS, 160),
}


def read(ns: str) -> list[LegacyTable]:
    """Returns the loaded legacy tables of the namespace that the calling thread is in."""
    return [
        LegacyTable(ns, family, text(name), *_counts(*how, name))
        for family, how in _FAMILIES.items()
        for name in _loaded(family)
    ]


def _loaded(family: str) -> list[bytes]:
    try:
        descriptor = os.open(f"/proc/thread-self/net/{family}_tables_names", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return []
    try:
        return os.read(descriptor, _NAMES_BYTES).split()
    except OSError:
        return []
    finally:
        os.close(descriptor)


def _counts(
    family: int, level: int, option: int, hooks: int, address_bytes: int, name: bytes
) -> tuple[int | None, int | None]:
    """Returns the numbers of entries and of rules in a loaded table; None for what cannot be read."""
    layout = struct.Struct(f"={_NAME_BYTES}sI{2 * hooks}III")
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            answer = socket_option(sock, level, option, layout.pack(name, *[0] * (2 * hooks + 3)), layout.size)
            _, valid_hooks, *_, entries, size = layout.unpack(answer)
            if size > _TABLE_BYTES:
                return entries, None
            head = struct.pack(f"={_NAME_BYTES}sI4x", name, size)  # struct ipt_get_entries; the entries are aligned
            table = socket_option(sock, level, option + 1, head + bytes(size), len(head) + size)[len(head) :]
    except (OSError, struct.error):
        return None, None
    ends = sum(target == _ERROR for target in _targets(table, address_bytes))
    policies = int(valid_hooks).bit_count()
    return entries, entries - policies - 1 - 2 * (ends - 1) if ends else None


def _targets(table: bytes, address_bytes: int) -> Iterator[bytes]:
    """Yields the name of the target of each entry (struct ipt_entry, and struct xt_entry_target inside).

    A chain of a user begins with an entry with the target ERROR; so does the end of the table.
    """
    at = 0
    while at + address_bytes + 8 <= len(table):
        target, following = struct.unpack_from("=HH", table, at + address_bytes + 4)
        if following == 0:
            return
        yield table[at + target + 2 : at + target + 2 + _TARGET_NAME_BYTES].partition(b"\0")[0]
        at += following
