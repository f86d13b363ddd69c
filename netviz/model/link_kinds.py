"""Everything that is known of kinds of links, one row a kind; whoever needs to know asks this table.

`netviz.wire.emit` writes it for the browser. A kind without a row is shown by its name, without traits. How a kind's
data is decoded stands in `netviz.agent.collect.kinds`.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

# A colour of the map; static/style/tokens.css has one of each name.
Tone = Literal["physical", "veth", "bridge", "vlan", "macvlan", "vxlan", "tun", "lo"]

# How a link is drawn: as a bar that others hang on, as a chip on its namespace's border, or inside the card.
Shape = Literal["bar", "chip", "inside"]


class LinkKind(NamedTuple):
    """One kind.

    `kind` is the kernel's (IFLA_INFO_KIND); "physical" and "loopback" are for links that have none. `label` is what
    people call it.

    - `paired`: it comes in pairs of the same kind, and IFLA_LINK names the peer.
    - `upper`: it stands on another link (IFLA_LINK), and has that one listen for it.
    - `master`: other links can be its ports.
    - `tunnel`: its other end is found from addresses, ids and keys (`netviz.model.tunnels`).
    - `bound`: it cannot outlive what it points at: both go with a namespace that dies.
    - `program`: its other end is a program that has it open.
    - `uplink`: it leads out of the host.
    - `port_copies`: its ports repeat its own settings, and change with them without an event.
    - `fdb_is_its_own`: its FDB entries are where it sends to, not what it listens to.
    - `secret`: its data holds keys, which are never kept.
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
    """The row of a kind; of one that has none, a row without traits."""
    return KINDS.get(kind) or LinkKind(kind, kind, "tun")


def kinds(trait: str) -> Iterator[str]:
    """The kinds that have a trait, by the name of its column."""
    return (row.kind for row in KINDS.values() if row._asdict()[trait])
