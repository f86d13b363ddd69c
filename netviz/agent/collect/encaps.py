"""Parses the encapsulations of routes and nexthop objects (lwtunnel_fill_encap; net/core/lwtunnel.c) into the options
that ip-route(8) prints.

Source of each format: the `fill_encap` functions in net/mpls/mpls_iptunnel.c, net/ipv4/ip_tunnel_core.c,
net/ipv6/ila/ila_lwt.c, net/ipv6/seg6_iptunnel.c, net/ipv6/seg6_local.c, net/core/lwt_bpf.c, net/ipv6/rpl_iptunnel.c,
net/ipv6/ioam6_iptunnel.c and net/xfrm/xfrm_interface_core.c; lib/rtnetlink of iproute2 (iproute_lwtunnel.c).
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from netviz.model.route import EncapOption
from netviz.model.text import text
from netviz.uapi.attributes import Unknown, be, u8, u16, u32, unknown, walk
from netviz.uapi.known import known
from netviz.uapi.lwtunnel import (
    ILA_ATTR,
    IOAM6_IPTUNNEL,
    LWT_BPF,
    LWT_BPF_PROG,
    LWT_XFRM,
    LWTUNNEL_IP,
    LWTUNNEL_IP6,
    MPLS_IPTUNNEL,
    RPL_IPTUNNEL,
    SEG6_IPTUNNEL,
    SEG6_LOCAL,
    SEG6_LOCAL_FLV,
)
from netviz.uapi.notation import ip, name

Attributes = Mapping[int, bytes]
Option = tuple[str, str]

# What is read of an encapsulation: its name, its options, and the attributes that are not known.
Encap = tuple[str, tuple[EncapOption, ...], tuple[Unknown, ...]]
NO_ENCAP: Encap = ("", (), ())

# The flags of an IP tunnel in network byte order (TUNNEL_* in include/uapi/linux/if_tunnel.h).
_TUNNEL_FLAGS = {0x01: "csum", 0x04: "key", 0x08: "seq"}

# SEG6_IPTUN_MODE_*, the actions SEG6_LOCAL_ACTION_*, and the flavors SEG6_LOCAL_FLV_OP_*
_SEG6_MODES = {0: "inline", 1: "encap", 2: "l2encap", 3: "encap.red", 4: "l2encap.red"}
_SEG6_ACTIONS = {
    1: "End",
    2: "End.X",
    3: "End.T",
    4: "End.DX2",
    5: "End.DX6",
    6: "End.DX4",
    7: "End.DT6",
    8: "End.DT4",
    9: "End.B6",
    10: "End.B6.Encaps",
    11: "End.BM",
    12: "End.S",
    13: "End.AS",
    14: "End.AM",
    15: "End.BPF",
    16: "End.DT46",
}
_SEG6_FLAVORS = {1: "psp", 2: "usp", 3: "usd", 4: "next-csid"}
_SEG6_HMAC = 0x08  # the flag SR6_FLAG1_HMAC of a segment routing header

_ILA_CSUM = {0: "adj-transport", 1: "neutral-map", 2: "no-action", 3: "neutral-map-auto"}
_ILA_IDENTS = {0: "luid", 1: "luid", 32: "use-format"}
_ILA_HOOKS = {0: "output", 1: "input"}
_IOAM_MODES = {1: "inline", 2: "encap", 3: "auto"}


def _labels(raw: bytes) -> str:
    """Returns a stack of MPLS labels as ip-route(8) writes it: "100/200". A label is the upper 20 bits of a word."""
    return "/".join(str(be(raw[at : at + 4]) >> 12) for at in range(0, len(raw) - 3, 4))


def _mpls(found: Attributes) -> Iterator[Option]:
    yield "", _labels(found.get(MPLS_IPTUNNEL.DST, b""))
    if MPLS_IPTUNNEL.TTL in found:
        yield "ttl", str(u8(found[MPLS_IPTUNNEL.TTL]))


def _ip_tunnel(found: Attributes, hops: str, traffic: str) -> Iterator[Option]:
    """Yields the options of an IPv4 or IPv6 tunnel, whose attributes have the same numbers."""
    if LWTUNNEL_IP.ID in found:
        yield "id", str(be(found[LWTUNNEL_IP.ID]))
    for kind, word in ((LWTUNNEL_IP.SRC, "src"), (LWTUNNEL_IP.DST, "dst")):
        if kind in found:
            yield word, ip(found[kind])
    if LWTUNNEL_IP.TTL in found:
        yield hops, str(u8(found[LWTUNNEL_IP.TTL]))
    if LWTUNNEL_IP.TOS in found:
        yield traffic, str(u8(found[LWTUNNEL_IP.TOS]))
    flags = be(found.get(LWTUNNEL_IP.FLAGS, b""))
    for bit, word in _TUNNEL_FLAGS.items():
        if flags & bit:
            yield word, ""
    if found.get(LWTUNNEL_IP.OPTS):
        yield "opts", found[LWTUNNEL_IP.OPTS].hex()


def _ila(found: Attributes) -> Iterator[Option]:
    locator = found.get(ILA_ATTR.LOCATOR, b"")
    yield "", ":".join(f"{be(locator[at : at + 2]):x}" for at in range(0, len(locator), 2))
    for kind, word, names in (
        (ILA_ATTR.CSUM_MODE, "csum-mode", _ILA_CSUM),
        (ILA_ATTR.IDENT_TYPE, "ident-type", _ILA_IDENTS),
        (ILA_ATTR.HOOK_TYPE, "hook-type", _ILA_HOOKS),
    ):
        if kind in found:
            yield word, name(names, u8(found[kind]))


def _segments(header: bytes) -> Iterator[Option]:
    """Yields the segments of a segment routing header (struct ipv6_sr_hdr), first segment first."""
    if len(header) < 8:
        return
    first, flags = header[4], header[5]
    segments = [ip(header[8 + 16 * at : 24 + 16 * at]) for at in range(first, -1, -1)]
    yield "segs", ",".join(segments)
    if flags & _SEG6_HMAC:  # a TLV after the segments: type, length, flags, then the id of the key
        at = 8 + 16 * (first + 1)
        yield "hmac", f"{be(header[at + 4 : at + 8]):#x}"


def _seg6(found: Attributes) -> Iterator[Option]:
    raw = found.get(SEG6_IPTUNNEL.SRH, b"")  # struct seg6_iptunnel_encap: the mode, then the header
    yield "mode", name(_SEG6_MODES, u32(raw))
    yield from _segments(raw[4:])


def _seg6local(found: Attributes) -> Iterator[Option]:
    yield "action", name(_SEG6_ACTIONS, u32(found.get(SEG6_LOCAL.ACTION, b"")))
    if SEG6_LOCAL.SRH in found:
        yield from _segments(found[SEG6_LOCAL.SRH])
    for kind, word in ((SEG6_LOCAL.TABLE, "table"), (SEG6_LOCAL.VRFTABLE, "vrftable")):
        if kind in found:
            yield word, str(u32(found[kind]))
    for kind, word in ((SEG6_LOCAL.NH4, "nh4"), (SEG6_LOCAL.NH6, "nh6")):
        if kind in found:
            yield word, ip(found[kind])
    for kind, word in ((SEG6_LOCAL.IIF, "iif"), (SEG6_LOCAL.OIF, "oif")):
        if kind in found:
            yield word, f"if{u32(found[kind])}"
    if SEG6_LOCAL.BPF in found:
        yield "endpoint", _program(found[SEG6_LOCAL.BPF])
    if SEG6_LOCAL.FLAVORS in found:
        yield from _flavors(walk(found[SEG6_LOCAL.FLAVORS]))


def _flavors(found: Attributes) -> Iterator[Option]:
    bits = u32(found.get(SEG6_LOCAL_FLV.OPERATION, b""))
    yield "flavors", ",".join(name(_SEG6_FLAVORS, bit) for bit in range(32) if bits >> bit & 1)
    for kind, word in ((SEG6_LOCAL_FLV.LCBLOCK_BITS, "lblen"), (SEG6_LOCAL_FLV.LCNODE_FN_BITS, "nflen")):
        if kind in found:
            yield word, str(u8(found[kind]))


def _program(raw: bytes) -> str:
    return text(walk(raw).get(LWT_BPF_PROG.NAME, b""))


def _bpf(found: Attributes) -> Iterator[Option]:
    for kind, word in ((LWT_BPF.IN, "in"), (LWT_BPF.OUT, "out"), (LWT_BPF.XMIT, "xmit")):
        if kind in found:
            yield word, _program(found[kind])
    if LWT_BPF.XMIT_HEADROOM in found:
        yield "headroom", str(u32(found[LWT_BPF.XMIT_HEADROOM]))


def _rpl(found: Attributes) -> Iterator[Option]:
    """Yields the segments of a RPL source routing header (struct ipv6_rpl_sr_hdr), first segment first."""
    header = found.get(RPL_IPTUNNEL.SRH, b"")
    count = header[3] if len(header) > 3 else 0
    yield "segs", ",".join(ip(header[8 + 16 * at : 24 + 16 * at]) for at in range(count))


def _ioam6(found: Attributes) -> Iterator[Option]:
    if IOAM6_IPTUNNEL.FREQ_K in found:
        k, n = u32(found[IOAM6_IPTUNNEL.FREQ_K]), u32(found.get(IOAM6_IPTUNNEL.FREQ_N, b""))
        yield "freq", f"{k}/{n}"
    yield "mode", name(_IOAM_MODES, u8(found.get(IOAM6_IPTUNNEL.MODE, b"")))
    for kind, word in ((IOAM6_IPTUNNEL.SRC, "tunsrc"), (IOAM6_IPTUNNEL.DST, "tundst")):
        if kind in found:
            yield word, ip(found[kind])
    trace = found.get(IOAM6_IPTUNNEL.TRACE, b"")  # struct ioam6_trace_hdr
    if len(trace) >= 8:
        yield "type", f"{be(trace[4:7]):#08x}"
        yield "ns", str(be(trace[:2]))
        yield "size", str((trace[3] & 0x7F) * 4)


def _xfrm(found: Attributes) -> Iterator[Option]:
    yield "if_id", f"{u32(found.get(LWT_XFRM.IF_ID, b'')):#x}"
    if LWT_XFRM.LINK in found:
        yield "link_dev", f"if{u32(found[LWT_XFRM.LINK])}"


# Maps LWTUNNEL_ENCAP_* to the name of an encapsulation, the class of its attributes, and the reader of its options.
_ENCAPS: Mapping[int, tuple[str, type, Callable[[Attributes], Iterator[Option]]]] = {
    1: ("mpls", MPLS_IPTUNNEL, _mpls),
    2: ("ip", LWTUNNEL_IP, lambda found: _ip_tunnel(found, "ttl", "tos")),
    3: ("ila", ILA_ATTR, _ila),
    4: ("ip6", LWTUNNEL_IP6, lambda found: _ip_tunnel(found, "hoplimit", "tc")),
    5: ("seg6", SEG6_IPTUNNEL, _seg6),
    6: ("bpf", LWT_BPF, _bpf),
    7: ("seg6local", SEG6_LOCAL, _seg6local),
    8: ("rpl", RPL_IPTUNNEL, _rpl),
    9: ("ioam6", IOAM6_IPTUNNEL, _ioam6),
    10: ("xfrm", LWT_XFRM, _xfrm),
}

# Nested attributes of encapsulations, by the class and number of the attribute that contains them.
_NESTED: Mapping[tuple[type, int], type] = {
    (SEG6_LOCAL, SEG6_LOCAL.BPF): LWT_BPF_PROG,
    (SEG6_LOCAL, SEG6_LOCAL.FLAVORS): SEG6_LOCAL_FLV,
    (LWT_BPF, LWT_BPF.IN): LWT_BPF_PROG,
    (LWT_BPF, LWT_BPF.OUT): LWT_BPF_PROG,
    (LWT_BPF, LWT_BPF.XMIT): LWT_BPF_PROG,
}


@lru_cache(maxsize=4_096)
def encap(kind: int | None, raw: bytes | None) -> Encap:
    """Returns what RTA_ENCAP_TYPE and RTA_ENCAP (or the attributes of a nexthop object) say.

    An encapsulation that netviz does not know has the kernel's number as its name, and its bytes as its only option.
    """
    if not kind:
        return NO_ENCAP
    row = _ENCAPS.get(kind)
    if row is None:
        return str(kind), (EncapOption("raw", (raw or b"").hex()),), ()
    word, cls, options = row
    found = walk(raw or b"")
    unread = list(unknown(known(cls), found))
    for (outer, number), inner in _NESTED.items():
        if outer is cls and number in found:
            unread += unknown(known(inner), walk(found[number]))
    return word, tuple(EncapOption(*option) for option in options(found)), tuple(unread)


def encap_type(raw: bytes | None) -> int | None:
    """Returns the number of an encapsulation from RTA_ENCAP_TYPE; None if there is none."""
    return u16(raw) if raw and len(raw) == struct.calcsize("=H") else None
