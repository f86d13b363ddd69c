"""All properties of link kinds, one row for each kind. Code asks this table for a kind's properties.

`netviz.wire.emit` writes the table for the browser. A kind without a row is shown by its name, without traits. The
decoders of kinds' data are in `netviz.agent.collect.kinds`.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

# A colour of the map; static/style/tokens.css defines one for each name.
Tone = Literal["physical", "veth", "bridge", "vlan", "macvlan", "vxlan", "tun", "lo"]

# How a link is drawn: as a bar with ports, as a chip on the border of its namespace, or inside the card.
Shape = Literal["bar", "chip", "inside"]


class LinkKind(NamedTuple):
    """One kind.

    `kind` is the kernel's (IFLA_INFO_KIND); "physical" and "loopback" are for links without one. `label` is the name
    for people.

    - `paired`: it comes in pairs of the same kind, and IFLA_LINK names the peer.
    - `upper`: it is stacked on another link (IFLA_LINK), which receives frames for it.
    - `master`: other links can be its ports.
    - `tunnel`: its other end is found by addresses, ids and keys (`netviz.model.tunnels`).
    - `bound`: the kernel removes it together with the link that it points at.
    - `program`: its other end is a program that has it open.
    - `uplink`: it leads out of the host.
    - `port_copies`: its ports repeat some of its settings, and change with them without an event.
    - `fdb_is_its_own`: its FDB entries are destinations, not addresses that it receives.
    - `secret`: its data contains keys, which are never stored.
    """

    kind: str
    label: str
    tone: Tone
    shape: Shape = "chip"
    paired: bool = False
    upper: bool = False
    master: bool = False
    tunnel: bool = False
    bound: bool = False
    program: bool = False
    uplink: bool = False
    port_copies: bool = False
    fdb_is_its_own: bool = False
    secret: bool = False


KINDS: Mapping[str, LinkKind] = {
    row.kind: row
    for row in (
        LinkKind("physical", "physical device", "physical", uplink=True),
        LinkKind("bond", "bond", "physical", master=True, uplink=True),
        LinkKind("team", "team", "physical", master=True, uplink=True),
        LinkKind("veth", "virtual Ethernet pair", "veth", paired=True, bound=True),
        LinkKind("netkit", "BPF-programmable pair", "veth", paired=True, bound=True),
        LinkKind("vxcan", "virtual CAN pair", "veth", paired=True, bound=True),
        LinkKind("dummy", "dummy device", "veth"),
        LinkKind("ifb", "intermediate functional block", "veth"),
        LinkKind("bridge", "bridge", "bridge", "bar", master=True, port_copies=True),
        LinkKind("vrf", "virtual routing and forwarding domain", "bridge", master=True),
        LinkKind("vlan", "VLAN", "vlan", upper=True, bound=True),
        LinkKind("macvlan", "MACVLAN", "macvlan", upper=True, bound=True),
        LinkKind("macvtap", "MACVLAN with a tap", "macvlan", upper=True, bound=True),
        LinkKind("ipvlan", "IPVLAN", "macvlan", upper=True, bound=True),
        LinkKind("ipvtap", "IPVLAN with a tap", "macvlan", upper=True, bound=True),
        LinkKind("macsec", "MACsec", "macvlan", upper=True, secret=True),
        LinkKind("vxlan", "VXLAN tunnel", "vxlan", upper=True, tunnel=True, bound=True, fdb_is_its_own=True),
        LinkKind("geneve", "Geneve tunnel", "vxlan", tunnel=True),
        LinkKind("tun", "TUN or TAP device", "tun", program=True),
        LinkKind("wireguard", "WireGuard tunnel", "tun", tunnel=True, secret=True),
        LinkKind("ovpn", "OpenVPN tunnel", "tun", secret=True),
        LinkKind("gre", "GRE tunnel", "tun", tunnel=True),
        LinkKind("gretap", "GRE tunnel for Ethernet", "tun", tunnel=True),
        LinkKind("erspan", "ERSPAN tunnel", "tun", tunnel=True),
        LinkKind("ip6gre", "GRE tunnel over IPv6", "tun", tunnel=True),
        LinkKind("ip6gretap", "GRE tunnel for Ethernet over IPv6", "tun", tunnel=True),
        LinkKind("ip6erspan", "ERSPAN tunnel over IPv6", "tun", tunnel=True),
        LinkKind("ipip", "IPv4 in IPv4 tunnel", "tun", tunnel=True),
        LinkKind("sit", "IPv6 in IPv4 tunnel", "tun", tunnel=True),
        LinkKind("ip6tnl", "tunnel over IPv6", "tun", tunnel=True),
        LinkKind("vti", "virtual tunnel interface for IPsec", "tun", tunnel=True),
        LinkKind("vti6", "virtual tunnel interface for IPsec over IPv6", "tun", tunnel=True),
        LinkKind("xfrm", "IPsec interface", "tun"),
        LinkKind("loopback", "loopback", "lo", "inside"),
    )
}


def kind_of(kind: str) -> LinkKind:
    """The row of a kind; a row without traits if it has none."""
    return KINDS.get(kind) or LinkKind(kind, kind, "tun")


def kinds(trait: str) -> Iterator[str]:
    """The kinds that have a trait, given by its column's name."""
    return (row.kind for row in KINDS.values() if row._asdict()[trait])
