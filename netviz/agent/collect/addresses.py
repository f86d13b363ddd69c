"""Reads addresses (RTM_GETADDR; inet_fill_ifaddr in net/ipv4/devinet.c, inet6_fill_ifaddr in net/ipv6/addrconf.c)."""

import struct
from functools import lru_cache
from typing import Any

from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import Socket, attribute_u32
from netviz.model.address import Address, Family
from netviz.model.state import AddressLife
from netviz.model.text import text
from netviz.uapi.attributes import Layouts, Unknown
from netviz.uapi.known import known
from netviz.uapi.notation import FAMILIES, SCOPES, every_flag, ip, name
from netviz.uapi.rtnetlink import IFA, RTM

_HEADER = struct.Struct("=BBBBI")

_PERMANENT = 0x80
_FLAGS_V4 = {_PERMANENT: "permanent", 0x01: "secondary"}
_FLAGS_V6 = {_PERMANENT: "permanent", 0x01: "temporary"}
_FLAGS = {
    0x40: "tentative",
    0x20: "deprecated",
    0x08: "dadfailed",
    0x10: "home",
    0x100: "mngtmpaddr",
    0x02: "nodad",
    0x04: "optimistic",
    0x200: "noprefixroute",
    0x400: "autojoin",
    0x800: "stable-privacy",
}
_NAMES: dict[Family, dict[int, str]] = {"ip": {**_FLAGS_V4, **_FLAGS}, "ip6": {**_FLAGS_V6, **_FLAGS}}
_FOREVER = 0xFFFF_FFFF

# `_address` receives the values of these attributes by position, so the order here is the order of its parameters.
_message = Layouts(
    "BBBBI",
    {
        IFA.ADDRESS: "s",
        IFA.LOCAL: "s",
        IFA.LABEL: "s",
        IFA.BROADCAST: "s",
        IFA.CACHEINFO: "s",
        IFA.FLAGS: "I",
        IFA.RT_PRIORITY: "I",
        IFA.PROTO: "B",
    },
    {(): known(IFA)},
)


def request_body(nsid: int | None = None) -> bytes:
    """Returns the body of a RTM_GETADDR request for all addresses of the namespace with this nsid, or of the socket's
    own namespace if `nsid` is None.
    """
    body = _HEADER.pack(0, 0, 0, 0, 0)
    return body if nsid is None else body + attribute_u32(IFA.TARGET_NETNSID, nsid)


def read(sock: Socket, ns: str, nsid: int | None = None) -> list[Address]:
    """Returns all addresses of a namespace. Raises NetlinkError."""
    parsed = [_address(ns, *_message(payload)) for payload in sock.dump(RTM.GETADDR, request_body(nsid))]
    return [entity for entity in parsed if entity is not None]


def read_lives(sock: Socket, nsid: int | None = None) -> list[AddressLife]:
    """Returns the remaining lifetime of each address of a namespace. Raises NetlinkError."""
    parsed = (_life(*_message(payload)) for payload in sock.dump(RTM.GETADDR, request_body(nsid)))
    return [life for life in parsed if life is not None]


def address(ns: str, payload: bytes) -> Address | None:
    """Returns the address in this message; None if the address family is neither IPv4 nor IPv6."""
    return _address(ns, *_message(payload))


def _address(
    ns: str,
    family: int,
    prefix: int,
    short_flags: int,
    scope: int,
    ifindex: int,
    given: bytes | None,
    local: bytes | None,
    label: bytes | None,
    broadcast: bytes | None,
    cache: bytes | None,
    flags: int | None,
    metric: int | None,
    protocol: int | None,
    unread: tuple[Unknown, ...],
) -> Address | None:
    kind = FAMILIES.get(family)
    own = local or given
    if kind is None or own is None:
        return None
    text_of_own, peer = ip(own), ip(given) if given and given != own else ""
    found = Address(
        ns,
        ifindex,
        kind,
        text_of_own,
        prefix,
        peer,
        ip(broadcast) if broadcast else "",
        text(label) if label else "",
        name(SCOPES, scope),
        protocol or 0,
        metric or 0,
        _flags(kind, short_flags if flags is None else flags),
        unread_notes(unread) if unread else (),
    )
    found.keep_key(f"addr/{ns}/{ifindex}/{text_of_own}/{prefix}/{peer}")
    return found


@lru_cache(maxsize=1_024)
def _flags(family: Family, flags: int) -> tuple[str, ...]:
    return every_flag(_NAMES[family], flags)


def _life(family: int, prefix: int, short_flags: int, scope: int, ifindex: int, *rest: Any) -> AddressLife | None:
    given, local, _, _, cache, *_ = rest
    own = local or given
    if family not in FAMILIES or own is None or cache is None or len(cache) < 8:
        return None
    preferred, valid = struct.unpack_from("=II", cache)  # struct ifa_cacheinfo
    return AddressLife(ifindex, ip(own), prefix, _seconds(valid), _seconds(preferred))


def _seconds(value: int) -> int | None:
    return None if value == _FOREVER else value
