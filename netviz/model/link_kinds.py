"""A table of the properties of all link kinds, one row for each kind.

`netviz.wire.emit` writes the table for the browser. A kind without a row has none of the properties, and the kernel's
name of the kind is shown. The decoders for the data of each kind are in `netviz.agent.collect.kinds`.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

# The names of the colours that the map uses for link kinds; static/style/tokens.css defines them.
Tone = Literal["physical", "veth", "bridge", "vlan", "macvlan", "vxlan", "tun", "lo"]

# How the map draws a link: as a bar with its ports, as a small box on the border of its namespace (chip), or as text
# inside the namespace.
Shape = Literal["bar", "chip", "inside"]


class LinkKind(NamedTuple):
    """The properties of one kind of link.

    `kind` is the kernel's name of the kind (IFLA_INFO_KIND); "physical" and "loopback" are for links for which the
    kernel reports none. `label` is the name for people.

    - `paired`: links of this kind are created in pairs, and IFLA_LINK names the peer.
    - `upper`: a link of this kind is stacked on another link (IFLA_LINK), which receives frames for it.
    - `master`: other links can be ports of a link of this kind.
    - `tunnel`: the other end of the tunnel is found by addresses, ids and tunnel keys (`netviz.model.tunnels`).
    - `bound`: the kernel removes the link together with its peer or lower link.
    - `program`: the other end of the link is a program that has the link open.
    - `uplink`: the link leads out of the host.
    - `port_copies`: the ports of the link report some of its settings too; if these change, the ports send no event.
    - `fdb_is_its_own`: the FDB of the link says where it sends frames, not which addresses it receives.
    - `secret`: the data of the link contains secret keys, which are never stored.
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
    """Returns the row of a link kind.

    For a kind that is not in the table, returns a row in which no property is set.
    """
    return KINDS.get(kind) or LinkKind(kind, kind, "tun")


def kinds(trait: str) -> Iterator[str]:
    """Yields the link kinds for which the property with this name (such as "paired") is set."""
    return (row.kind for row in KINDS.values() if row._asdict()[trait])
