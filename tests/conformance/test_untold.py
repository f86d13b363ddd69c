"""Changes that the kernel does not report, or not completely: the agent runs first, and knows them when it is quiet."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.bridges import BridgePort
from netviz.model.kinds import TunData
from netviz.model.link import Link
from netviz.model.namespace import Namespace, Sysctls
from netviz.model.netfilter import LegacyTable, NfChain, NfElements, NfRule, NfTable
from netviz.model.route import NextHopObject, Route
from netviz.model.topology import namespace_of, of_type
from tests.conformance.live import Live
from tests.worlds import CHECKOUT, World, inner_pid

# The longest period of the jobs that read what no event reports.
ROUND_S = 20.0


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world, with a veth pair that is up."""
    run(world, "ip link add v0 type veth peer name v1", "ip link set v0 up", "ip link set v1 up")
    agent = Live(world)
    yield agent
    agent.close()


def run(world: World, *commands: str) -> None:
    for command in commands:
        world.run(command)


def routes(live: Live, dst: str) -> list[Route]:
    """Returns the unicast routes to a prefix."""
    return [route for route in of_type(live.topology, Route) if route.dst == dst and route.type == "unicast"]


def links(live: Live) -> dict[str, Link]:
    return {link.ifname: link for link in of_type(live.topology, Link)}


def neighbours(live: Live) -> set[str]:
    return {neighbour.address for neighbour in of_type(live.topology, Neighbour)}


def macs(live: Live, table: str = "master") -> set[str]:
    return {entry.mac for entry in of_type(live.topology, FdbEntry) if entry.table == table}


# -- routes


def test_replacing_a_route_leaves_only_the_new_route(world: World, live: Live) -> None:
    run(world, "ip addr add 192.0.2.1/24 dev v0", "ip route add 10.1.0.0/16 via 192.0.2.2")
    live.wait_until(lambda: bool(routes(live, "10.1.0.0/16")))
    run(world, "ip route replace 10.1.0.0/16 via 192.0.2.3")
    live.wait_until(lambda: [route.hops[0].via for route in routes(live, "10.1.0.0/16")] == ["192.0.2.3"])
    live.wait_until_as_fresh()


def test_changed_route_is_updated(world: World, live: Live) -> None:
    run(world, "ip addr add 192.0.2.1/24 dev v0", "ip route add 10.1.0.0/16 via 192.0.2.2 mtu 1400")
    live.wait_until(lambda: bool(routes(live, "10.1.0.0/16")))
    run(world, "ip route change 10.1.0.0/16 dev v0 mtu 1300")
    live.wait_until(lambda: [route.metrics[0].value for route in routes(live, "10.1.0.0/16")] == [1300])
    live.wait_until_as_fresh()


def with_routes(world: World, live: Live) -> None:
    """Creates routes, a neighbour and an address on v0."""
    run(
        world,
        "ip addr add 192.0.2.1/24 dev v0",
        "ip route add 10.1.0.0/16 via 192.0.2.2",
        "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev v0 nud permanent",
    )
    live.wait_until(lambda: bool(routes(live, "10.1.0.0/16")) and "192.0.2.9" in neighbours(live))


def test_routes_disappear_when_their_link_is_set_down(world: World, live: Live) -> None:
    with_routes(world, live)
    run(world, "ip link set v0 down")
    live.wait_until(lambda: not routes(live, "10.1.0.0/16") and not routes(live, "192.0.2.0/24"))
    live.wait_until_as_fresh()


def test_routes_over_a_link_without_carrier_are_marked_as_linkdown(world: World, live: Live) -> None:
    with_routes(world, live)
    run(world, "ip link set v1 down")
    live.wait_until(lambda: [route.hops[0].flags for route in routes(live, "10.1.0.0/16")] == [("linkdown",)])
    live.wait_until_as_fresh()
    run(world, "ip link set v1 up")
    live.wait_until(lambda: [route.hops[0].flags for route in routes(live, "10.1.0.0/16")] == [()])
    live.wait_until_as_fresh()


@pytest.mark.parametrize("how", ["ip link del v0", "ip link set v0 netns n1"])
def test_routes_and_neighbours_disappear_with_their_link(world: World, live: Live, how: str) -> None:
    run(world, "ip netns add n1")
    with_routes(world, live)
    run(world, how)
    live.wait_until(lambda: not routes(live, "10.1.0.0/16") and "192.0.2.9" not in neighbours(live))
    live.wait_until_as_fresh()


def test_static_fdb_entries_disappear_with_their_port(world: World, live: Live) -> None:
    run(world, "ip link add br0 type bridge", "ip link set br0 up", "ip link set v0 master br0")
    run(world, "bridge fdb add 02:00:00:00:00:11 dev v0 master static")
    live.wait_until(lambda: "02:00:00:00:00:11" in macs(live))
    run(world, "ip link set v0 nomaster")
    live.wait_until(lambda: "02:00:00:00:00:11" not in macs(live))
    live.wait_until_as_fresh()


def nexthops(live: Live) -> dict[int, NextHopObject]:
    return {nexthop.id: nexthop for nexthop in of_type(live.topology, NextHopObject)}


def test_route_is_updated_and_removed_together_with_its_nexthop_object(world: World, live: Live) -> None:
    run(
        world,
        "ip addr add 192.0.2.1/24 dev v0",
        "ip nexthop add id 5 via 192.0.2.7 dev v0",
        "ip route add 10.9.0.0/16 nhid 5",
    )
    live.wait_until(lambda: [route.hops[0].via for route in routes(live, "10.9.0.0/16")] == ["192.0.2.7"])
    run(world, "ip nexthop replace id 5 via 192.0.2.8 dev v0")
    live.wait_until(lambda: [route.hops[0].via for route in routes(live, "10.9.0.0/16")] == ["192.0.2.8"])
    live.wait_until_as_fresh()
    run(world, "ip nexthop del id 5")
    live.wait_until(lambda: not routes(live, "10.9.0.0/16") and not nexthops(live))
    live.wait_until_as_fresh()


def test_nexthop_object_disappears_from_the_map_when_its_link_is_deleted(world: World, live: Live) -> None:
    run(world, "ip nexthop add id 5 dev v0", "ip route add 10.9.0.0/16 nhid 5")
    live.wait_until(lambda: bool(routes(live, "10.9.0.0/16")))
    run(world, "ip link del v0")
    live.wait_until(lambda: not routes(live, "10.9.0.0/16") and not nexthops(live))
    live.wait_until_as_fresh()


def ways(live: Live, dst: str) -> list[str]:
    """Returns the next hops of the one route to a prefix."""
    (route,) = routes(live, dst)
    return [hop.via for hop in route.hops]


def test_next_hop_of_an_ipv6_route_appears_and_disappears(world: World, live: Live) -> None:
    prefix = "2001:db8:1::/48"
    run(world, "ip addr add 2001:db8::1/64 dev v0 nodad", f"ip route add {prefix} via 2001:db8::2")
    live.wait_until(lambda: len(routes(live, prefix)) == 1)
    run(world, f"ip -6 route append {prefix} via 2001:db8::3")
    live.wait_until(
        lambda: [[hop.via for hop in r.hops] for r in routes(live, prefix)] == [["2001:db8::2", "2001:db8::3"]]
    )
    live.wait_until_as_fresh()
    run(world, f"ip -6 route del {prefix} via 2001:db8::2")
    live.wait_until(lambda: ways(live, prefix) == ["2001:db8::3"])
    live.wait_until_as_fresh()


# -- addresses and neighbours


def test_ipv6_address_is_tentative_until_duplicate_detection_ends(world: World, live: Live) -> None:
    def flags() -> list[tuple[str, ...]]:
        return [each.flags for each in of_type(live.topology, Address) if each.address == "2001:db8::1"]

    run(world, "ip addr add 2001:db8::1/64 dev v0")
    live.wait_until(lambda: flags() == [("permanent", "tentative")])
    live.wait_until(lambda: flags() == [("permanent",)], 10)
    live.wait_until_as_fresh()


def test_duplicate_ipv6_address_is_marked_as_dadfailed(world: World, live: Live) -> None:
    run(world, "ip netns add n1", "ip link set v1 netns n1", "ip -n n1 link set v1 up")
    run(world, "ip -n n1 addr add 2001:db8::1/64 dev v1 nodad", "ip addr add 2001:db8::1/64 dev v0")

    def failed() -> bool:
        return any("dadfailed" in address.flags for address in of_type(live.topology, Address))

    live.wait_until(failed, 10)
    live.wait_until_as_fresh()


def test_neighbours_created_by_the_kernel_are_not_shown(world: World, live: Live) -> None:
    run(world, "ip addr add 192.0.2.1/24 dev v0", "ip addr add 2001:db8::1/64 dev v0 nodad")
    run(world, "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev v0 nud noarp")
    live.wait_until(lambda: "192.0.2.9" in neighbours(live))
    live.wait_until_as_fresh()
    shown = world.run("ip -6 neigh show nud noarp")
    assert "ff02::" in shown
    assert neighbours(live) == {"192.0.2.9"}


def test_neighbour_that_changes_to_the_state_noarp_is_removed(world: World, live: Live) -> None:
    anybody = "0.0.0.0"  # noqa: S104 - what a neighbour on the loopback is kept as (arp_constructor)
    run(world, "ip link set lo up", "ip neigh replace 10.1.2.20 lladdr 02:00:00:00:00:04 dev lo nud permanent")
    live.wait_until(lambda: anybody in neighbours(live))
    run(world, "ip neigh replace 10.1.1.17 lladdr 02:00:00:00:00:06 dev lo nud noarp")
    live.wait_until(lambda: anybody not in neighbours(live))
    live.wait_until_as_fresh()


# -- settings


@pytest.mark.parametrize("setting", ["forwarding", "rp_filter", "proxy_arp", "ignore_routes_with_linkdown"])
def test_changed_setting_of_a_link_is_shown_live(world: World, live: Live, setting: str) -> None:
    before = getattr(links(live)["v0"].ipv4, setting)
    run(world, f"sysctl -qw net.ipv4.conf.v0.{setting}={1 - before}")
    live.wait_until(lambda: getattr(links(live)["v0"].ipv4, setting) == 1 - before)
    live.wait_until_as_fresh()


def test_forwarding_that_one_sysctl_enables_for_all_links_is_shown_on_each_link(world: World, live: Live) -> None:
    run(world, "sysctl -qw net.ipv4.ip_forward=1", "sysctl -qw net.ipv6.conf.all.forwarding=1")

    def forwards() -> bool:
        confs = [(link.ipv4, link.ipv6) for link in links(live).values()]
        return all(four and six and four.forwarding and six.forwarding for four, six in confs)

    live.wait_until(forwards)
    live.wait_until_as_fresh()


def test_route_is_shown_as_dead_when_the_sysctl_for_routes_with_linkdown_makes_it_dead(
    world: World, live: Live
) -> None:
    run(world, "ip addr add 192.0.2.1/24 dev v0", "ip link set v1 down")
    live.wait_until(lambda: [route.hops[0].flags for route in routes(live, "192.0.2.0/24")] == [("linkdown",)])
    live.wait_until_as_fresh()
    live.take_for(1.5)
    run(world, "sysctl -qw net.ipv4.conf.v0.ignore_routes_with_linkdown=1")
    live.wait_until(lambda: [set(r.hops[0].flags) for r in routes(live, "192.0.2.0/24")] == [{"linkdown", "dead"}])
    live.wait_until_as_fresh()


def test_sysctl_settings_that_change_without_an_event_are_read_periodically(world: World, live: Live) -> None:
    run(world, "sysctl -qw net.ipv4.conf.all.arp_ignore=2", "sysctl -qw net.ipv4.conf.v0.arp_ignore=1")

    def known() -> bool:
        values = {sysctl.name: sysctl.value for each in of_type(live.topology, Sysctls) for sysctl in each.values}
        ipv4 = links(live)["v0"].ipv4
        return values["net.ipv4.conf.all.arp_ignore"] == "2" and ipv4 is not None and ipv4.arp_ignore == 1

    live.wait_until(known, ROUND_S)
    live.wait_until_as_fresh()


# -- netfilter


def test_netfilter_rules_are_read_again_after_each_change_of_the_ruleset(world: World, live: Live) -> None:
    world.run("nft -f -", stdin="table ip t {\nchain c {\ntcp dport 22 accept\n}\n}")
    live.wait_until(lambda: [rule.text for rule in of_type(live.topology, NfRule)] == ["tcp dport 22 accept"])
    live.wait_until_as_fresh()
    run(world, "nft delete table ip t")
    live.wait_until(lambda: not list(of_type(live.topology, NfRule)))
    live.wait_until_as_fresh()


SEND = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))"


def test_no_delta_is_sent_when_packets_update_set_elements_and_rule_counters(world: World, live: Live) -> None:
    rules = "type filter hook output priority 0;\nudp dport 9 counter update @s { ip daddr timeout 1h }"
    sets = "set s {\ntype ipv4_addr\nflags dynamic,timeout\n}"
    world.run("nft -f -", stdin=f"table ip t {{\n{sets}\nchain c {{\n{rules}\n}}\n}}")
    run(world, "ip link set lo up")
    live.wait_until(lambda: bool(list(of_type(live.topology, NfRule))))
    live.wait_until_as_fresh()
    live.deltas.clear()
    run(world, f'{sys.executable} -c "{SEND}"')
    assert "127.0.0.1" in world.run("nft list set ip t s")
    live.take_for(0.5)
    assert not [entity for delta in live.deltas for entity in delta.put if entity.TAG.startswith("nf")]
    run(world, "nft add table ip other")

    def known() -> bool:
        return any(each.elements for each in of_type(live.topology, NfElements))

    live.wait_until(known)


def test_periodic_read_finds_a_legacy_iptables_table(world: World, live: Live) -> None:
    run(world, "iptables-legacy -A INPUT -p tcp -j ACCEPT")
    live.wait_until(lambda: [table.entries for table in of_type(live.topology, LegacyTable)] == [5], ROUND_S)
    live.wait_until_as_fresh()


# -- namespaces


def test_deleted_namespace_disappears_with_all_its_entities(world: World, live: Live) -> None:
    run(
        world,
        "ip netns add n1",
        "ip link set v1 netns n1",
        "ip -n n1 link set v1 up",
        "ip -n n1 link add br0 type bridge",
    )
    run(world, "ip -n n1 addr add 192.0.2.1/24 dev v1", "ip netns exec n1 nft add table ip t")
    live.wait_until(lambda: "br0" in links(live))
    live.wait_until_as_fresh()
    (gone,) = [namespace.id for namespace in of_type(live.topology, Namespace) if namespace.names == ("n1",)]
    run(world, "ip netns del n1")
    live.wait_until(lambda: not any(namespace_of(entity) == gone for entity in live.topology.values()))
    live.wait_until(lambda: "v0" not in links(live))
    live.wait_until_as_fresh()


def open_folders_of_sysctls(live: Live) -> int:
    """Returns how many folders of sysctls the agent's kernel process has open."""
    folder = Path(f"/proc/{inner_pid(live.process)}/fd")
    return sum(str(entry.readlink()).startswith("/proc/sys/net") for entry in folder.iterdir())


def test_folders_of_sysctls_of_a_deleted_namespace_are_closed(world: World, live: Live) -> None:
    before = open_folders_of_sysctls(live)
    assert before > 0
    world.run("ip netns add n1")
    live.wait_until(lambda: open_folders_of_sysctls(live) == 2 * before)
    world.run("ip netns del n1")
    live.wait_until(lambda: open_folders_of_sysctls(live) == before)


# -- changes of one link that silently change another one


# TUNSETIFF (IFF_TUN | IFF_NO_PI), and after the agent received the link's event, TUNSETPERSIST.
TUN = """
import fcntl, struct, time
with open("/dev/net/tun", "r+b", buffering=0) as tun:
    fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", b"t0", 0x1001))
    time.sleep(0.15)
    fcntl.ioctl(tun, 0x400454CB, 1)
"""


def test_tun_link_that_becomes_persistent_after_its_creation_event_is_shown_as_persistent(
    world: World, live: Live
) -> None:
    world.run([sys.executable, "-c", TUN])

    def stays() -> bool:
        data = links(live)["t0"].data if "t0" in links(live) else None
        return isinstance(data, TunData) and data.persist

    live.wait_until(stays, 1.5, exact=True)
    live.wait_until_as_fresh()


def is_promiscuous(live: Live, name: str) -> Callable[[], bool]:
    return lambda: links(live)[name].promiscuity == 1


def test_lower_link_of_a_macvlan_is_shown_as_promiscuous(world: World, live: Live) -> None:
    run(world, "ip link add mv link v0 type macvlan mode bridge", "ip link set mv up")
    live.wait_until(is_promiscuous(live, "v0"))
    address = links(live)["mv"].address
    live.wait_until(lambda: address in macs(live, "self"))
    run(world, "ip link set mv address 02:00:00:00:00:77")
    live.wait_until(lambda: macs(live, "self") >= {"02:00:00:00:00:77"} and address not in macs(live, "self"))
    live.wait_until_as_fresh()


def test_macvlan_is_shown_with_the_limits_that_it_takes_over_from_its_lower_link(world: World, live: Live) -> None:
    run(world, "ip link add br0 address 02:00:00:00:00:99 type bridge")
    run(world, "ip link set br0 up", "ip link add mv link br0 type macvlan", "ip link set mv up")
    live.wait_until(lambda: "mv" in links(live) and links(live)["mv"].admin_up)
    live.wait_until_as_fresh()
    before = links(live)["mv"].tso_max_size
    run(world, "ip link set v0 master br0", "ip link set v0 nomaster")
    live.wait_until(lambda: links(live)["mv"].tso_max_size > before, 1.0)
    live.wait_until_as_fresh()


def test_lower_link_is_no_longer_promiscuous_after_its_macvlan_was_deleted_with_a_namespace(
    world: World, live: Live
) -> None:
    run(world, "ip netns add n1", "ip link add mv link v0 type macvlan mode bridge", "ip link set mv netns n1")
    run(world, "ip -n n1 link set mv up")
    live.wait_until(is_promiscuous(live, "v0"))
    run(world, "ip netns del n1")
    live.wait_until(lambda: links(live)["v0"].promiscuity == 0 and not macs(live, "self"))
    live.wait_until_as_fresh()


def test_bridge_ports_show_the_new_id_when_the_bridge_id_changes(world: World, live: Live) -> None:
    run(world, "ip link add br0 type bridge", "ip link set br0 up", "ip link set v0 master br0")
    live.wait_until(lambda: isinstance(links(live)["v0"].port, BridgePort))
    live.take_for(1.5)
    run(world, "ip link set br0 address 02:00:00:00:00:99")

    def follows() -> bool:
        port = links(live)["v0"].port
        return isinstance(port, BridgePort) and port.designated_bridge.endswith("02:00:00:00:00:99")

    live.wait_until(follows)
    live.wait_until_as_fresh()


def test_peer_of_a_new_bridge_port_is_shown_with_the_headroom_that_another_port_needs(world: World, live: Live) -> None:
    run(
        world,
        "ip netns add n1",
        "ip link set v1 netns n1",
        "ip -n n1 link set v1 up",
        "ip -n n1 link set lo up",
        "ip link add br0 up type bridge",
        "ip link add deep up type vxlan id 7 remote 192.0.2.1 dstport 4789",
        "ip link set deep master br0",
    )
    live.wait_until_as_fresh()
    live.take_for(1.0)  # links that changed are read a second time
    assert links(live)["v1"].headroom == 0
    world.run("ip link set v0 master br0")
    live.wait_until(lambda: links(live)["v1"].headroom > 0, 0.5, exact=True)


def test_link_is_shown_with_its_current_qdisc(world: World, live: Live) -> None:
    run(world, "tc qdisc replace dev v0 root pfifo limit 5")
    live.wait_until(lambda: links(live)["v0"].qdisc == "pfifo")
    run(world, "tc qdisc del dev v0 root")
    live.wait_until(lambda: links(live)["v0"].qdisc == "noqueue")
    live.wait_until_as_fresh()


# -- what the kernel reports, except in rare cases


def test_table_of_nftables_disappears_when_its_owner_dies(world: World, live: Live) -> None:
    owner = world.popen(["nft", "-i"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert owner.stdin is not None
    script = "add table inet fw { flags owner; }\n"
    script += "add chain inet fw in { type filter hook input priority 0; policy drop; }\n"
    owner.stdin.write(script.encode())
    owner.stdin.flush()
    live.wait_until(lambda: [chain.name for chain in of_type(live.topology, NfChain)] == ["in"])
    os.kill(inner_pid(owner), signal.SIGKILL)
    owner.wait()
    live.wait_until(lambda: not list(of_type(live.topology, NfTable)), ROUND_S)
    live.wait_until_as_fresh()


def test_changes_whose_events_were_lost_are_found_within_ten_seconds_at_ten_namespaces(world: World) -> None:
    for at in range(9):
        world.run(f"ip netns add n{at}")
    run(world, "ip link add v0 type veth peer name v1", "ip link set v0 up", "ip link set v1 up")
    run(world, "ip link add br0 type bridge", "ip link set br0 up", "ip link set v1 master br0")
    run(world, "ip addr add 192.0.2.1/24 dev v0", "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev v0")
    run(world, "nft add table inet fw", "ip nexthop add id 7 dev v0")
    run(world, "ip xfrm policy add src 10.0.0.0/24 dst 10.0.1.0/24 dir out action block")
    script = str(CHECKOUT / "tests" / "conformance" / "forgetting.py")
    subjects = ("routes", "fdb", "netfilter", "neighbours", "rules", "nexthops", "ipsec")
    waited = float(world.run(["env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, *subjects]))
    assert waited <= 11  # a namespace has its turn every 10 s, and the turn takes a moment
