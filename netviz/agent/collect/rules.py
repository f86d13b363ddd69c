"""Reads route rules (RTM_GETRULE; fib_nl_fill_rule in net/core/fib_rules.c)."""

import struct
from functools import lru_cache
from typing import Any

from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import Socket
from netviz.model.route import Range, RouteRule
from netviz.model.text import text
from netviz.uapi.attributes import Layouts, Unknown, be
from netviz.uapi.known import known
from netviz.uapi.notation import FAMILIES, PROTOCOLS, every_flag, ip, name, realms
from netviz.uapi.rtnetlink import FRA, RTM

_ACTIONS = {1: "lookup", 2: "goto", 3: "nop", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
_FLAGS = {4: "unresolved", 8: "iif-detached", 16: "oif-detached", 0x1_0000: "find-saddr"}
_INVERT = 2
_PERMANENT = 1
_NONE = 0xFFFF_FFFF
_BODY = bytes(12)

# `_fields` takes the values of these attributes by position, so the order here is the order of its parameters.
_message = Layouts(
    "BBBBBBBBI",
    {
        FRA.DST: "s",
        FRA.SRC: "s",
        FRA.IIFNAME: "s",
        FRA.GOTO: "I",
        FRA.PRIORITY: "I",
        FRA.FWMARK: "I",
        FRA.TUN_ID: "s",
        FRA.SUPPRESS_IFGROUP: "I",
        FRA.SUPPRESS_PREFIXLEN: "I",
        FRA.TABLE: "I",
        FRA.FWMASK: "I",
        FRA.OIFNAME: "s",
        FRA.L3MDEV: "B",
        FRA.UID_RANGE: "s",
        FRA.PROTOCOL: "B",
        FRA.IP_PROTO: "B",
        FRA.SPORT_RANGE: "s",
        FRA.DPORT_RANGE: "s",
        FRA.DSCP: "B",
        FRA.FLOW: "I",
        FRA.FLOWLABEL: "s",
        FRA.FLOWLABEL_MASK: "s",
        FRA.SPORT_MASK: "H",
        FRA.DPORT_MASK: "H",
        FRA.DSCP_MASK: "B",
    },
    {(): known(FRA)},
)


def read(sock: Socket, ns: str) -> list[RouteRule]:
    """Returns all route rules of the socket's namespace. Raises NetlinkError."""
    out = []
    for fields, rest_of_key in _rules(tuple(sock.dump(RTM.GETRULE, _BODY))):
        rule = RouteRule(ns, *fields)
        rule.keep_key(f"rule/{ns}{rest_of_key}")
        out.append(rule)
    return out


@lru_cache(maxsize=64)
def _rules(payloads: tuple[bytes, ...]) -> list[tuple[tuple[Any, ...], str]]:
    """Returns for each rule the fields of `RouteRule` that follow `ns`, and the part of its key that follows the
    namespace.

    Cached, because most namespaces have the same few rules. Rules of families other than IPv4 and IPv6 are left out
    (multicast routing also has rules).
    """
    seen: dict[tuple[Any, ...], int] = {}
    out = []
    for payload in payloads:
        found = _fields(*_message(payload))
        if found is None:
            continue
        family, priority, *rest = found
        nth = seen.get((family, priority), 0)
        seen[family, priority] = nth + 1
        out.append(((family, priority, nth, *rest), f"/{family}/{priority}/{nth}"))
    return out


def _fields(
    family: int,
    dst_length: int,
    src_length: int,
    tos: int,
    short_table: int,
    reserved_1: int,
    reserved_2: int,
    action: int,
    flags: int,
    dst: bytes | None,
    src: bytes | None,
    iif: bytes | None,
    target: int | None,
    priority: int | None,
    fwmark: int | None,
    tunnel: bytes | None,
    suppress_group: int | None,
    suppress_prefix: int | None,
    table: int | None,
    fwmask: int | None,
    oif: bytes | None,
    l3mdev: int | None,
    uids: bytes | None,
    protocol: int | None,
    ip_protocol: int | None,
    sport: bytes | None,
    dport: bytes | None,
    dscp: int | None,
    flow: int | None,
    flowlabel: bytes | None,
    flowlabel_mask: bytes | None,
    sport_mask: int | None,
    dport_mask: int | None,
    dscp_mask: int | None,
    unread: tuple[Unknown, ...],
) -> tuple[Any, ...] | None:
    word = FAMILIES.get(family)
    if word is None:
        return None
    return (
        word,
        priority or 0,
        name(_ACTIONS, action),
        short_table if table is None else table,
        target,
        bool(flags & _INVERT),
        f"{ip(src)}/{src_length}" if src else "",
        f"{ip(dst)}/{dst_length}" if dst else "",
        text(iif) if iif else "",
        text(oif) if oif else "",
        tos,
        dscp,
        fwmark,
        fwmask,
        name(PROTOCOLS, protocol) if protocol else "",
        ip_protocol,
        _range(sport, "=HH"),
        _range(dport, "=HH"),
        _range(uids, "=II"),
        str(int.from_bytes(tunnel, "big")) if tunnel else "",
        bool(l3mdev),
        None if suppress_prefix in (None, _NONE) else suppress_prefix,
        None if suppress_group in (None, _NONE) else suppress_group,
        every_flag(_FLAGS, flags & ~_INVERT & ~_PERMANENT),
        _mask(sport_mask, 0xFFFF),
        _mask(dport_mask, 0xFFFF),
        _mask(dscp_mask, 0x3F),
        None if flowlabel is None else be(flowlabel),
        _mask(None if flowlabel_mask is None else be(flowlabel_mask), 0xFFFFF),
        realms(flow),
        unread_notes(unread),
    )


def _mask(mask: int | None, every: int) -> int | None:
    """Returns a mask, or None if all bits must match. The kernel sends a mask of 0 for a range of ports."""
    return None if mask in (None, 0, every) else mask


def _range(raw: bytes | None, layout: str) -> Range | None:
    if raw is None or len(raw) != struct.calcsize(layout):
        return None
    return Range(*struct.unpack(layout, raw))
