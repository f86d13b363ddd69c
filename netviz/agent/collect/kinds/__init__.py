"""Parses IFLA_INFO_DATA into a class of the model, with one handler for each kind of link.

For a kind without a handler, the bytes of the attribute are kept (`OpaqueData`), unless they may contain secret keys
(`LinkKind.secret`).
"""

from collections.abc import Callable

from netviz.agent.collect.kinds import bond, bridge, stacked, tunnels, vxlan
from netviz.model.kinds import LinkData, OpaqueData, OpaquePort, PortData, VethData
from netviz.model.link_kinds import kind_of
from netviz.uapi.attributes import Unknown, unknown, walk
from netviz.uapi.if_bridge import BR, BRPORT
from netviz.uapi.if_link import (
    BOND,
    BOND_AD_INFO,
    BOND_SLAVE,
    GENEVE,
    IPVLAN,
    MACSEC,
    MACVLAN,
    NETKIT,
    OVPN,
    TUN,
    VLAN,
    VRF,
    VRF_PORT,
    VXLAN,
    XFRM,
)
from netviz.uapi.if_tunnel import GRE, IPTUN, VTI
from netviz.uapi.known import known

# Maps a kind to the parser of its data, and to the class of the attributes in the data (None if it has none).
_LINKS: dict[str, tuple[Callable[[bytes], LinkData], type | None]] = {
    "veth": (lambda data: VethData(), None),
    "bridge": (bridge.bridge, BR),
    "vlan": (stacked.vlan, VLAN),
    "macvlan": (stacked.macvlan, MACVLAN),
    "macvtap": (stacked.macvlan, MACVLAN),
    "ipvlan": (stacked.ipvlan, IPVLAN),
    "ipvtap": (stacked.ipvlan, IPVLAN),
    "tun": (stacked.tun, TUN),
    "vrf": (stacked.vrf, VRF),
    "xfrm": (stacked.xfrm, XFRM),
    "vxlan": (vxlan.vxlan, VXLAN),
    "bond": (bond.bond, BOND),
    "gre": (tunnels.gre, GRE),
    "gretap": (tunnels.gre, GRE),
    "erspan": (tunnels.gre, GRE),
    "ip6gre": (tunnels.gre, GRE),
    "ip6gretap": (tunnels.gre, GRE),
    "ip6erspan": (tunnels.gre, GRE),
    "ipip": (tunnels.ip_tunnel, IPTUN),
    "sit": (tunnels.ip_tunnel, IPTUN),
    "ip6tnl": (tunnels.ip_tunnel, IPTUN),
    "vti": (tunnels.vti, VTI),
    "vti6": (tunnels.vti, VTI),
    "geneve": (tunnels.geneve, GENEVE),
    "netkit": (stacked.netkit, NETKIT),
    "macsec": (stacked.macsec, MACSEC),
    "ovpn": (stacked.ovpn, OVPN),
}

# Kinds of links whose IFLA_INFO_DATA names the lower link. Links of all other kinds report the lower link in IFLA_LINK.
LOWERS: dict[str, Callable[[bytes], int | None]] = {"vxlan": vxlan.lower}

_PORTS: dict[str, tuple[Callable[[bytes], PortData], type]] = {
    "bridge": (bridge.port, BRPORT),
    "bond": (bond.port, BOND_SLAVE),
    "vrf": (stacked.vrf_port, VRF_PORT),
}


def link_data(kind: str, data: bytes | None) -> LinkData | None:
    """Returns the decoded IFLA_INFO_DATA of a link of this kind.

    If the link has no such data, returns `VethData` for a veth, and None for other kinds. Also returns None if the kind
    has no handler here and the data may contain secret keys (`LinkKind.secret`).
    """
    handler = _LINKS.get(kind)
    if handler is not None and (data is not None or kind == "veth"):
        return handler[0](data or b"")
    return OpaqueData(data.hex()) if data and not kind_of(kind).secret else None


def port_data(kind: str, data: bytes | None) -> PortData:
    """Returns the decoded IFLA_INFO_SLAVE_DATA of a link that is a port of a master of this kind."""
    handler = _PORTS.get(kind)
    if handler is not None and data is not None:
        return handler[0](data)
    return OpaquePort(kind, (data or b"").hex())


def unread_data(kind: str, data: bytes) -> tuple[Unknown, ...]:
    """Returns the attributes of IFLA_INFO_DATA that are not known. Data of a kind without a parser is kept whole."""
    cls = _LINKS[kind][1] if kind in _LINKS else None
    if cls is None:
        return ()
    found = walk(data)
    inside = unknown(known(BOND_AD_INFO), walk(found[BOND.AD_INFO])) if cls is BOND and BOND.AD_INFO in found else ()
    return (*unknown(known(cls), found), *inside)


def unread_port(kind: str, data: bytes) -> tuple[Unknown, ...]:
    """Returns the attributes of IFLA_INFO_SLAVE_DATA that are not known."""
    return unknown(known(_PORTS[kind][1]), walk(data)) if kind in _PORTS else ()
