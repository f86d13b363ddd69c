"""The live agent and the command `dump` show the states of links, ports, FDB entries and neighbours as they are."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from netviz.model.address import FdbEntry, Neighbour
from netviz.model.bridges import BridgeData, BridgePort
from netviz.model.link import Link
from netviz.model.namespace import Namespace, Owner
from netviz.model.netfilter import LegacyTable, NfRule, NfSet, NfTable
from netviz.model.route import Route, RouteRule
from netviz.model.state import FdbOwn, FdbState, NeighbourState
from netviz.model.topology import Topology, of_type
from tests.conformance.live import Live, dumped_topology
from tests.worlds import World

MAC = "02:00:00:00:00:99"
LEARNED = "02:00:00:00:00:77"

# Sends one Ethernet frame from a link, from which a bridge learns.
SEND = f"""
import socket
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
    sock.bind(("q0", 0))
    sock.send(bytes.fromhex("ffffffffffff{LEARNED.replace(":", "")}88b5") + bytes(46))
"""


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def both(world: World, live: Live, facts: Callable[[Topology], Any], expected: Any) -> None:
    """Checks that the live agent shows these facts, and that the command `dump` shows them too."""

    def arrived() -> bool:
        return bool(facts(live.topology) == expected)

    try:
        live.wait_until(arrived)
    except AssertionError:
        assert facts(live.topology) == expected
        raise
    live.wait_until_as_fresh()
    assert facts(dumped_topology(world)) == expected


def link(topology: Topology, name: str) -> Link:
    return next(each for each in of_type(topology, Link) if each.ifname == name)


def test_operational_state_of_each_link_is_shown_as_the_kernel_reports_it(world: World, live: Live) -> None:
    """Case T26: links that are down, without carrier (lowerlayerdown), dormant, and up."""
    for command in (
        "ip link add d0 type veth peer name d1",
        "ip link add c0 type veth peer name c1",
        "ip link add o0 type veth peer name o1",
        "ip link add u0 type veth peer name u1",
        "ip link set c0 up",
        "ip link set o0 mode dormant up",
        "ip link set o1 up",
        "ip link set u0 up",
        "ip link set u1 up",
    ):
        world.run(command)

    def facts(topology: Topology) -> Any:
        names = ("d0", "c0", "o0", "u0")
        found = {each.ifname: each for each in of_type(topology, Link)}
        if not found.keys() >= set(names):
            return None
        return {name: (found[name].admin_up, found[name].carrier, found[name].operstate) for name in names}

    expected = {
        "d0": (False, False, "down"),
        "c0": (True, False, "lowerlayerdown"),
        "o0": (True, True, "dormant"),
        "u0": (True, True, "up"),
    }
    both(world, live, facts, expected)
    printed = {each["ifname"]: each["operstate"].lower() for each in json.loads(world.run("ip -j link"))}
    assert {name: printed[name] for name in expected} == {name: state for name, (_, _, state) in expected.items()}
    world.run("ip link set u1 down")
    both(world, live, facts, expected | {"u0": (True, False, "lowerlayerdown")})


def test_bridge_port_in_the_blocking_state_is_shown_as_blocking(world: World, live: Live) -> None:
    """Case T26."""
    for command in (
        "ip link add br0 type bridge stp_state 1 forward_delay 200 hello_time 100",
        "ip link add p0 type veth peer name p1",
        "ip link set p0 master br0",
        "ip link set p1 master br0",
        "ip link set p0 up",
        "ip link set p1 up",
        "ip link set br0 up",
    ):
        world.run(command)

    def facts(topology: Topology) -> Any:
        links = of_type(topology, Link)
        return {each.ifname: each.port.state for each in links if isinstance(each.port, BridgePort)}

    live.wait_until(lambda: facts(live.topology) == {"p0": "forwarding", "p1": "blocking"}, 15.0)
    both(world, live, facts, {"p0": "forwarding", "p1": "blocking"})


def test_learned_fdb_entry_is_shown_with_its_age_until_it_expires(world: World, live: Live) -> None:
    """Case T27: a static entry stays."""
    for command in (
        "ip link add br0 type bridge ageing_time 30000",
        "ip link add p0 type veth peer name q0",
        "ip link set p0 master br0 up",
        "ip link set q0 up",
        "ip link set br0 up",
        f"bridge fdb add {MAC} dev p0 master static",
    ):
        world.run(command)
    live.wait_until(lambda: any(each.port for each in of_type(live.topology, Link) if each.carrier))
    world.run(["python3", "-c", SEND])

    def facts(topology: Topology) -> Any:
        return sorted((each.mac, each.state) for each in of_type(topology, FdbEntry) if each.mac in (MAC, LEARNED))

    both(world, live, facts, [(LEARNED, "learned"), (MAC, "static")])
    (ns,) = [each.id for each in of_type(live.topology, Namespace)]
    live.watch(ns, "fdb")

    def ages() -> list[int]:
        values = [value for state in live.states for value in state.values if isinstance(value, FdbState)]
        return [value.updated_ms for value in values if value.mac == LEARNED]

    live.wait_until(lambda: bool(ages()))
    assert 0 <= ages()[0] < 300_000
    world.run("ip link set br0 type bridge ageing_time 100")
    both(world, live, facts, [(MAC, "static")])
    data = link(live.topology, "br0").data
    assert isinstance(data, BridgeData)
    assert data.ageing_time_cs == 100


def test_multicast_macs_that_links_receive_are_counted_for_each_link(world: World, live: Live) -> None:
    for command in (
        "ip link add br0 type bridge",
        "ip link add p0 type veth peer name q0",
        "ip link set p0 master br0",
    ):
        world.run(command)
    for name in ("br0", "p0", "q0"):
        world.run(f"ip link set {name} up")
    world.run("ip maddr add 01:00:5e:01:02:03 dev p0")
    live.wait_until(lambda: all(each.admin_up for each in of_type(live.topology, Link) if each.ifname != "lo"))
    (ns,) = [each.id for each in of_type(live.topology, Namespace)]

    def told() -> dict[int, int]:
        values = live.states[-1].values if live.states else ()
        return {value.ifindex: value.count for value in values if isinstance(value, FdbOwn)}

    def printed() -> dict[int, int]:
        shown = world.run("bridge fdb show").splitlines()
        own = [line.split() for line in shown if int(line[:2], 16) & 1 and " dst " not in line]
        names = Counter(words[words.index("dev") + 1] for words in own)
        return {each.ifindex: names[each.ifname] for each in of_type(live.topology, Link) if names[each.ifname]}

    live.watch(ns, "fdb")
    live.wait_until(lambda: told() != {} and told() == printed())
    assert told()[link(live.topology, "p0").ifindex] > 1


def test_each_neighbour_is_shown_with_its_nud_state(world: World, live: Live) -> None:
    """Case T28."""
    wanted = {"192.0.2.2": "reachable", "192.0.2.3": "stale", "192.0.2.4": "failed", "192.0.2.5": "permanent"}
    for command in (
        "ip link add v0 type veth peer name v1",
        "ip addr add 192.0.2.1/24 dev v0",
        "ip link set v0 up",
        "ip link set v1 up",
        *(f"ip neigh add {address} lladdr {MAC} dev v0 nud {state}" for address, state in wanted.items()),
    ):
        world.run(command)

    def facts(topology: Topology) -> Any:
        found = {each.address: each.state for each in of_type(topology, Neighbour) if each.family == "ip"}
        return {address: found.get(address) for address in wanted}

    churns = {"192.0.2.2": "known", "192.0.2.3": "known"}
    both(world, live, facts, wanted | churns)
    (ns,) = [each.id for each in of_type(live.topology, Namespace)]
    live.watch(ns, "neighbours")

    def states() -> dict[str, str]:
        values = [value for state in live.states for value in state.values if isinstance(value, NeighbourState)]
        return {value.address: value.nud for value in values}

    live.wait_until(lambda: wanted.items() <= states().items())


def test_route_rules_and_routes_of_every_type_are_shown(world: World, live: Live) -> None:
    """Case T20."""
    for command in (
        "ip link add v0 type veth peer name v1",
        "ip addr add 192.0.2.1/24 dev v0",
        "ip -6 addr add 2001:db8::1/64 dev v0 nodad",
        "ip link set v0 up",
        "ip link set v1 up",
        "ip rule add from 192.0.2.0/24 fwmark 0x7/0xff iif v0 table 2 priority 100",
        "ip rule add to 198.51.100.0/24 unreachable priority 101",
        "ip -6 rule add from 2001:db8::/64 prohibit priority 102",
        "ip route add blackhole 10.1.0.0/16",
        "ip route add unreachable 10.2.0.0/16 metric 5",
        "ip route add prohibit 10.3.0.0/16",
        "ip route add throw 10.4.0.0/16 table 2",
        "ip route add default via 192.0.2.254 mtu lock 1300",
        "ip route add 10.5.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3 weight 3",
        "ip route add 10.6.0.0/16 via 10.255.0.1 dev v0 onlink",
        "ip -6 route add 2001:db8:1::/48 nexthop via 2001:db8::3 nexthop via 2001:db8::4",
        "ip -6 route add unreachable 2001:db8:2::/48",
    ):
        world.run(command)

    def facts(topology: Topology) -> Any:
        ours = [each for each in of_type(topology, Route) if each.dst.startswith(("10.", "0.", "2001:db8:"))]
        routes = {
            (each.dst, each.table, each.type, tuple((hop.weight, *hop.flags) for hop in each.hops))
            for each in ours
            if each.protocol != "kernel"
        }
        rules = {(each.family, each.priority, each.action) for each in of_type(topology, RouteRule)}
        return routes, rules

    routes = {
        ("10.1.0.0/16", 254, "blackhole", ()),
        ("10.2.0.0/16", 254, "unreachable", ()),
        ("10.3.0.0/16", 254, "prohibit", ()),
        ("10.4.0.0/16", 2, "throw", ()),
        ("0.0.0.0/0", 254, "unicast", ((1,),)),
        ("10.5.0.0/16", 254, "unicast", ((2,), (3,))),
        ("10.6.0.0/16", 254, "unicast", ((1, "onlink"),)),
        ("2001:db8:1::/48", 254, "unicast", ((1,), (1,))),
    }

    def kept(topology: Topology) -> Any:
        found, rules = facts(topology)
        added = {rule for rule in rules if 100 <= rule[1] <= 102}
        return routes <= found and added == {
            ("ip", 100, "lookup"),
            ("ip", 101, "unreachable"),
            ("ip6", 102, "prohibit"),
        }

    both(world, live, kept, True)


def test_netfilter_tables_that_nft_and_iptables_created_are_shown_with_their_contents(world: World, live: Live) -> None:
    """Case T21: tables of nft, iptables-nft and iptables-legacy."""
    for ns in ("n1", "n2", "n3"):
        world.run(f"ip netns add {ns}")
    ruleset = """
    table inet t {
        set s { type ipv4_addr; comment "some"; elements = { 192.0.2.1, 192.0.2.2 } }
        map m { type inet_service : verdict; elements = { 22 : accept } }
        counter c { packets 5 bytes 300 }
        chain input { type filter hook input priority 0; ip saddr @s counter drop comment "why"; }
    }
    """
    world.run("ip netns exec n1 nft -f -", stdin=ruleset)
    world.run("ip netns exec n2 iptables-nft -A INPUT -s 192.0.2.9 -j DROP")
    has_legacy = bool(world.run("ip netns exec n3 iptables-legacy -A INPUT -s 192.0.2.9 -j DROP -v", check=False))

    def facts(topology: Topology) -> Any:
        names = {each.id: each.names[0] for each in of_type(topology, Namespace) if each.names}
        tables = sorted((names.get(each.ns), each.family, each.name) for each in of_type(topology, NfTable))
        sets = sorted((names.get(each.ns), each.name, each.count) for each in of_type(topology, NfSet))
        return tables, sets, [rule.comment for rule in of_type(topology, NfRule) if rule.comment]

    expected = ([("n1", "inet", "t"), ("n2", "ip", "filter")], [("n1", "m", 1), ("n1", "s", 2)], ["why"])
    live.wait_until(lambda: facts(live.topology) == expected)
    read = dumped_topology(world)
    assert facts(read) == expected
    names = {each.id: each.names[0] for each in of_type(read, Namespace) if each.names}
    legacy = {names.get(each.ns) for each in of_type(read, LegacyTable) if each.name == "filter"}
    assert legacy == ({"n3"} if has_legacy else set())


def test_container_is_shown_with_its_processes_and_with_a_network_namespace_that_is_mounted_only_inside_it(
    world: World, live: Live
) -> None:
    """Case T30: a container runtime that runs in a container mounts the network namespace."""
    inner = "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add inner && exec sleep 60"
    world.popen(["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "sh", "-c", inner])

    def facts(topology: Topology) -> Any:
        mounts = [each.mounts for each in of_type(topology, Namespace) if each.mounts]
        owners = [[group.name for group in each.processes] for each in of_type(topology, Owner)]
        return mounts, owners

    expected = ([("/run/netns/inner",)], [["unshare", "sleep"]])
    live.wait_until(lambda: facts(live.topology) == expected, 10.0)
    live.wait_until_as_fresh()
    assert facts(dumped_topology(world)) == expected


@pytest.mark.xdist_group("this host")
def test_dump_command_prints_every_edge_of_a_thousand_namespaces_on_ten_bridges(world: World) -> None:
    """Case T34."""
    numbers = range(1_000)
    batch = [f"link add br{bridge} type bridge" for bridge in range(10)]
    for number in numbers:
        batch.append(f"netns add n{number}")
        batch.append(f"link add p{number} master br{number % 10} type veth peer name eth0 netns n{number}")
    world.run("ip -batch -", stdin="\n".join(batch))
    done = world.agent("dump", "--format", "edges", timeout_s=60)
    assert done.returncode == 0, done.stderr
    ports = [f"port host:br{number % 10} host:p{number}" for number in numbers]
    pairs = [f"veth host:p{number} n{number}:eth0" for number in numbers]
    assert done.stdout.splitlines() == sorted([*ports, *pairs], key=str.encode)
