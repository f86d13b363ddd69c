"""Reads routes and nexthop objects (RTM_GETROUTE, RTM_GETNEXTHOP; fib_dump_info, rt6_fill_node, nh_fill_node)."""

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from netviz.agent.netlink.requests import Socket
from netviz.model.route import Metric, NextHop, NextHopMember, NextHopObject, Route
from netviz.model.text import text
from netviz.uapi.attributes import Layouts, u32, walk
from netviz.uapi.notation import FAMILIES, PROTOCOLS, ROUTE_TYPES, SCOPES, flag_names, ip, name
from netviz.uapi.rtnetlink import NHA, RTA, RTAX, RTM

_HOP_FLAGS = {
    4: "onlink",
    16: "linkdown",
    1: "dead",
    2: "pervasive",
    8: "offload",
    64: "trap",
    32: "unresolved",
}
_ROUTE_FLAGS = {0x100: "notify", 0x4000: "offload", 0x8000: "trap", 0x2000_0000: "offload_failed"}
_ENCAPS = {
    1: "mpls",
    2: "ip",
    3: "ila",
    4: "ip6",
    5: "seg6",
    6: "bpf",
    7: "seg6local",
    8: "rpl",
    9: "ioam6",
    10: "xfrm",
}
_METRICS = {
    RTAX.LOCK: "lock",
    RTAX.MTU: "mtu",
    RTAX.WINDOW: "window",
    RTAX.RTT: "rtt",
    RTAX.RTTVAR: "rttvar",
    RTAX.SSTHRESH: "ssthresh",
    RTAX.CWND: "cwnd",
    RTAX.ADVMSS: "advmss",
    RTAX.REORDERING: "reordering",
    RTAX.HOPLIMIT: "hoplimit",
    RTAX.INITCWND: "initcwnd",
    RTAX.FEATURES: "features",
    RTAX.RTO_MIN: "rto_min",
    RTAX.INITRWND: "initrwnd",
    RTAX.QUICKACK: "quickack",
    RTAX.FASTOPEN_NO_COOKIE: "fastopen_no_cookie",
}
_PREFERENCES = {0: "medium", 1: "high", 3: "low"}
_ANY = {"ip": "0.0.0.0/0", "ip6": "::/0"}
_HOP = struct.Struct("=HBBi")
_RTM_F_CLONED = 0x200
_GROUP_TYPES = {0: "multipath", 1: "resilient"}

# `_fields` receives the values of these attributes by position, so the order here is the order of its parameters.
_message = Layouts(
    "BBBBBBBBI",
    {
        RTA.DST: "s",
        RTA.SRC: "s",
        RTA.OIF: "I",
        RTA.GATEWAY: "s",
        RTA.PRIORITY: "I",
        RTA.PREFSRC: "s",
        RTA.METRICS: "s",
        RTA.MULTIPATH: "s",
        RTA.TABLE: "I",
        RTA.VIA: "s",
        RTA.PREF: "B",
        RTA.ENCAP_TYPE: "H",
        RTA.NH_ID: "I",
    },
)
_ROUTE_BODY = bytes(12)

# `_nexthop` receives the values of these attributes by position, so the order here is the order of its parameters.
_nexthop_message = Layouts(
    "BBBBI",
    {
        NHA.ID: "I",
        NHA.GROUP: "s",
        NHA.GROUP_TYPE: "H",
        NHA.BLACKHOLE: "s",
        NHA.OIF: "I",
        NHA.GATEWAY: "s",
        NHA.FDB: "s",
    },
)
_NEXTHOP_BODY = bytes(8)

# What a message says about a route:
# 1. the values of the fields that the class `Route` declares before `nth`, without `ns`
# 2. the values of the fields that the class declares after `nth`
# 3. the text that stands in the route's key after the namespace and before `nth`
# A message contains no `ns` and no `nth`. The number `nth` distinguishes routes whose keys are otherwise equal.
_Fields = tuple[tuple[Any, ...], tuple[Any, ...], str]


def read(sock: Socket, ns: str, budget: int) -> tuple[list[Route], int]:
    """Returns up to `budget` routes of the socket's namespace, from all tables, and the total number of routes.

    Raises NetlinkError.
    """
    seen: dict[str, int] = {}
    routes: list[Route] = []
    total = 0
    for payload in sock.dump(RTM.GETROUTE, _ROUTE_BODY):
        fields = _route(payload)
        if fields is None:
            continue
        total += 1
        if total > budget:
            continue
        before, after, middle = fields
        nth = seen.get(middle, 0)
        seen[middle] = nth + 1
        route = Route(*(ns, *before, nth, *after))
        route.keep_key(f"route/{ns}{middle}{nth}")
        routes.append(route)
    return routes, total


@lru_cache(maxsize=8_192)
def _route(payload: bytes) -> _Fields | None:
    return _fields(*_message(payload))


def _fields(
    family: int,
    dst_length: int,
    src_length: int,
    tos: int,
    short_table: int,
    protocol: int,
    scope: int,
    kind: int,
    flags: int,
    dst: bytes | None,
    src: bytes | None,
    oif: int | None,
    gateway: bytes | None,
    priority: int | None,
    prefsrc: bytes | None,
    metrics: bytes | None,
    multipath: bytes | None,
    table: int | None,
    via: bytes | None,
    preference: int | None,
    encap: int | None,
    nexthop: int | None,
) -> _Fields | None:
    word = FAMILIES.get(family)
    if word is None or flags & _RTM_F_CLONED:
        return None
    before = (
        word,
        short_table if table is None else table,
        f"{ip(dst)}/{dst_length}" if dst else _ANY[word],
        f"{ip(src)}/{src_length}" if src else "",
        tos,
        priority or 0,
        name(ROUTE_TYPES, kind),
    )
    if multipath:
        hops = tuple(_hops(multipath))
    elif oif is None and gateway is None and via is None:
        hops = ()
    else:
        hops = (NextHop(oif, _via(gateway, via), 1, flag_names(_HOP_FLAGS, flags & 0xFF), _encap(encap)),)
    after = (
        name(SCOPES, scope),
        name(PROTOCOLS, protocol),
        ip(prefsrc) if prefsrc else "",
        hops,
        nexthop,
        _metrics(metrics) if metrics else (),
        "" if preference is None else name(_PREFERENCES, preference),
        flag_names(_ROUTE_FLAGS, flags),
    )
    return before, after, Route("", *before).key.removeprefix("route/")[:-1]


def _via(gateway: bytes | None, via: bytes | None) -> str:
    """Returns the gateway: RTA_GATEWAY, or RTA_VIA (family, then address) if the gateway is of another family."""
    if gateway:
        return ip(gateway)
    return ip(via[2:]) if via else ""


def _encap(kind: int | None) -> str:
    return name(_ENCAPS, kind) if kind else ""


def _hops(raw: bytes) -> Iterator[NextHop]:
    """Returns the next hops in RTA_MULTIPATH: a list of struct rtnexthop with attributes."""
    at = 0
    while at + _HOP.size <= len(raw):
        length, flags, weight, ifindex = _HOP.unpack_from(raw, at)
        if length < _HOP.size:
            return
        found = walk(raw[at : at + length], _HOP.size)
        encap = struct.unpack("=H", found[RTA.ENCAP_TYPE])[0] if len(found.get(RTA.ENCAP_TYPE, b"")) == 2 else None
        yield NextHop(
            ifindex or None,
            _via(found.get(RTA.GATEWAY), found.get(RTA.VIA)),
            weight + 1,
            flag_names(_HOP_FLAGS, flags),
            _encap(encap),
        )
        at += (length + 3) & ~3


def _metrics(raw: bytes) -> tuple[Metric, ...]:
    """Returns the metrics in RTA_METRICS, sorted by attribute number.

    Congestion control is a name, all others are numbers.
    """
    found = walk(raw)
    out = []
    for kind in sorted(found):
        if kind == RTAX.CC_ALGO:
            out.append(Metric("congctl", text=text(found[kind])))
        else:
            out.append(Metric(name(_METRICS, kind), u32(found[kind])))
    return tuple(out)


def read_nexthops(sock: Socket, ns: str) -> list[NextHopObject]:
    """Returns all nexthop objects of the socket's namespace.

    Raises NetlinkError, for example on Linux before 5.3, which has no nexthop objects.
    """
    return [_nexthop(ns, *_nexthop_message(payload)) for payload in sock.dump(RTM.GETNEXTHOP, _NEXTHOP_BODY)]


def _nexthop(
    ns: str,
    family: int,
    scope: int,
    protocol: int,
    reserved: int,
    flags: int,
    number: int | None,
    group: bytes | None,
    group_type: int | None,
    blackhole: bytes | None,
    ifindex: int | None,
    gateway: bytes | None,
    fdb: bytes | None,
) -> NextHopObject:
    return NextHopObject(
        ns,
        number or 0,
        FAMILIES.get(family),
        ifindex,
        ip(gateway) if gateway else "",
        _members(group) if group else (),
        "" if group is None else name(_GROUP_TYPES, group_type or 0),
        blackhole is not None,
        fdb is not None,
        name(SCOPES, scope),
        name(PROTOCOLS, protocol),
        flag_names(_HOP_FLAGS, flags),
    )


def _members(raw: bytes) -> tuple[NextHopMember, ...]:
    """Parses the members of a nexthop group: an array of struct nexthop_grp.

    The struct contains the weight of a member minus one.
    """
    out = []
    for at in range(0, len(raw) - 7, 8):
        number, low, high = struct.unpack_from("=IBB", raw, at)
        out.append(NextHopMember(number, low + (high << 8) + 1))
    return tuple(out)
