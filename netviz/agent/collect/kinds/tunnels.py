"""Parses IP tunnels (IFLA_GRE_*, IFLA_IPTUN_*, IFLA_VTI_*, IFLA_GENEVE_*; if_tunnel.h, if_link.h in
include/uapi/linux).
"""

from netviz.model.kinds import TunnelData
from netviz.uapi.attributes import be, u8, u32, walk
from netviz.uapi.if_link import GENEVE
from netviz.uapi.if_tunnel import GRE, IPTUN, VTI
from netviz.uapi.notation import ip, ip_or_any

_HAS_KEY = 0x2000  # the flag GRE_KEY in IFLA_GRE_IFLAGS and IFLA_GRE_OFLAGS, in network byte order


def gre(data: bytes) -> TunnelData:
    """Returns the data of a GRE tunnel over IPv4 or IPv6, with or without Ethernet.

    Its keys are written like IPv4 addresses ("0.0.0.1"), as in ip-link(8).
    """
    found = walk(data)
    get = found.get
    return TunnelData(
        local=ip_or_any(get(GRE.LOCAL, b"")),
        remote=ip_or_any(get(GRE.REMOTE, b"")),
        ttl=u8(get(GRE.TTL, b"")),
        tos=u8(get(GRE.TOS, b"")),
        ikey=_key(get(GRE.IKEY, b"")) if be(get(GRE.IFLAGS, b"")) & _HAS_KEY else "",
        okey=_key(get(GRE.OKEY, b"")) if be(get(GRE.OFLAGS, b"")) & _HAS_KEY else "",
        collect_metadata=GRE.COLLECT_METADATA in found,
        pmtudisc=bool(u8(get(GRE.PMTUDISC, b""))),
        encap_limit=u8(found[GRE.ENCAP_LIMIT]) if GRE.ENCAP_LIMIT in found else None,
        flow_label=_flow_label(get(GRE.FLOWINFO, b"")),
        erspan_version=u8(found[GRE.ERSPAN_VER]) if GRE.ERSPAN_VER in found else None,
        erspan_index=u32(get(GRE.ERSPAN_INDEX, b"")),
    )


def ip_tunnel(data: bytes) -> TunnelData:
    """Returns the data of an ipip, sit or ip6tnl tunnel."""
    found = walk(data)
    get = found.get
    return TunnelData(
        local=ip_or_any(get(IPTUN.LOCAL, b"")),
        remote=ip_or_any(get(IPTUN.REMOTE, b"")),
        ttl=u8(get(IPTUN.TTL, b"")),
        tos=u8(get(IPTUN.TOS, b"")),
        collect_metadata=IPTUN.COLLECT_METADATA in found,
        pmtudisc=bool(u8(get(IPTUN.PMTUDISC, b""))),
        protocol=u8(get(IPTUN.PROTO, b"")),
        encap_limit=u8(found[IPTUN.ENCAP_LIMIT]) if IPTUN.ENCAP_LIMIT in found else None,
        flow_label=_flow_label(get(IPTUN.FLOWINFO, b"")),
    )


def vti(data: bytes) -> TunnelData:
    """Returns the data of a vti tunnel (IPsec)."""
    get = walk(data).get
    return TunnelData(
        local=ip_or_any(get(VTI.LOCAL, b"")),
        remote=ip_or_any(get(VTI.REMOTE, b"")),
        ikey=_key(get(VTI.IKEY, b"")) if be(get(VTI.IKEY, b"")) else "",
        okey=_key(get(VTI.OKEY, b"")) if be(get(VTI.OKEY, b"")) else "",
    )


def geneve(data: bytes) -> TunnelData:
    """Returns the data of a geneve tunnel."""
    found = walk(data)
    get = found.get
    remote = found.get(GENEVE.REMOTE) or found.get(GENEVE.REMOTE6) or b""
    return TunnelData(
        remote=ip_or_any(remote),
        ttl=u8(get(GENEVE.TTL, b"")),
        tos=u8(get(GENEVE.TOS, b"")),
        vni=u32(found[GENEVE.ID]) if GENEVE.ID in found else None,
        port=be(get(GENEVE.PORT, b"")),
        collect_metadata=GENEVE.COLLECT_METADATA in found,
    )


def _flow_label(raw: bytes) -> int:
    """Returns the flow label: the lower 20 bits of the first word of an IPv6 header."""
    return be(raw) & 0xFFFFF


def _key(raw: bytes) -> str:
    return ip(raw) if len(raw) == 4 else ""
