"""Parses IP tunnels (IFLA_GRE_*, IFLA_IPTUN_*, IFLA_VTI_*, IFLA_GENEVE_*; if_tunnel.h, if_link.h in
include/uapi/linux).
"""

from netviz.model.kinds import TunnelData
from netviz.uapi.attributes import be, u8, u16, u32, walk
from netviz.uapi.if_link import GENEVE
from netviz.uapi.if_tunnel import GRE, IPTUN, VTI
from netviz.uapi.notation import ip, ip_or_any, name

_ENCAPS = {1: "fou", 2: "gue", 3: "mpls"}  # TUNNEL_ENCAP_*
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
        erspan_direction=u8(found[GRE.ERSPAN_DIR]) if GRE.ERSPAN_DIR in found else None,
        erspan_hardware=u16(found[GRE.ERSPAN_HWID]) if GRE.ERSPAN_HWID in found else None,
        input_flags=be(get(GRE.IFLAGS, b"")),
        output_flags=be(get(GRE.OFLAGS, b"")),
        flags=u32(get(GRE.FLAGS, b"")),
        ignore_df=bool(u8(get(GRE.IGNORE_DF, b""))),
        fwmark=u32(get(GRE.FWMARK, b"")),
        encap=_encap(get(GRE.ENCAP_TYPE, b"")),
        encap_flags=u16(get(GRE.ENCAP_FLAGS, b"")),
        source_port=be(get(GRE.ENCAP_SPORT, b"")),
        target_port=be(get(GRE.ENCAP_DPORT, b"")),
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
        flags=_flags(get(IPTUN.FLAGS, b"")),
        fwmark=u32(get(IPTUN.FWMARK, b"")),
        encap=_encap(get(IPTUN.ENCAP_TYPE, b"")),
        encap_flags=u16(get(IPTUN.ENCAP_FLAGS, b"")),
        source_port=be(get(IPTUN.ENCAP_SPORT, b"")),
        target_port=be(get(IPTUN.ENCAP_DPORT, b"")),
        prefix_6rd=_prefix(get(IPTUN.SIXRD_PREFIX, b""), get(IPTUN.SIXRD_PREFIXLEN, b"")),
        relay_6rd=_prefix(get(IPTUN.SIXRD_RELAY_PREFIX, b""), get(IPTUN.SIXRD_RELAY_PREFIXLEN, b"")),
    )


def vti(data: bytes) -> TunnelData:
    """Returns the data of a vti tunnel (IPsec)."""
    get = walk(data).get
    return TunnelData(
        local=ip_or_any(get(VTI.LOCAL, b"")),
        remote=ip_or_any(get(VTI.REMOTE, b"")),
        ikey=_key(get(VTI.IKEY, b"")) if be(get(VTI.IKEY, b"")) else "",
        okey=_key(get(VTI.OKEY, b"")) if be(get(VTI.OKEY, b"")) else "",
        fwmark=u32(get(VTI.FWMARK, b"")),
    )


def geneve(data: bytes) -> TunnelData:
    """Returns the data of a geneve tunnel."""
    found = walk(data)
    get = found.get
    remote = found.get(GENEVE.REMOTE) or found.get(GENEVE.REMOTE6) or b""
    ports = get(GENEVE.PORT_RANGE, b"")
    return TunnelData(
        remote=ip_or_any(remote),
        ttl=u8(get(GENEVE.TTL, b"")),
        tos=u8(get(GENEVE.TOS, b"")),
        vni=u32(found[GENEVE.ID]) if GENEVE.ID in found else None,
        port=be(get(GENEVE.PORT, b"")),
        collect_metadata=GENEVE.COLLECT_METADATA in found,
        flow_label=_flow_label(get(GENEVE.LABEL, b"")),
        udp_csum=bool(u8(get(GENEVE.UDP_CSUM, b""))),
        udp_zero_csum6_tx=bool(u8(get(GENEVE.UDP_ZERO_CSUM6_TX, b""))),
        udp_zero_csum6_rx=bool(u8(get(GENEVE.UDP_ZERO_CSUM6_RX, b""))),
        ttl_inherit=bool(u8(get(GENEVE.TTL_INHERIT, b""))),
        df=u8(get(GENEVE.DF, b"")),
        inner_proto_inherit=GENEVE.INNER_PROTO_INHERIT in found,
        port_low=be(ports[:2]),
        port_high=be(ports[2:4]),
    )


def _flags(raw: bytes) -> int:
    """Returns the flags of a tunnel: 32 bits of an ip6tnl, 16 bits in network byte order of a sit."""
    return u32(raw) if len(raw) == 4 else be(raw)


def _encap(raw: bytes) -> str:
    number = u16(raw)
    return name(_ENCAPS, number) if number else ""


def _prefix(prefix: bytes, length: bytes) -> str:
    """Returns a prefix of 6rd; empty for an empty one, which means that the tunnel has none."""
    return f"{ip(prefix)}/{u16(length)}" if prefix and u16(length) else ""


def _flow_label(raw: bytes) -> int:
    """Returns the flow label: the lower 20 bits of the first word of an IPv6 header."""
    return be(raw) & 0xFFFFF


def _key(raw: bytes) -> str:
    return ip(raw) if len(raw) == 4 else ""
