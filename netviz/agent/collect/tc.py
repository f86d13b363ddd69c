"""Reads queueing disciplines and filters of traffic control (include/uapi/linux/{rtnetlink,pkt_sched,pkt_cls}.h).

The default qdisc of a link has no handle and is left out. Filters are requested only where they can exist: at qdiscs
with a handle, and at classes that have child classes.
"""

import struct
from collections.abc import Iterator

from netviz.agent.netlink.requests import Socket
from netviz.agent.system.syscalls import program_name
from netviz.model.device import Qdisc, TcFilter
from netviz.model.text import text
from netviz.uapi.attributes import each, u8, u32, walk
from netviz.uapi.rtnetlink import RTM, TCA

_MESSAGE = struct.Struct("=BxxxiIII")
_NO_HANDLE = bytes(4)
_ROOT, _INGRESS = 0xFFFF_FFFF, 0xFFFF_FFF1
_HOOKS = {
    0xFFFF_FFF2: "ingress",
    0xFFFF_FFF3: "egress",
}  # TC_H_CLSACT and TC_H_MIN_INGRESS or TC_H_MIN_EGRESS
_WITH_CLASSES = frozenset({"htb", "hfsc", "drr", "qfq", "cbq"})

# Maps the kind of a filter to the number of its attribute with actions (TCA_*_ACT).
_ACTIONS = {"basic": 3, "bpf": 1, "cgroup": 1, "flow": 9, "flower": 3, "fw": 4, "matchall": 2, "route": 6, "u32": 7}
_ACT_KIND = 1
_BPF_NAME, _BPF_FLAGS, _BPF_TAG, _BPF_ID = 7, 8, 10, 11
_DIRECT = 1

_PROTOCOLS = {
    0x0003: "all",
    0x0800: "ip",
    0x0806: "arp",
    0x8100: "802.1Q",
    0x86DD: "ipv6",
    0x8847: "mpls_uc",
    0x8848: "mpls_mc",
    0x88A8: "802.1ad",
}


def read(sock: Socket, ns: str) -> list[Qdisc | TcFilter]:
    """Returns the configured qdiscs of the socket's namespace (those with a handle), and filters.

    Raises NetlinkError.
    """
    out: list[Qdisc | TcFilter] = []
    for payload in sock.dump(RTM.GETQDISC, _body(0, 0)):
        if payload[8:12] == _NO_HANDLE:
            continue
        _, ifindex, handle, parent, _ = _MESSAGE.unpack_from(payload)
        kind = text(walk(payload, _MESSAGE.size).get(TCA.KIND, b""))
        out.append(Qdisc(ns, ifindex, _parent(parent, kind), _handle(handle), kind))
        for number in _filter_parents(sock, ifindex, handle, kind):
            out += _filters(sock, ns, ifindex, number)
    return out


def _body(ifindex: int, parent: int) -> bytes:
    return _MESSAGE.pack(0, ifindex, 0, parent, 0)


def _parent(parent: int, kind: str) -> str:
    if parent == _ROOT:
        return "root"
    return ("clsact" if kind == "clsact" else "ingress") if parent == _INGRESS else _handle(parent)


def _handle(number: int) -> str:
    """Returns the handle of a qdisc or class, as tc(8) writes it."""
    minor = number & 0xFFFF
    return f"{number >> 16:x}:{minor:x}" if minor else f"{number >> 16:x}:"


def _filter_parents(sock: Socket, ifindex: int, handle: int, kind: str) -> Iterator[int]:
    """Returns the places at this qdisc where filters can be attached: its hooks if it is a clsact, otherwise the qdisc
    itself and its classes that have child classes.
    """
    if kind == "clsact":
        yield from _HOOKS
        return
    yield handle
    if kind in _WITH_CLASSES:
        parents = {_MESSAGE.unpack_from(payload)[3] for payload in sock.dump(RTM.GETTCLASS, _body(ifindex, handle))}
        yield from sorted(parents - {_ROOT, handle})


def _filters(sock: Socket, ns: str, ifindex: int, number: int) -> Iterator[TcFilter]:
    parent = _HOOKS.get(number) or _handle(number)
    for payload in sock.dump(RTM.GETTFILTER, _body(ifindex, number)):
        found = tc_filter(ns, ifindex, parent, payload)
        if found is not None:
            yield found


def tc_filter(ns: str, ifindex: int, parent: str, payload: bytes) -> TcFilter | None:
    """Returns the filter in this message; None if the message describes no single filter (the start of a filter list,
    or a hash table of u32).

    `ifindex` and `parent` come from the request, because messages about a shared block do not contain them.
    """
    _, _, handle, _, info = _MESSAGE.unpack_from(payload)
    found = walk(payload, _MESSAGE.size)
    kind = text(found.get(TCA.KIND, b""))
    if TCA.OPTIONS not in found or (kind == "u32" and not handle & 0xFFF):
        return None
    options = walk(found[TCA.OPTIONS])
    actions = tuple(text(walk(raw).get(_ACT_KIND, b"")) for _, raw in each(options.get(_ACTIONS.get(kind, 0), b"")))
    common = (ns, ifindex, parent, info >> 16, _filter_handle(kind, handle), kind, _protocol(info & 0xFFFF))
    chain = u32(found.get(TCA.CHAIN, b""))
    if kind != "bpf":
        return TcFilter(*common, chain=chain, actions=actions)
    program = u32(options[_BPF_ID]) if _BPF_ID in options else None
    return TcFilter(
        *common,
        chain,
        (program_name(program) if program is not None else "") or text(options.get(_BPF_NAME, b"")),
        program,
        options.get(_BPF_TAG, b"").hex(),
        bool(u8(options.get(_BPF_FLAGS, b"")) & _DIRECT),
        actions,
    )


def _filter_handle(kind: str, handle: int) -> str:
    """Returns a filter's handle as tc(8) writes it: u32's handle has three parts, all others are one number."""
    if kind != "u32":
        return f"{handle:#x}"
    table, bucket = handle >> 20, (handle >> 12) & 0xFF
    return f"{table:x}:{f'{bucket:x}' if bucket else ''}:{handle & 0xFFF:x}"


def _protocol(raw: int) -> str:
    number = int.from_bytes(struct.pack("=H", raw), "big")
    return _PROTOCOLS.get(number) or f"{number:#06x}"
