"""Parses IFLA_INFO_DATA into a class of the model, with one handler for each kind of link.

For a kind without a handler, the bytes of the attribute are kept (`OpaqueData`), unless they may contain secret keys
(`LinkKind.secret`).
"""

from collections.abc import Callable

from netviz.agent.collect.kinds import bond, bridge, stacked, tunnels, vxlan
from netviz.model.kinds import LinkData, OpaqueData, OpaquePort, PortData, VethData
from netviz.model.link_kinds import kind_of

_LINKS: dict[str, Callable[[bytes], LinkData]] = {
    "veth": lambda data: VethData(),
    "bridge": bridge.bridge,
    "vlan": stacked.vlan,
    "macvlan": stacked.macvlan,
    "macvtap": stacked.macvlan,
    "ipvlan": stacked.ipvlan,
    "ipvtap": stacked.ipvlan,
    "tun": stacked.tun,
    "vrf": stacked.vrf,
    "xfrm": stacked.xfrm,
    "vxlan": vxlan.vxlan,
    "bond": bond.bond,
    "gre": tunnels.gre,
    "gretap": tunnels.gre,
    "erspan": tunnels.gre,
    "ip6gre": tunnels.gre,
    "ip6gretap": tunnels.gre,
    "ip6erspan": tunnels.gre,
    "ipip": tunnels.ip_tunnel,
    "sit": tunnels.ip_tunnel,
    "ip6tnl": tunnels.ip_tunnel,
    "vti": tunnels.vti,
    "vti6": tunnels.vti,
    "geneve": tunnels.geneve,
}

# Kinds of links whose IFLA_INFO_DATA names the lower link. Links of all other kinds report the lower link in IFLA_LINK.
LOWERS: dict[str, Callable[[bytes], int | None]] = {"vxlan": vxlan.lower}

_PORTS: dict[str, Callable[[bytes], PortData]] = {"bridge": bridge.port, "bond": bond.port, "vrf": stacked.vrf_port}


def link_data(kind: str, data: bytes | None) -> LinkData | None:
    """Returns the decoded IFLA_INFO_DATA of a link of this kind.

    If the link has no such data, returns `VethData` for a veth, and None for other kinds. Also returns None if the kind
    has no handler here and the data may contain secret keys (`LinkKind.secret`).
    """
    handler = _LINKS.get(kind)
    if handler is not None and (data is not None or kind_of(kind).paired):
        return handler(data or b"")
    return OpaqueData(data.hex()) if data and not kind_of(kind).secret else None


def port_data(kind: str, data: bytes | None) -> PortData:
    """Returns the decoded IFLA_INFO_SLAVE_DATA of a link that is a port of a master of this kind."""
    handler = _PORTS.get(kind)
    if handler is not None and data is not None:
        return handler(data)
    return OpaquePort(kind, (data or b"").hex())
