"""IP tunnels (IFLA_GRE_*, IFLA_IPTUN_*, IFLA_VTI_*, IFLA_GENEVE_*; include/uapi/linux/if_tunnel.h, if_link.h)."""

from netviz.model.kinds import TunnelData
from netviz.uapi.attributes import be, u8, u32, walk
from netviz.uapi.notation import ip, ip_or_any

_HAS_KEY = 0x2000  # GRE_KEY in IFLA_GRE_IFLAGS and _OFLAGS, in network order


def gre(data: bytes) -> TunnelData:
    """A GRE tunnel over IPv4 or IPv6, with or without Ethernet; keys as ip-link(8) writes them."""
    found = walk(data)
    get = found.get
    return TunnelData(
        local=ip_or_any(get(6, b"")),
        remote=ip_or_any(get(7, b"")),
        ttl=u8(get(8, b"")),
        tos=u8(get(9, b"")),
        ikey=_key(get(4, b"")) if be(get(2, b"")) & _HAS_KEY else "",
        okey=_key(get(5, b"")) if be(get(3, b"")) & _HAS_KEY else "",
        collect_metadata=18 in found,
        pmtudisc=bool(u8(get(10, b""))),
        encap_limit=u8(found[11]) if 11 in found else None,
        flow_label=_flow_label(get(12, b"")),
        erspan_version=u8(found[22]) if 22 in found else None,
        erspan_index=u32(get(21, b"")),
    )


def ip_tunnel(data: bytes) -> TunnelData:
    """IP in IP, SIT, and their IPv6 kin."""
    found = walk(data)
    get = found.get
    return TunnelData(
        local=ip_or_any(get(2, b"")),
        remote=ip_or_any(get(3, b"")),
        ttl=u8(get(4, b"")),
        tos=u8(get(5, b"")),
        collect_metadata=19 in found,
        pmtudisc=bool(u8(get(10, b""))),
        protocol=u8(get(9, b"")),
        encap_limit=u8(found[6]) if 6 in found else None,
        flow_label=_flow_label(get(7, b"")),
    )


def vti(data: bytes) -> TunnelData:
    """A tunnel of IPsec's virtual interfaces."""
    get = walk(data).get
    return TunnelData(
        local=ip_or_any(get(4, b"")),
        remote=ip_or_any(get(5, b"")),
        ikey=_key(get(2, b"")) if be(get(2, b"")) else "",
        okey=_key(get(3, b"")) if be(get(3, b"")) else "",
    )


def geneve(data: bytes) -> TunnelData:
    """A geneve link."""
    found = walk(data)
    get = found.get
    remote = found.get(2) or found.get(7) or b""
    return TunnelData(
        remote=ip_or_any(remote),
        ttl=u8(get(3, b"")),
        tos=u8(get(4, b"")),
        vni=u32(found[1]) if 1 in found else None,
        port=be(get(5, b"")),
        collect_metadata=6 in found,
    )


def _flow_label(raw: bytes) -> int:
    """The lower 20 bits of IPv6's first word; the rest is the traffic class."""
    return be(raw) & 0xFFFFF


def _key(raw: bytes) -> str:
    return ip(raw) if len(raw) == 4 else ""
