"""Reads routes and nexthop objects (RTM_GETROUTE, RTM_GETNEXTHOP; fib_dump_info, rt6_fill_node, nh_fill_node)."""

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from netviz.agent.collect.encaps import encap, encap_type
from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import Socket
from netviz.model.route import Metric, NextHop, NextHopMember, NextHopObject, Route
from netviz.model.text import key_part, text
from netviz.uapi.attributes import Layouts, Unknown, i32, u16, u32, unknown, walk
from netviz.uapi.known import known
from netviz.uapi.notation import FAMILIES, PROTOCOLS, ROUTE_TYPES, SCOPES, every_flag, ip, name, realms
from netviz.uapi.rtnetlink import NHA, NHA_RES_GROUP, RTA, RTAX, RTM

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
_METRICS = {
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
# What the kernel counts in a unit of its own: how many of them make the unit of ip-route(8), which is ms.
_PER_MS = {RTAX.RTT: 8, RTAX.RTTVAR: 4}
_FEATURES = {1: "ecn", 2: "sack", 4: "timestamp", 8: "allfrag", 16: "tcp_usec_ts"}  # RTAX_FEATURE_*
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
        RTA.ENCAP: "s",
        RTA.FLOW: "I",
        RTA.CACHEINFO: "s",
    },
    {(): known(RTA)},
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
        NHA.ENCAP_TYPE: "H",
        NHA.ENCAP: "s",
        NHA.RES_GROUP: "s",
        NHA.HW_STATS_ENABLE: "I",
    },
    {(): known(NHA)},
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


def count(sock: Socket) -> int:
    """Returns the number of routes that `read` would find in the socket's namespace. Raises NetlinkError."""
    return sum(_route(payload) is not None for payload in sock.dump(RTM.GETROUTE, _ROUTE_BODY))


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
    encap_kind: int | None,
    nexthop: int | None,
    encap_raw: bytes | None,
    flow: int | None,
    cache: bytes | None,
    unread: tuple[Unknown, ...],
) -> _Fields | None:
    word = FAMILIES.get(family)
    if word is None or flags & _RTM_F_CLONED:
        return None
    in_table = short_table if table is None else table
    to = f"{ip(dst)}/{dst_length}" if dst else _ANY[word]
    source = f"{ip(src)}/{src_length}" if src else ""
    type_name = name(ROUTE_TYPES, kind)
    before = (word, in_table, to, source, tos, priority or 0, type_name)
    # As `key_of` makes it: only addresses contain what it escapes.
    middle = f"/{word}/{in_table}/{key_part(to)}/{key_part(source)}/{tos}/{priority or 0}/{type_name}/"
    if metrics:
        unread += unknown(known(RTAX), walk(metrics))
    hops: tuple[NextHop, ...]
    if multipath:
        read = [_hop(raw) for raw in _hops(multipath)]
        hops = tuple(hop for hop, _ in read)
        unread = tuple(dict.fromkeys((*unread, *(each for _, inside in read for each in inside))))
    elif oif is None and gateway is None and via is None:
        hops = ()
    else:
        word_of_encap, options, unread_inside = encap(encap_kind, encap_raw)
        hop_flags = every_flag(_HOP_FLAGS, flags & 0xFF)
        hops = (NextHop(oif, _via(gateway, via), 1, hop_flags, word_of_encap, options),)
        unread += unread_inside
    after = (
        name(SCOPES, scope),
        name(PROTOCOLS, protocol),
        ip(prefsrc) if prefsrc else "",
        hops,
        nexthop,
        _metrics(metrics) if metrics else (),
        "" if preference is None else name(_PREFERENCES, preference),
        every_flag(_ROUTE_FLAGS, flags & ~0xFF),
        realms(flow),
        cache is not None and len(cache) >= 12 and i32(cache[8:12]) != 0,  # rta_expires of struct rta_cacheinfo
        unread_notes(unread) if unread else (),
    )
    return before, after, middle


def _via(gateway: bytes | None, via: bytes | None) -> str:
    """Returns the gateway: RTA_GATEWAY, or RTA_VIA (family, then address) if the gateway is of another family."""
    if gateway:
        return ip(gateway)
    return ip(via[2:]) if via else ""


def _hops(raw: bytes) -> Iterator[bytes]:
    """Yields the next hops in RTA_MULTIPATH: a list of struct rtnexthop with attributes."""
    at = 0
    while at + _HOP.size <= len(raw):
        length: int = _HOP.unpack_from(raw, at)[0]
        if length < _HOP.size:
            return
        yield raw[at : at + length]
        at += (length + 3) & ~3


def _hop(raw: bytes) -> tuple[NextHop, tuple[Unknown, ...]]:
    """Returns one next hop of RTA_MULTIPATH, and its attributes that are not known."""
    _, flags, weight, ifindex = _HOP.unpack_from(raw)
    found = walk(raw, _HOP.size)
    word, options, unread = encap(encap_type(found.get(RTA.ENCAP_TYPE)), found.get(RTA.ENCAP))
    hop = NextHop(
        ifindex or None,
        _via(found.get(RTA.GATEWAY), found.get(RTA.VIA)),
        weight + 1,
        every_flag(_HOP_FLAGS, flags),
        word,
        options,
        realms(u32(found.get(RTA.FLOW, b""))),
    )
    return hop, (*unknown(known(RTA), found), *unread)


def _metrics(raw: bytes) -> tuple[Metric, ...]:
    """Returns the metrics in RTA_METRICS, sorted by attribute number.

    RTAX_LOCK is not a metric: it has a bit for each metric that is locked.
    """
    found = walk(raw)
    locks = u32(found.pop(RTAX.LOCK, b""))
    kinds = found.keys() | {kind for kind in range(2, 32) if locks >> kind & 1}
    return tuple(_metric(kind, found.get(kind, b""), bool(locks >> kind & 1)) for kind in sorted(kinds))


def _metric(kind: int, raw: bytes, locked: bool) -> Metric:
    if kind == RTAX.CC_ALGO:
        return Metric("congctl", text=text(raw), locked=locked)
    number = u32(raw)
    if kind == RTAX.FEATURES:
        return Metric("features", number, " ".join(every_flag(_FEATURES, number)), locked)
    if kind == RTAX.HOPLIMIT and number == 0xFFFF_FFFF:  # the kernel's -1: that of the link
        number = 0
    return Metric(name(_METRICS, kind), number // _PER_MS.get(kind, 1), locked=locked)


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
    encap_kind: int | None,
    encap_raw: bytes | None,
    resilient: bytes | None,
    hw_stats: int | None,
    unread: tuple[Unknown, ...],
) -> NextHopObject:
    word, options, unread_inside = encap(encap_kind, encap_raw)
    timers = walk(resilient or b"")
    unread += (*unread_inside, *unknown(known(NHA_RES_GROUP), timers))
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
        every_flag(_HOP_FLAGS, flags),
        word,
        options,
        None if resilient is None else u16(timers.get(NHA_RES_GROUP.BUCKETS, b"")),
        u32(timers.get(NHA_RES_GROUP.IDLE_TIMER, b"")),
        u32(timers.get(NHA_RES_GROUP.UNBALANCED_TIMER, b"")),
        bool(hw_stats),
        unread_notes(unread),
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
