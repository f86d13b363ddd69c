"""Addresses, routes, rules, neighbours, FDB entries, qdiscs: the same number and values as ip, bridge and tc print."""

import json
from typing import Any

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.device import Qdisc, TcFilter
from netviz.model.link import Link
from netviz.model.route import Route, RouteRule
from netviz.model.topology import Topology, of_type
from tests.conformance.live import dumped_topology
from tests.worlds import World

SCRIPT = """
ip link add br0 type bridge
ip link add v0 type veth peer name v1
ip link add p0 type veth peer name q0
ip link add vx type vxlan id 5 remote 192.0.2.9 dstport 4789
ip link set p0 master br0
ip link set vx master br0
for each in lo br0 v0 v1 p0 q0 vx; do ip link set $each up; done
ip addr add 192.0.2.1/24 dev v0 label v0:x
ip addr add 198.51.100.1 peer 198.51.100.2/32 dev v0 valid_lft 5000 preferred_lft 4000 scope link
ip -6 addr add 2001:db8::1/64 dev v0 nodad
ip -6 addr add 2001:db8::2/64 dev v0 nodad noprefixroute
ip route add default via 192.0.2.254 metric 7 src 192.0.2.1 proto static
ip route add blackhole 10.1.0.0/16 table 77
ip route add 10.5.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3 weight 3
ip route add 10.6.0.0/16 via 192.0.2.4 tos 0x10
ip -6 route add unreachable 2001:db8:2::/48 metric 9
ip rule add from 192.0.2.0/24 to 10.0.0.0/8 fwmark 0x7/0xff iif v0 lookup 77 priority 100
ip rule add not from 192.0.2.0/25 prohibit priority 101
ip -6 rule add from 2001:db8::/64 lookup 78 priority 102
ip neigh add 192.0.2.3 lladdr 02:00:00:00:00:03 dev v0 nud permanent
ip neigh add 192.0.2.4 lladdr 02:00:00:00:00:04 dev v0 nud stale
ip neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 dev v0 router nud permanent
bridge fdb add 02:00:00:00:00:11 dev p0 master static
bridge fdb add 02:00:00:00:00:12 dev vx dst 192.0.2.8 self permanent
bridge fdb add 02:00:00:00:00:13 dev p0 master static sticky
tc qdisc add dev v0 root handle 1: htb default 10
tc class add dev v0 parent 1: classid 1:10 htb rate 1mbit
tc qdisc add dev v0 parent 1:10 handle 10: tbf rate 1mbit burst 10k latency 50ms
tc filter add dev v0 parent 1: protocol ip prio 3 u32 match ip dst 10.0.0.1 flowid 1:10
"""


def indexes(topology: Topology) -> dict[str, int]:
    return {link.ifname: link.ifindex for link in of_type(topology, Link)}


def printed(world: World, command: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(world.run(command) or "[]")
    return found


def made(world: World) -> Topology:
    world.run(["sh", "-ec", SCRIPT])
    return dumped_topology(world)


def test_addresses_equal_the_addresses_that_ip_prints(world: World) -> None:
    read = made(world)
    ours = {
        (each.ifindex, each.family, each.address, each.prefix, each.peer, each.scope, each.label)
        for each in of_type(read, Address)
    }
    theirs = {
        (
            line["ifindex"],
            {"inet": "ip", "inet6": "ip6"}[each["family"]],
            each["local"],
            each["prefixlen"],
            each.get("address", ""),
            each["scope"],
            each.get("label", ""),
        )
        for line in printed(world, "ip -j addr")
        for each in line["addr_info"]
    }
    assert ours == theirs


def test_routes_equal_the_routes_that_ip_prints(world: World) -> None:
    read = made(world)
    index = indexes(read)
    theirs = set()
    for family, everything in (("ip", "0.0.0.0/0"), ("ip6", "::/0")):
        for line in printed(world, f"ip -{'4' if family == 'ip' else '6'} -j -N route show table all"):
            if line["dst"].startswith("ff"):  # created by the kernel, for each link
                continue
            dst = everything if line["dst"] == "default" else line["dst"]
            full = dst if "/" in dst else f"{dst}/{32 if family == 'ip' else 128}"
            hops = [(hop["gateway"], index[hop["dev"]], hop["weight"]) for hop in line.get("nexthops", ())]
            if not hops and "dev" in line:
                hops = [(line.get("gateway", ""), index[line["dev"]], 1)]
            theirs.add((family, full, int(line.get("table", 254)), line.get("metric", 0), tuple(hops)))
    routes = [each for each in of_type(read, Route) if not each.dst.startswith("ff")]
    ours = {
        (
            each.family,
            each.dst,
            each.table,
            each.metric,
            tuple((hop.via, hop.ifindex, hop.weight) for hop in each.hops),
        )
        for each in routes
    }
    lone = {each for each in theirs if each not in ours}, {each for each in ours if each not in theirs}
    assert lone == (set(), set())


def test_route_rules_equal_the_rules_that_ip_prints(world: World) -> None:
    read = made(world)
    ours = {(each.family, each.priority, each.src, each.dst, each.invert) for each in of_type(read, RouteRule)}
    theirs = set()
    for family in ("ip", "ip6"):
        for line in printed(world, f"ip -{'4' if family == 'ip' else '6'} -j rule"):
            src = "" if line["src"] == "all" else f"{line['src']}/{line.get('srclen', '')}"
            dst = f"{line['dst']}/{line['dstlen']}" if "dst" in line else ""
            theirs.add((family, line["priority"], src, dst, "not" in line))
    assert ours == theirs


def test_neighbours_equal_the_neighbours_that_ip_prints(world: World) -> None:
    read = made(world)
    index = indexes(read)
    ours = {
        (each.ifindex, each.address, each.mac, each.state, each.router)
        for each in of_type(read, Neighbour)
        if each.state != "failed"  # a vxlan's remote that is being resolved, or failed
    }
    theirs = {
        (
            index[line["dev"]],
            line["dst"],
            line.get("lladdr", ""),
            "permanent" if "PERMANENT" in line["state"] else "known",
            "router" in line,
        )
        for line in printed(world, "ip -j neigh")
        if not {"INCOMPLETE", "FAILED"} & set(line["state"])
    }
    assert ours == theirs
    assert len(ours) == 3


def test_fdb_entries_equal_the_entries_that_the_bridge_command_prints(world: World) -> None:
    read = made(world)
    index = indexes(read)
    ours = {(each.ifindex, each.mac, each.table, each.remote, each.sticky) for each in of_type(read, FdbEntry)}
    theirs = {
        (
            index[line["ifname"]],
            line["mac"],
            "self" if "self" in line["flags"] else "master",
            line.get("dst", ""),
            "sticky" in line["flags"],
        )
        for line in printed(world, "bridge -j fdb")
        if not int(line["mac"][:2], 16) & 1
    }
    assert ours == theirs
    assert {mac[-2:] for _, mac, *_ in ours} >= {"11", "12", "13"}


def test_qdiscs_and_filters_equal_those_that_tc_prints(world: World) -> None:
    read = made(world)
    index = indexes(read)
    ours = {(each.ifindex, each.kind, each.handle, each.parent) for each in of_type(read, Qdisc)}
    theirs = {
        (index[line["dev"]], line["kind"], line["handle"], "root" if line.get("root") else line["parent"])
        for line in printed(world, "tc -j qdisc")
        if line["handle"] != "0:"
    }
    assert ours == theirs
    filters = [(each.parent, each.priority, each.kind, each.protocol, each.handle) for each in of_type(read, TcFilter)]
    lines = [line for line in printed(world, "tc -j filter show dev v0") if "key_ht" in line.get("options", ())]
    assert filters == [
        (line["parent"], line["pref"], line["kind"], line["protocol"], line["options"]["fh"]) for line in lines
    ]
