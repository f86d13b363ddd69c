"""Converts bytes and numbers of the kernel to text: IP addresses, link-layer addresses, names."""

from collections.abc import Mapping
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop

from netviz.model.address import Family

FAMILIES: Mapping[int, Family] = {AF_INET: "ip", AF_INET6: "ip6"}

# Names of the origins of routes: /etc/iproute2/rt_protos of iproute2. The numbers are in
# include/uapi/linux/rtnetlink.h.
PROTOCOLS = {
    0: "unspec",
    1: "redirect",
    2: "kernel",
    3: "boot",
    4: "static",
    8: "gated",
    9: "ra",
    10: "mrt",
    11: "zebra",
    12: "bird",
    13: "dnrouted",
    14: "xorp",
    15: "ntk",
    16: "dhcp",
    17: "mrouted",
    18: "keepalived",
    42: "babel",
    84: "ovn",
    99: "openr",
    186: "bgp",
    187: "isis",
    188: "ospf",
    189: "rip",
    192: "eigrp",
}

# RTN_* in include/uapi/linux/rtnetlink.h.
ROUTE_TYPES = {
    0: "unspec",
    1: "unicast",
    2: "local",
    3: "broadcast",
    4: "anycast",
    5: "multicast",
    6: "blackhole",
    7: "unreachable",
    8: "prohibit",
    9: "throw",
    10: "nat",
    11: "xresolve",
}

SCOPES = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}


@lru_cache(maxsize=16_384)
def ip(raw: bytes) -> str:
    """Returns an IPv4 or IPv6 address as text. Bytes of another length are written in hexadecimal."""
    if len(raw) == 4:
        return inet_ntop(AF_INET, raw)
    return inet_ntop(AF_INET6, raw) if len(raw) == 16 else raw.hex()


def ip_or_any(raw: bytes) -> str:
    """Returns an address as text; empty for the unspecified address (0.0.0.0 or ::)."""
    return ip(raw) if any(raw) else ""


@lru_cache(maxsize=16_384)
def link_layer(raw: bytes) -> str:
    """Returns a link-layer address as ip-link(8) writes it: a MAC address, or an IP address for tunnels (4 or 16
    bytes).
    """
    return ip(raw) if len(raw) in (4, 16) else raw.hex(":")


def name(names: Mapping[int, str], number: int) -> str:
    """Returns the name of a number, or the number itself if it has no name."""
    return names.get(number) or str(number)


def flag_names(names: Mapping[int, str], flags: int) -> tuple[str, ...]:
    """Returns the names of the bits that are set in a number, in the order of `names`, which maps bits to names."""
    return tuple([word for bit, word in names.items() if flags & bit]) if flags else ()


def every_flag(names: Mapping[int, str], flags: int) -> tuple[str, ...]:
    """Returns the names of the bits that are set in a number, as `flag_names` does. Bits without a name follow as one
    hexadecimal number, as ip(8) writes them.
    """
    if not flags:
        return ()
    rest = flags & ~sum(names)
    return (*flag_names(names, flags), hex(rest)) if rest else flag_names(names, flags)


def realms(number: int | None) -> str:
    """Returns the realms in RTA_FLOW or FRA_FLOW as ip-route(8) writes them: "to", or "from/to". Empty for 0."""
    if not number:
        return ""
    source, target = number >> 16, number & 0xFFFF
    return f"{source}/{target}" if source else str(target)
