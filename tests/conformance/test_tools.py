"""What is read equals what the kernel's own tools print: ip, bridge, nft."""

import json
import re
from typing import Any

import pytest

from netviz.model.address import FdbEntry, Neighbour
from netviz.model.bridges import BridgeData, BridgePort
from netviz.model.kinds import MacvlanData, TunData, VxlanData
from netviz.model.link import Link
from netviz.model.netfilter import LegacyTable, NfChain, NfElements, NfRule, NfSet, NfTable, Verdict
from netviz.model.route import NextHopObject, Route, RouteRule
from netviz.model.topology import AnyEntity, of_type
from tests.conformance.live import dumped_topology
from tests.worlds import World


def links_by_name(topology: dict[str, AnyEntity]) -> dict[str, Link]:
    return {link.ifname: link for link in of_type(topology, Link)}


def make_links(world: World) -> None:
    for command in (
        "ip link add br0 type bridge ageing_time 1234 stp_state 1 priority 4096 mcast_snooping 0",
        "ip link set br0 type bridge nf_call_iptables 1 forward_delay 777",
        "ip link add v0 type veth peer name v1",
        "ip link set v0 master br0",
        "bridge link set dev v0 cost 7 priority 9 hairpin on isolated on learning off flood off guard on",
        "ip link set v0 mtu 1400 alias hello group 7 txqueuelen 77 up",
        "ip link add mv link v1 type macvlan mode private",
        "ip link add mt link v1 type macvtap mode vepa",
        "ip link add vx type vxlan id 99 remote 192.0.2.9 local 192.0.2.1 dstport 4790 ttl 9 nolearning ageing 77",
        "ip tuntap add t0 mode tap user 1000 multi_queue",
        "ip link set br0 up",
    ):
        world.run(command)


def test_links_equal_the_links_that_ip_prints(world: World) -> None:
    make_links(world)
    topology = dumped_topology(world)
    read = links_by_name(topology)
    printed = json.loads(world.run("ip -j -d link"))
    assert sorted(line["ifname"] for line in printed) == sorted(read)
    for line in printed:
        link = read[line["ifname"]]
        assert (link.ifindex, link.mtu, link.min_mtu, link.max_mtu) == (
            line["ifindex"],
            line["mtu"],
            line.get("min_mtu", 0),
            line.get("max_mtu", 0),
        )
        assert (link.address, link.operstate, link.qdisc) == (line["address"], line["operstate"].lower(), line["qdisc"])
        assert (link.ifalias, link.tx_queue_length) == (line.get("ifalias", ""), line.get("txqlen", 0))
        assert link.promiscuity == line["promiscuity"]
        assert link.admin_up == ("UP" in line["flags"])
        assert link.carrier == ("LOWER_UP" in line["flags"])
        if link.kind != "loopback":
            assert link.kind == line["linkinfo"]["info_kind"]


def info(world: World, name: str) -> dict[str, Any]:
    (line,) = json.loads(world.run(f"ip -j -d link show {name}"))
    data: dict[str, Any] = line["linkinfo"]
    return data


def padded(bridge_id: str) -> str:
    """Returns a bridge id with leading zeroes in each byte. ip prints the bytes without them."""
    priority, address = bridge_id.split(".")
    return f"{priority}.{':'.join(byte.zfill(2) for byte in address.split(':'))}"


def test_link_data_equals_the_data_that_ip_prints(world: World) -> None:
    make_links(world)
    read = links_by_name(dumped_topology(world))
    bridge, vxlan, tap = read["br0"].data, read["vx"].data, read["t0"].data
    assert isinstance(bridge, BridgeData)
    printed = info(world, "br0")["info_data"]
    assert (bridge.ageing_time_cs, bridge.forward_delay_cs, bridge.priority) == (
        printed["ageing_time"],
        printed["forward_delay"],
        printed["priority"],
    )
    assert (bridge.stp, bridge.mcast_snooping, bridge.nf_call_iptables) == (True, False, True)
    assert bridge.bridge_id == padded(printed["bridge_id"])
    assert isinstance(vxlan, VxlanData)
    assert (vxlan.vni, vxlan.remote, vxlan.local, vxlan.port, vxlan.ttl) == (99, "192.0.2.9", "192.0.2.1", 4790, 9)
    assert (vxlan.learning, vxlan.ageing_s) == (False, 77)
    assert read["mv"].data == MacvlanData("private")
    assert read["mt"].data == MacvlanData("vepa")
    assert isinstance(tap, TunData)
    assert (tap.mode, tap.owner, tap.multi_queue, tap.persist) == ("tap", 1000, True, True)


def test_bridge_port_equals_the_port_that_ip_prints(world: World) -> None:
    make_links(world)
    port = links_by_name(dumped_topology(world))["v0"].port
    assert isinstance(port, BridgePort)
    printed = info(world, "v0")["info_slave_data"]
    assert (port.state, port.cost, port.priority) == (printed["state"], printed["cost"], printed["priority"])
    assert (port.hairpin, port.isolated, port.learning, port.flood, port.guard) == (True, True, False, False, True)
    assert port.number == int(printed["no"], 16)
    priority, _, mac = printed["root_id"].partition(".")
    assert port.designated_root == f"{priority}.{':'.join(digits.zfill(2) for digits in mac.split(':'))}"


def make_routes(world: World) -> None:
    for command in (
        "ip link add v0 type veth peer name v1",
        "ip addr add 192.0.2.1/24 dev v0",
        "ip addr add 198.51.100.1/24 dev v0",
        "ip link set v0 up",
        "ip link set v1 up",
        "ip addr add 2001:db8::1/64 dev v0 nodad",
        "ip route add blackhole 10.1.0.0/16",
        "ip route add unreachable 10.2.0.0/16 metric 5",
        "ip route add prohibit 10.3.0.0/16",
        "ip route add throw 10.4.0.0/16 table 2",
        "ip route add default via 192.0.2.254 proto static src 192.0.2.1 mtu lock 1300 advmss 1200 congctl cubic",
        "ip route add 10.5.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3 weight 3",
        "ip route add 10.6.0.0/16 via 10.255.0.1 dev v0 onlink",
        "ip route add 10.7.0.0/16 tos 0x10 via 192.0.2.9",
        "ip route append 10.8.0.0/16 via 192.0.2.9",
        "ip route append 10.8.0.0/16 via 192.0.2.10",
        "ip nexthop add id 5 via 192.0.2.7 dev v0",
        "ip nexthop add id 6 via 192.0.2.8 dev v0",
        "ip nexthop add id 7 group 5,3/6",
        "ip route add 10.9.0.0/16 nhid 7",
        "ip -6 route add 2001:db8:1::/48 nexthop via 2001:db8::3 nexthop via 2001:db8::4",
        "ip -6 route add unreachable 2001:db8:2::/48",
        "ip -6 route add 2001:db8:3::/48 via 2001:db8::9 pref high",
        "ip route add 10.10.0.0/16 via inet6 2001:db8::77 dev v0",
    ):
        world.run(command)


def test_routes_are_shown_with_their_attributes_even_if_destinations_are_equal(world: World) -> None:
    make_routes(world)
    topology = dumped_topology(world)
    read = {(route.dst, route.nth): route for route in of_type(topology, Route) if route.table in (2, 254)}
    kinds = [read[f"10.{number}.0.0/16", 0].type for number in (1, 2, 3, 4)]
    assert kinds == ["blackhole", "unreachable", "prohibit", "throw"]
    assert read["10.4.0.0/16", 0].table == 2
    default = read["0.0.0.0/0", 0]
    assert (default.hops[0].via, default.prefsrc, default.protocol) == ("192.0.2.254", "192.0.2.1", "static")
    metrics = {metric.name: metric.text or metric.value for metric in default.metrics}
    assert (metrics["mtu"], metrics["advmss"], metrics["congctl"]) == (1300, 1200, "cubic")
    assert [(hop.via, hop.weight) for hop in read["10.5.0.0/16", 0].hops] == [("192.0.2.2", 2), ("192.0.2.3", 3)]
    assert read["10.6.0.0/16", 0].hops[0].flags == ("onlink",)
    assert read["10.7.0.0/16", 0].tos == 0x10
    assert [read["10.8.0.0/16", nth].hops[0].via for nth in (0, 1)] == ["192.0.2.9", "192.0.2.10"]
    assert read["10.9.0.0/16", 0].nexthop == 7
    assert [hop.via for hop in read["2001:db8:1::/48", 0].hops] == ["2001:db8::3", "2001:db8::4"]
    assert read["2001:db8:2::/48", 0].type == "unreachable"
    assert read["2001:db8:3::/48", 0].preference == "high"
    assert read["10.10.0.0/16", 0].hops[0].via == "2001:db8::77"
    group = {hop.id: hop for hop in of_type(topology, NextHopObject)}[7]
    assert [(member.id, member.weight) for member in group.group] == [(5, 3), (6, 1)]


def test_number_of_routes_equals_the_number_that_ip_prints(world: World) -> None:
    make_routes(world)
    read = list(of_type(dumped_topology(world), Route))
    printed = [json.loads(world.run(f"ip -j {family} route show table all")) for family in ("-4", "-6")]
    assert len(read) == sum(len(routes) for routes in printed)


def test_route_rules_equal_the_rules_that_ip_lists(world: World) -> None:
    for command in (
        "ip link add v0 type veth peer name v1",
        "ip rule add pref 100 from 10.0.0.0/8 to 192.0.2.0/24 table 77",
        "ip rule add pref 101 not fwmark 0x1/0xff table 88",
        "ip rule add pref 102 iif v0 oif v1 blackhole",
        "ip rule add pref 103 goto 200",
        "ip rule add pref 104 ipproto tcp sport 10 dport 20-30 table 9",
        "ip rule add pref 105 uidrange 1-99 prohibit",
        "ip rule add pref 106 table main suppress_prefixlength 0",
        "ip rule add pref 107 tos 0x10 unreachable",
        "ip -6 rule add pref 108 from 2001:db8::/32 table 7",
        "ip rule add pref 200 nop",
    ):
        world.run(command)
    rules = {rule.priority: rule for rule in of_type(dumped_topology(world), RouteRule)}
    assert (rules[100].src, rules[100].dst, rules[100].table) == ("10.0.0.0/8", "192.0.2.0/24", 77)
    assert (rules[101].invert, rules[101].fwmark, rules[101].fwmask) == (True, 1, 0xFF)
    assert (rules[102].iif, rules[102].oif, rules[102].action) == ("v0", "v1", "blackhole")
    assert (rules[103].action, rules[103].target) == ("goto", 200)
    ports = rules[104].sport, rules[104].dport
    assert [(p.first, p.last) for p in ports if p] == [(10, 10), (20, 30)]
    assert rules[104].ip_protocol == 6
    uids = rules[105].uids
    assert uids is not None
    assert (uids.first, uids.last, rules[105].action) == (1, 99, "prohibit")
    assert rules[106].suppress_prefix == 0
    assert (rules[107].tos, rules[107].action) == (0x10, "unreachable")
    assert rules[108].family == "ip6"
    assert rules[200].action == "nop"


def test_neighbours_and_fdb_entries_equal_the_configured_ones(world: World) -> None:
    for command in (
        "ip link add br0 type bridge",
        "ip link add v0 type veth peer name v1",
        "ip link set v0 master br0",
        "ip link set v0 up",
        "ip link set br0 up",
        "ip neigh add 192.0.2.5 lladdr 02:00:00:00:00:05 dev br0 nud permanent",
        "ip neigh add 192.0.2.6 lladdr 02:00:00:00:00:06 dev br0 nud noarp",
        "ip neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev br0 nud reachable",
        "ip neigh add 192.0.2.8 dev br0 nud failed",
        "ip neigh add proxy 192.0.2.9 dev br0",
        "bridge fdb add 02:00:00:00:00:11 dev v0 master static",
        "ip link add vx type vxlan id 9 dstport 4789 local 192.0.2.1",
        "bridge fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.77",
        "bridge fdb append 02:00:00:00:00:22 dev vx dst 192.0.2.78 vni 7 port 99",
    ):
        world.run(command)
    topology = dumped_topology(world)
    states = {neighbour.address: neighbour.state for neighbour in of_type(topology, Neighbour) if not neighbour.proxy}
    assert states == {
        "192.0.2.5": "permanent",
        "192.0.2.6": "noarp",
        "192.0.2.7": "known",
        "192.0.2.8": "failed",
    }
    assert [neighbour.address for neighbour in of_type(topology, Neighbour) if neighbour.proxy] == ["192.0.2.9"]
    entries = {(entry.mac, entry.remote): entry for entry in of_type(topology, FdbEntry)}
    assert entries["02:00:00:00:00:11", ""].state == "static"
    assert entries["00:00:00:00:00:00", "192.0.2.77"].table == "self"
    far = entries["02:00:00:00:00:22", "192.0.2.78"]
    assert (far.vni, far.port) == (7, 99)


# -- netfilter

# Rules whose text equals that of nft letter for letter.
RULES = (
    "ct state established,related accept",
    'iifname "eth*" tcp dport { 22, 80, 1000-2000 } accept',
    "ip saddr @s drop",
    "ip saddr 10.0.0.0/8 ip daddr != 192.0.2.1 drop",
    "ip saddr 10.1.2.0/23 accept",
    "ip6 saddr fe80::/10 accept",
    "tcp dport 1-1024 accept",
    "udp dport != 53 drop",
    "th dport 53 accept",
    "meta mark & 0x000000ff == 0x00000001 meta mark set 0x00000042",
    'log prefix "x: " level info',
    "icmp type echo-request accept",
    "icmpv6 type nd-neighbor-solicit accept",
    "ip daddr . tcp dport { 1.2.3.4 . 80, 2.3.4.0/24 . 90-99 } accept",
    "fib daddr type local accept",
    'counter name "cc"',
    "ether saddr 02:00:00:00:00:01 accept",
    "meta l4proto tcp accept",
    "ip protocol udp accept",
    "ct mark set meta mark",
    "meta skuid 0 accept",
    "tcp dport vmap { 80 : accept, 443 : jump other }",
    "ip dscp 0x03 accept",
    "meta nfproto ipv6 reject with icmpx admin-prohibited",
    "reject with tcp reset",
    "ip ttl 64 return",
    "goto other",
)


def load(world: World, ruleset: str) -> None:
    world.run("nft -f -", stdin=ruleset)


def test_text_of_each_rule_equals_the_text_that_nft_prints(world: World) -> None:
    lines = "\n".join(RULES)
    load(
        world,
        f"""table inet t {{
        set s {{
            type ipv4_addr
            flags interval
            elements = {{ 10.0.0.0/8, 192.168.1.1-192.168.1.7 }}
        }}
        counter cc {{
        }}
        chain other {{
        }}
        chain c {{
        type filter hook input priority 0; policy drop;
        {lines}
        }}
        }}""",
    )
    printed = re.findall(r"^\t\t(.*)$", world.run("nft list chain inet t c"), re.MULTILINE)[1:]
    rules = sorted(of_type(dumped_topology(world), NfRule), key=lambda rule: rule.position)
    assert [rule.text for rule in rules if rule.chain == "c"] == printed


@pytest.mark.parametrize(
    ("hook", "rule"),
    [
        ("postrouting priority 100", 'oifname "br0" masquerade random'),
        ("postrouting priority 100", "snat to 1.2.3.4"),
        ("postrouting priority 100", "meta l4proto udp snat to 1.2.3.4-1.2.3.9:1000-2000"),
        ("prerouting priority -100", "tcp dport 80 dnat to 10.0.0.1:8080"),
        ("prerouting priority -100", "udp dport 53 redirect to :5353"),
        ("prerouting priority -100", "dnat to tcp dport map { 1 : 10.0.0.1, 2 : 10.0.0.2 }"),
    ],
)
def test_text_of_address_translations_equals_the_text_that_nft_prints(world: World, hook: str, rule: str) -> None:
    load(world, f"table ip n {{\nchain c {{\ntype nat hook {hook};\n{rule}\n}}\n}}")
    (read,) = of_type(dumped_topology(world), NfRule)
    assert read.text == rule


def test_chains_and_tables_of_every_family_are_shown(world: World) -> None:
    world.run("ip link add v0 type veth peer name v1")
    for family in ("ip", "ip6", "inet", "arp", "bridge"):
        load(world, f"table {family} t {{\nchain c {{\ntype filter hook input priority 7; policy drop;\n}}\n}}")
    load(world, "table netdev t {\nchain c {\ntype filter hook ingress device v0 priority -5;\n}\n}")
    topology = dumped_topology(world)
    assert {table.family for table in of_type(topology, NfTable)} == {"ip", "ip6", "inet", "arp", "bridge", "netdev"}
    bases = {chain.family: chain.base for chain in of_type(topology, NfChain)}
    assert {family: (base.hook, base.priority, base.policy) for family, base in bases.items() if base} == {
        "ip": ("input", 7, "drop"),
        "ip6": ("input", 7, "drop"),
        "inet": ("input", 7, "drop"),
        "arp": ("input", 7, "drop"),
        "bridge": ("input", 7, "drop"),
        "netdev": ("ingress", -5, "accept"),
    }
    netdev = bases["netdev"]
    assert netdev is not None
    assert netdev.devices == ("v0",)


def test_comments_and_verdicts_of_rules_are_shown(world: World) -> None:
    load(
        world,
        """table inet t {
        comment "of a table"
        set s {
            type ipv4_addr
            comment "of a set"
            elements = { 1.2.3.4 comment "of an element" }
        }
        chain c {
        comment "of a chain"
        tcp dport 22 counter accept comment "of a <rule>"
        }
        }""",
    )
    topology = dumped_topology(world)
    (rule,) = of_type(topology, NfRule)
    assert (rule.comment, rule.verdict, rule.counter) == ("of a <rule>", Verdict("accept"), True)
    assert [table.comment for table in of_type(topology, NfTable)] == ["of a table"]
    assert [found.comment for found in of_type(topology, NfSet)] == ["of a set"]
    assert [chain.comment for chain in of_type(topology, NfChain)] == ["of a chain"]
    (elements,) = of_type(topology, NfElements)
    assert [element.comment for element in elements.elements] == ["of an element"]


def test_undecoded_iptables_matches_are_shown_by_name(world: World) -> None:
    matches = "-m conntrack --ctstate NEW -m comment --comment hello -p tcp --dport 80"
    world.run(f"iptables-nft -A FORWARD {matches} -j ACCEPT")
    (rule,) = of_type(dumped_topology(world), NfRule)
    assert rule.text == '[match conntrack] comment "hello" tcp dport 80 counter accept'
    assert rule.comment == "hello"
    assert all(expression.raw for expression in rule.expressions if expression.text is None)


def test_legacy_iptables_table_is_shown_only_in_the_namespace_that_loaded_it(world: World) -> None:
    world.run("ip netns add n1")
    assert not list(of_type(dumped_topology(world), LegacyTable))
    world.run("iptables-legacy -A INPUT -p tcp -j ACCEPT")
    (table,) = of_type(dumped_topology(world), LegacyTable)
    assert (table.family, table.name, table.entries) == ("ip", "filter", 5)


def test_legacy_table_has_as_many_rules_as_iptables_legacy_save_prints(world: World) -> None:
    world.run("iptables-legacy -A INPUT -p tcp -j ACCEPT")
    world.run("iptables-legacy -N mine")
    world.run("iptables-legacy -A mine -s 192.0.2.9 -j DROP")
    world.run("ip6tables-legacy -t mangle -A OUTPUT -d 2001:db8::1 -j DROP")
    found = {(each.family, each.name): each.rules for each in of_type(dumped_topology(world), LegacyTable)}
    saved = world.run("iptables-legacy-save").splitlines()
    assert found == {
        ("ip", "filter"): sum(line.startswith("-A") for line in saved),
        ("ip6", "mangle"): 1,
    }


def test_chain_is_shown_with_its_number_of_rules(world: World) -> None:
    world.run("nft -f -", stdin="table ip t {\n chain c {\n accept\n drop\n }\n chain empty {\n }\n }")
    chains = {chain.name: chain.rules for chain in of_type(dumped_topology(world), NfChain)}
    assert chains == {"c": 2, "empty": 0}
