"""Writes values as text in the syntax of nft(8).

How a value is written depends on its kind, such as address or port.
"""

import sys
from collections.abc import Callable, Mapping

from netviz.model.text import text
from netviz.uapi.nft.fields import Kind
from netviz.uapi.notation import ROUTE_TYPES, flag_names, ip
from netviz.uapi.words import IP_PROTOCOLS

_ETHERTYPES = {0x0800: "ip", 0x0806: "arp", 0x86DD: "ip6", 0x8100: "8021q", 0x88A8: "8021ad", 0x8864: "pppoe"}
_NFPROTOS = {2: "ipv4", 10: "ipv6"}
_PKTTYPES = {0: "host", 1: "broadcast", 2: "multicast", 3: "other"}
_DIRECTIONS = {0: "original", 1: "reply"}
# Types of addresses: the route types up to 8 ("prohibit"), because nft(8) has no names for those after it (src/fib.c).
_ADDRTYPES = {number: word for number, word in ROUTE_TYPES.items() if number <= 8}
_ICMP = {
    0: "echo-reply",
    3: "destination-unreachable",
    4: "source-quench",
    5: "redirect",
    8: "echo-request",
    9: "router-advertisement",
    10: "router-solicitation",
    11: "time-exceeded",
    12: "parameter-problem",
    13: "timestamp-request",
    14: "timestamp-reply",
    17: "address-mask-request",
    18: "address-mask-reply",
}
_ICMPV6 = {
    1: "destination-unreachable",
    2: "packet-too-big",
    3: "time-exceeded",
    4: "parameter-problem",
    128: "echo-request",
    129: "echo-reply",
    130: "mld-listener-query",
    131: "mld-listener-report",
    132: "mld-listener-done",
    133: "nd-router-solicit",
    134: "nd-router-advert",
    135: "nd-neighbor-solicit",
    136: "nd-neighbor-advert",
    137: "nd-redirect",
    143: "mld2-listener-report",
}

# Names of bits: of the state of a connection (NF_CT_STATE_BIT of enum ip_conntrack_info), of its status (enum
# ip_conntrack_status), and of the flags in a TCP header.
CT_STATES = {0x01: "invalid", 0x02: "established", 0x04: "related", 0x08: "new", 0x40: "untracked"}
CT_STATUSES = {
    0x01: "expected",
    0x02: "seen-reply",
    0x04: "assured",
    0x08: "confirmed",
    0x10: "snat",
    0x20: "dnat",
    0x200: "dying",
}
TCP_FLAGS = {0x01: "fin", 0x02: "syn", 0x04: "rst", 0x08: "psh", 0x10: "ack", 0x20: "urg", 0x40: "ecn", 0x80: "cwr"}


def host(raw: bytes) -> int:
    """Returns the number in these bytes, read in host byte order."""
    return int.from_bytes(raw, sys.byteorder)


def network(raw: bytes) -> int:
    """Returns the number in these bytes, read in network byte order."""
    return int.from_bytes(raw, "big")


def _bits(names: dict[int, str], number: int, joint: str) -> str:
    words = flag_names(names, number)
    rest = number & ~sum(names)
    return joint.join((*words, *([hex(rest)] if rest or not words else [])))


def _ifname(raw: bytes) -> str:
    """Returns an interface name in quotes. If a rule compares only the beginning of the name, a star follows."""
    star = "*" if b"\0" not in raw and len(raw) < 16 else ""
    return quoted(raw, star)


def quoted(raw: bytes, tail: str = "") -> str:
    """Returns a kernel string in double quotes; a quote inside the string is written `\\x22`."""
    return '"' + text(raw).replace('"', "\\x22") + tail + '"'


def _named(names: Mapping[int, str], order: Callable[[bytes], int]) -> Callable[[bytes], str]:
    return lambda raw: names.get(order(raw)) or str(order(raw))


_WRITERS: dict[Kind, Callable[[bytes], str]] = {
    "address": ip,
    "addrtype": _named(_ADDRTYPES, host),
    "bytes": lambda raw: "0x" + raw.hex(),
    "ct_direction": _named(_DIRECTIONS, host),
    "ct_state": lambda raw: _bits(CT_STATES, host(raw), ","),
    "ct_status": lambda raw: _bits(CT_STATUSES, host(raw), ","),
    "ethertype": lambda raw: _ETHERTYPES.get(network(raw)) or f"0x{network(raw):04x}",
    "flags": lambda raw: _bits(TCP_FLAGS, network(raw), ","),
    "hex": lambda raw: hex(network(raw)),
    "host": lambda raw: str(host(raw)),
    "icmp": _named(_ICMP, network),
    "icmpv6": _named(_ICMPV6, network),
    "ifname": _ifname,
    "ll": lambda raw: raw.hex(":"),
    "mark": lambda raw: f"0x{host(raw):08x}",
    "nfproto": _named(_NFPROTOS, network),
    "number": lambda raw: str(network(raw)),
    "pkttype": _named(_PKTTYPES, network),
    "proto": _named(IP_PROTOCOLS, network),
}

# Kinds of values that are sets of bits. For these, a mask and the comparison "not equal to zero" mean that at least one
# bit of the mask is set.
BIT_KINDS = frozenset({"ct_state", "ct_status", "flags"})


def written(kind: Kind, raw: bytes) -> str:
    """Returns a value of this kind as text, in the syntax of nft(8)."""
    return _WRITERS[kind](raw)


def prefix_length(mask: bytes) -> int | None:
    """Returns the prefix length of a mask: the number of leading bits that are 1. None if other bits are 1 too."""
    bits = network(mask)
    width = len(mask) * 8
    length = bits.bit_count()
    return length if bits == ((1 << length) - 1) << (width - length) else None


def written_range(kind: Kind, first: bytes, last: bytes) -> str:
    """Returns the range from `first` to `last`, both included, as text. Addresses become a prefix if possible."""
    if first == last:
        return written(kind, first)
    if kind == "address" and len(first) == len(last):
        width = len(first) * 8
        low, high = network(first), network(last)
        free = (low ^ high).bit_length()
        if low & ((1 << free) - 1) == 0 and high & ((1 << free) - 1) == (1 << free) - 1:
            return f"{ip(first)}/{width - free}"
    return f"{written(kind, first)}-{written(kind, last)}"
