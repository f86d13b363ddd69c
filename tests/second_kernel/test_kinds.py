"""Cases T40 to T45: the edges and data of the link kinds of this kernel.

The live agent shows them, and so does a new process that reads everything once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from netviz.model.bridges import BondData, BondPort, BridgeData
from netviz.model.device import PortVlan, PortVlans, Qdisc, TcFilter, Team, TeamPort, WireGuard, WireGuardPeer
from netviz.model.graph import edge_lines
from netviz.model.kinds import IpvlanData, MacvlanData, QosMap, TunnelData, VlanData, VrfData, VrfPort, VxlanData
from netviz.model.route import Route
from netviz.model.topology import of_type
from tests.conformance.live import Live
from tests.second_kernel.forked import read_afresh
from tests.second_kernel.named import Named
from tests.worlds import World


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: commands for one shell, and the edges and facts after the commands."""

    name: str
    script: str
    edges: list[str]
    facts: Callable[[Named], Any]
    expected: Any


def port_vlans(named: Named, *names: str) -> list[tuple[PortVlan, ...]]:
    return [vlans.vlans for name in names for vlans in named.beside(PortVlans, name)]


def bond_facts(named: Named) -> Any:
    bond, up, down = named.link("bond0").data, named.link("m0").port, named.link("m1").port
    assert isinstance(bond, BondData)
    assert isinstance(up, BondPort)
    assert isinstance(down, BondPort)
    return (
        (bond.mode, bond.miimon_ms, bond.active_port == named.index("m0"), bond.primary == named.index("m0")),
        (up.state, up.mii_status, up.queue_id),
        (down.state, down.mii_status),
    )


def team_facts(named: Named) -> Any:
    (team,) = named.beside(Team, "team0")
    ports = {port.ifindex: port for port in team.ports}
    first, second = ports[named.index("p0")], ports[named.index("p1")]
    return (
        (team.mode, team.active_port == named.index("p1")),
        (first.link_up, first.enabled, first.priority, first.queue_id),
        second == TeamPort(named.index("p1"), True, True, 10_000, "full"),
    )


def tunnel_facts(named: Named) -> Any:
    return [named.link(name).data for name in ("gre1", "ipip1", "sit1", "gen1", "iv2", "iv3", "mt")]


def vrf_facts(named: Named) -> Any:
    routes = [route.dst for route in of_type(named.world, Route) if route.table == 77 and route.type == "unreachable"]
    return named.link("red").data, named.link("a0").port, named.link("b0").port, routes


def wireguard_facts(named: Named) -> Any:
    return named.beside(WireGuard, "wg0", "a") + named.beside(WireGuard, "wg0", "b")


def tc_facts(named: Named) -> Any:
    qdiscs = [(each.parent, each.handle, each.kind) for each in named.beside(Qdisc, "v0")]
    filters = [
        (each.parent, each.kind, each.priority, each.protocol, each.chain, each.actions)
        for each in named.beside(TcFilter, "v0")
    ]
    return qdiscs, filters


CASES = [
    Case(
        "T40 a VLAN on a link, one on a bond, and one in another",
        """
        ip link add v0 type veth peer name v1
        ip link add link v0 name v0.7 type vlan id 7 ingress-qos-map 1:2 egress-qos-map 3:4 gvrp on
        ip link add bond0 type bond mode balance-xor
        ip link set v1 master bond0
        ip link add link bond0 name bond0.9 type vlan id 9
        ip link add link v0 name s0 type vlan protocol 802.1ad id 100
        ip link add link s0 name s0.5 type vlan id 5
        """,
        [
            "lower host:bond0.9 host:bond0",
            "lower host:s0 host:v0",
            "lower host:s0.5 host:s0",
            "lower host:v0.7 host:v0",
            "port host:bond0 host:v1",
            "veth host:v0 host:v1",
        ],
        lambda named: [named.link(name).data for name in ("v0.7", "bond0.9", "s0", "s0.5")],
        [
            VlanData(7, 0x8100, 3, (QosMap(1, 2),), (QosMap(3, 4),)),
            VlanData(9, 0x8100, 1),
            VlanData(100, 0x88A8, 1),
            VlanData(5, 0x8100, 1),
        ],
    ),
    Case(
        "T40 a VLAN moved to a namespace keeps its lower link",
        """
        ip netns add n1
        ip link add v0 type veth peer name v1
        ip link add link v0 name v0.7 type vlan id 7
        ip link set v0.7 netns n1
        """,
        ["lower n1:v0.7 host:v0", "veth host:v0 host:v1"],
        lambda named: named.link("v0.7", "n1").data,
        VlanData(7, 0x8100, 1),
    ),
    Case(
        "T41 a bridge that filters VLANs: access and trunk ports",
        """
        ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 1
        ip link add p0 type veth peer name q0
        ip link add p1 type veth peer name q1
        ip link set p0 master br0
        ip link set p1 master br0
        bridge vlan del dev p0 vid 1
        bridge vlan add dev p0 vid 10 pvid untagged
        bridge vlan add dev p1 vid 20-30
        bridge vlan add dev p1 vid 31
        bridge vlan add dev br0 vid 10 self
        """,
        ["port host:br0 host:p0", "port host:br0 host:p1", "veth host:p0 host:q0", "veth host:p1 host:q1"],
        lambda named: port_vlans(named, "br0", "p0", "p1", "q0"),
        [
            (PortVlan(1, 0, True, True), PortVlan(10)),
            (PortVlan(10, 0, True, True),),
            (PortVlan(1, 0, True, True), PortVlan(20, 31)),
        ],
    ),
    Case(
        "T41 VLANs appear when a bridge starts to filter them",
        """
        ip link add br0 type bridge
        ip link add p0 type veth peer name q0
        ip link set p0 master br0
        sleep 1
        ip link set br0 type bridge vlan_filtering 1 mcast_vlan_snooping 1
        """,
        ["port host:br0 host:p0", "veth host:p0 host:q0"],
        lambda named: (port_vlans(named, "br0", "p0"), flags(named, "br0")),
        ([(PortVlan(1, 0, True, True),)] * 2, (True, True)),
    ),
    Case(
        "T42 a bond with one port down",
        """
        ip link add bond0 type bond mode active-backup miimon 100
        ip link add m0 type veth peer name n0
        ip link add m1 type veth peer name n1
        ip link set m0 master bond0
        ip link set m1 master bond0
        ip link set bond0 type bond primary m0
        ip link set n0 up
        ip link set bond0 up
        ip link set m0 type bond_slave queue_id 3
        """,
        ["port host:bond0 host:m0", "port host:bond0 host:m1", "veth host:m0 host:n0", "veth host:m1 host:n1"],
        bond_facts,
        (("active-backup", 100, True, True), ("active", "up", 3), ("backup", "down")),
    ),
    Case(
        "T42 a team with one port down",
        """
        ip link add team0 type team
        teamnl team0 setoption mode activebackup
        ip link add p0 type veth peer name q0
        ip link add p1 type veth peer name q1
        ip link set p0 master team0
        ip link set p1 master team0
        ip link set q1 up
        ip link set team0 up
        teamnl team0 setoption activeport $(ip -o link show p1 | cut -d: -f1)
        teamnl team0 setoption priority 7 --port=p0
        teamnl team0 setoption queue_id 3 --port=p0
        """,
        ["port host:team0 host:p0", "port host:team0 host:p1", "veth host:p0 host:q0", "veth host:p1 host:q1"],
        team_facts,
        (("activebackup", True), (False, True, 7, 3), True),
    ),
    Case(
        "T43 a VRF with two ports",
        """
        ip link add red type vrf table 77
        ip link add a0 type veth peer name a1
        ip link add b0 type dummy
        ip link set red up
        ip link set a0 master red
        ip link set b0 master red
        ip route add unreachable default metric 4278198272 table 77
        """,
        ["port host:red host:a0", "port host:red host:b0", "veth host:a0 host:a1"],
        vrf_facts,
        (VrfData(77), VrfPort(77), VrfPort(77), ["0.0.0.0/0"]),
    ),
    Case(
        "T44 stacked links, tunnels without another end here, and a dummy",
        """
        ip link add d0 type dummy
        ip link add link d0 name iv2 type ipvlan mode l2 private
        ip link add v0 type veth peer name v1
        ip link add link v0 name iv3 type ipvlan mode l3 vepa
        ip link add link v1 name mt type macvtap mode vepa
        ip link add gre1 type gre local 192.0.2.1 remote 192.0.2.9 key 5 ttl 9 dev d0
        ip link add ipip1 type ipip local 192.0.2.1 remote 192.0.2.9 ttl 7 mode ipip
        ip link add sit1 type sit local 192.0.2.1 remote 192.0.2.9 mode ip6ip
        ip link add gen1 type geneve id 77 remote 192.0.2.9 ttl 5 dstport 7000
        """,
        [
            "lower host:gre1 host:d0",
            "lower host:iv2 host:d0",
            "lower host:iv3 host:v0",
            "lower host:mt host:v1",
            "veth host:v0 host:v1",
        ],
        tunnel_facts,
        [
            TunnelData(
                "192.0.2.1",
                "192.0.2.9",
                9,
                ikey="0.0.0.5",
                okey="0.0.0.5",
                pmtudisc=True,
                input_flags=0x2000,
                output_flags=0x2000,
            ),
            TunnelData("192.0.2.1", "192.0.2.9", 7, pmtudisc=True, protocol=4),
            TunnelData("192.0.2.1", "192.0.2.9", pmtudisc=True, protocol=41, prefix_6rd="2002::/16"),
            TunnelData(remote="192.0.2.9", ttl=5, vni=77, port=7000, udp_zero_csum6_rx=True),
            IpvlanData("l2", 1),
            IpvlanData("l3", 2),
            MacvlanData("vepa"),
        ],
    ),
    Case(
        "T45 WireGuard between two namespaces, and one with a peer elsewhere",
        """
        ip netns add a
        ip netns add b
        ip -n a link add u type veth peer name u netns b
        for ns in a b; do
            ip -n $ns link set u up
            ip -n $ns link add wg0 type wireguard
            wg genkey >/run/$ns.key
        done
        ip -n a addr add 192.0.2.1/24 dev u
        ip -n b addr add 192.0.2.2/24 dev u
        ip netns exec a wg set wg0 private-key /run/a.key listen-port 51820 fwmark 0x77 \
            peer $(wg pubkey </run/b.key) endpoint 192.0.2.2:51821 allowed-ips 10.0.0.2/32,2001:db8::/64 \
            persistent-keepalive 25
        ip netns exec b wg set wg0 private-key /run/b.key listen-port 51821 \
            peer $(wg pubkey </run/a.key) endpoint 192.0.2.1:51820 allowed-ips 10.0.0.1/32
        ip link add wg9 type wireguard
        wg genkey >/run/c.key
        wg set wg9 listen-port 51821 peer $(wg pubkey </run/c.key) endpoint '[2001:db8::9]:51820'
        """,
        ["tunnel a:wg0 b:wg0", "veth a:u b:u"],
        lambda named: [
            [(each.port, each.fwmark, each.peers) for each in named.beside(WireGuard, name, ns)]
            for name, ns in (("wg0", "a"), ("wg0", "b"), ("wg9", "host"))
        ],
        [
            [(51820, 0x77, (WireGuardPeer("192.0.2.2:51821", ("10.0.0.2/32", "2001:db8::/64"), 25),))],
            [(51821, 0, (WireGuardPeer("192.0.2.1:51820", ("10.0.0.1/32",)),))],
            [(51821, 0, (WireGuardPeer("[2001:db8::9]:51820"),))],
        ],
    ),
    Case(
        "T45 vxlan, geneve and gre between two namespaces",
        """
        ip netns add a
        ip netns add b
        ip -n a link add u type veth peer name u netns b
        ip -n a addr add 192.0.2.1/24 dev u
        ip -n b addr add 192.0.2.2/24 dev u
        ip -n a link add vx type vxlan id 5 local 192.0.2.1 remote 192.0.2.2 dstport 4789
        ip -n b link add vx type vxlan id 5 remote 192.0.2.1 dstport 4789
        ip -n b link add other type vxlan id 6 remote 192.0.2.1 dstport 4789
        ip -n a link add ge type geneve id 8 remote 192.0.2.2
        ip -n b link add ge type geneve id 8 remote 192.0.2.1
        ip -n a link add gr type gre local 192.0.2.1 remote 192.0.2.2 ikey 1 okey 2
        ip -n b link add gr type gre local 192.0.2.2 remote 192.0.2.1 ikey 2 okey 1
        ip -n b link add gq type gre local 192.0.2.2 remote 192.0.2.1 key 9
        ip -n b link set gr netns 1
        """,
        ["tunnel a:ge b:ge", "tunnel a:gr host:gr", "tunnel a:vx b:vx", "veth a:u b:u"],
        lambda named: (named.link("vx", "a").data, named.link("ge", "b").data),
        (
            VxlanData(
                5,
                "192.0.2.2",
                "192.0.2.1",
                4789,
                port_low=0,
                port_high=0,
                ageing_s=300,
                udp_csum=True,
            ),
            TunnelData(remote="192.0.2.1", vni=8, port=6081, udp_zero_csum6_rx=True),
        ),
    ),
    Case(
        "traffic control: disciplines, filters, their actions",
        """
        ip link add v0 type veth peer name v1
        tc qdisc add dev v0 root handle 1: htb default 10
        tc class add dev v0 parent 1: classid 1:10 htb rate 1mbit
        tc qdisc add dev v0 parent 1:10 handle 10: netem delay 10ms
        tc filter add dev v0 parent 1: protocol ip prio 3 u32 match ip dst 10.0.0.1 flowid 1:10
        tc qdisc add dev v0 clsact
        tc filter add dev v0 ingress protocol arp prio 5 chain 2 matchall action mirred egress redirect dev v1
        tc filter add dev v0 egress protocol all prio 7 flower action vlan push id 5 action drop
        """,
        ["veth host:v0 host:v1"],
        tc_facts,
        (
            [("1:10", "10:", "netem"), ("clsact", "ffff:", "clsact"), ("root", "1:", "htb")],
            [
                ("1:", "u32", 3, "ip", 0, ()),
                ("egress", "flower", 7, "all", 0, ("vlan", "gact")),
                ("ingress", "matchall", 5, "arp", 2, ("mirred",)),
            ],
        ),
    ),
]


def flags(named: Named, name: str) -> tuple[bool, bool]:
    data = named.link(name).data
    assert isinstance(data, BridgeData)
    return data.vlan_filtering, data.mcast_vlan_snooping


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_live_agent_and_a_new_process_that_reads_everything_show_the_same_links(
    world: World, live: Live, case: Case
) -> None:
    world.run(["sh", "-ec", case.script])

    def arrived() -> bool:
        try:
            return live.edges() == case.edges and case.facts(Named(live.topology)) == case.expected
        except (LookupError, ValueError, AssertionError):
            return False

    try:
        live.wait_until(arrived)
    except AssertionError:  # the failure then shows the difference
        assert live.edges() == case.edges
        assert case.facts(Named(live.topology)) == case.expected
        raise
    live.wait_until_as_fresh()
    read = read_afresh(world)
    assert edge_lines(read) == case.edges
    assert case.facts(Named(read)) == case.expected
