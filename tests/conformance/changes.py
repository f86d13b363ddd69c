"""Random changes of everything in a kernel's network: the same for the same seed and the same kernel.

A change is a line for ip(8), bridge(8), tc(8), nft(8) or sysctl(8) in a namespace. Its objects are chosen from those
that existed at the last comparison, sometimes at random. Some lines are refused, which is a change too: a refused
change of master still removes the old master.
"""

from collections.abc import Callable

from tests.conformance.choosing import ALIASES, HOME, NAMES, Change, Chooser

TABLES = ("7", "main", "main")
MACS = tuple(f"02:00:00:00:00:{number:02x}" for number in range(1, 7))
FAMILIES = ("ip", "ip6", "inet", "bridge", "arp")


class Changes(Chooser):
    """Chooses changes, determined by `seed`."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._weighed = [(make, weight) for make, weight in self._kinds().items()]

    def next(self) -> Change:
        """Returns the next change."""
        makes, weights = zip(*self._weighed, strict=True)
        make: Callable[[], Change] = self._random.choices(makes, weights)[0]
        return make()

    def _kinds(self) -> dict[Callable[[], Change], int]:
        return {
            self._namespace: 7,
            self._alias: 1,
            self._new_link: 16,
            self._link_gone: 4,
            self._up_or_down: 16,
            self._move: 8,
            self._rename: 4,
            self._master: 9,
            self._link_setting: 8,
            self._kind_setting: 4,
            self._port_setting: 3,
            self._address: 14,
            self._route: 16,
            self._multipath: 5,
            self._nexthop: 6,
            self._rule: 5,
            self._neighbour: 6,
            self._fdb: 6,
            self._sysctl: 3,
            self._nft: 5,
            self._traffic_control: 4,
        }

    # -- namespaces

    def _namespace(self) -> Change:
        verb = self._one_of("add", "add", "del")
        return Change("ip", HOME, f"netns {verb} {self._one_of(*NAMES)}")

    def _alias(self) -> Change:
        old, new = f"/run/netns/{self._one_of(*NAMES)}", self._one_of(*ALIASES)
        mount = f"touch /run/netns/{new} && mount --bind {old} /run/netns/{new} || rm -f /run/netns/{new}"
        return Change("sh", HOME, self._one_of(mount, f"ip netns del {new}"))

    # -- links

    def _new_link(self) -> Change:
        ns, there = self._ns(), self._one_of(*NAMES)
        index = f"index {5 + self._below(30)}" if self._below(2) else ""
        other = f"index {5 + self._below(30)}" if self._below(2) else ""
        lower = self._beside(ns, "veth", "bridge", "tun", "ifb")
        name = self._new_name("l")
        far = f"netns {there}" if self._below(3) else ""
        lines = (
            f"link add {name} {index} type veth peer name p{name} {other} {far}",
            f"link add {name} {index} type veth peer name p{name} {other} {far}",
            f"link add {name} {index} type veth peer name p{name} {other} {far}",
            f"link add {name} {index} type bridge forward_delay {self._one_of('0', '200')} stp_state {self._below(2)}",
            f"link add {name} link {lower} {index} type macvlan mode {self._one_of('bridge', 'private', 'vepa')}",
            f"link add {name} link {lower} type macvtap mode {self._one_of('bridge', 'vepa')}",
            f"link add {name} {index} type vxlan id {self._below(9)} dev {lower} dstport {4789 + self._below(9)}",
            f"link add {name} {index} type vxlan id {self._below(99)} local 10.0.0.1 dstport {4789 + self._below(9)}",
            f"link add {name} {index} type ifb",
            f"tuntap add {name} mode {self._one_of('tap', 'tun')}",
        )
        return Change("ip", ns, self._one_of(*lines))

    def _link_gone(self) -> Change:
        ns, name = self._link()
        return Change("ip", ns, f"link del {name}")

    def _up_or_down(self) -> Change:
        ns, name = self._link()
        if not self._below(6):
            name = "lo"
        return Change("ip", ns, f"link set {name} {self._one_of('up', 'up', 'up', 'down')}")

    def _move(self) -> Change:
        ns, name = self._link()
        there = self._one_of("1", *NAMES)
        how = self._one_of("", "", f"name {self._renamed(name)}", f"name {name}x", f"index {5 + self._below(30)}")
        return Change("ip", ns, f"link set {name} netns {there} {how}")

    def _rename(self) -> Change:
        ns, name = self._link()
        return Change("ip", ns, f"link set {name} name {self._renamed(name)}")

    def _renamed(self, name: str) -> str:
        """Returns another name with the same first letter, by which the other end of a veth can still be found."""
        letter = "p" if name.startswith("p") else "r"
        return self._one_of(self._new_name(letter), self._new_name(letter), f"{letter}same")

    def _master(self) -> Change:
        """Returns a change of a link's master. Only one end of a veth may become a port, so that no frame loops."""
        ns, name = self._link("veth", "tun", "vxlan", "ifb", "bridge")
        bridge = "nomaster" if name.startswith("p") else f"master {self._beside(ns, 'bridge')}"
        return Change("ip", ns, f"link set {name} {self._one_of('nomaster', bridge, bridge, bridge, bridge)}")

    def _link_setting(self) -> Change:
        ns, name = self._link()
        up = f"link set {name} up\n"  # while a link is down, the kernel reports none of these
        return Change(
            "ip",
            ns,
            self._one_of(
                f"link set {name} mtu {1280 + self._below(200)}",
                f"link set {name} address 02:01:00:00:{self._below(100):02d}:{self._below(100):02d}",
                f"link set {name} arp {self._one_of('on', 'off')}",
                f"link set {name} multicast {self._one_of('on', 'off')}",
                f"link set {name} promisc {self._one_of('on', 'off')}",
                f"link set {name} txqueuelen {100 + self._below(100)}",
                f"{up}link set {name} addrgenmode {self._one_of('eui64', 'none', 'random')}",
                f"link set {name} carrier {self._below(2)}",
                f"{up}link set {name} alias a{self._below(9)}",
                f"{up}link set {name} group {self._below(9)}",
                f"{up}link property add dev {name} altname alt{self._below(40)}",
                f"{up}link property del dev {name} altname alt{self._below(40)}",
            ),
        )

    def _kind_setting(self) -> Change:
        kind = self._one_of("bridge", "macvlan", "vxlan")
        ns, name = self._link(kind)
        setting = {
            "bridge": self._one_of(
                f"ageing_time {1000 * (1 + self._below(30))}",
                f"stp_state {self._below(2)}",
                f"priority {self._below(9) * 4096}",
                f"mcast_snooping {self._below(2)}",
                f"nf_call_iptables {self._below(2)}",
                "fdb_flush",
            ),
            "macvlan": f"mode {self._one_of('bridge', 'private', 'vepa')}",
            "vxlan": self._one_of(f"ttl {1 + self._below(9)}", f"ageing {100 + self._below(9)}", "nolearning"),
        }[kind]
        return Change("ip", ns, f"link set {name} up\nlink set {name} type {kind} {setting}")

    def _port_setting(self) -> Change:
        ns, name = self._link("veth", "tun", "vxlan")
        word = self._one_of("hairpin", "isolated", "learning", "flood", "guard", "mcast_flood")
        setting = self._one_of(
            f"{word} {self._one_of('on', 'off')}", f"cost {1 + self._below(99)}", f"priority {self._below(64)}"
        )
        return Change("bridge", ns, f"link set dev {name} {setting}")

    # -- addresses

    def _address(self) -> Change:
        ns, name = self._link()
        if not self._below(8):
            name = "lo"
        v4, v6 = self._v4(), self._v6()
        return Change.ip(
            ns,
            self._one_of(
                f"addr add {v4}/24 dev {name}",
                f"addr add {v4}/24 brd + dev {name}",
                f"addr add {v4} peer {self._v4()}/32 dev {name}",
                f"addr add {v4}/16 dev {name} metric {self._below(9)}",
                f"addr replace {v4}/24 dev {name} valid_lft 500 preferred_lft 400",
                f"addr add {v4}/24 dev {name} noprefixroute",
                f"addr add {v6}/64 dev {name}",
                f"addr add {v6}/64 dev {name} nodad",
                f"addr replace {v6}/64 dev {name} preferred_lft 0",
                f"addr del {v4}/24 dev {name}",
                f"addr del {v6}/64 dev {name}",
                f"addr flush dev {name}",
                f"-4 addr flush dev {name} scope global",
            ),
        )

    # -- routes

    def _prefix(self) -> str:
        return f"10.{50 + self._below(6)}.0.0/16"

    def _prefix6(self) -> str:
        return f"2001:db8:f{self._below(6)}::/48"

    def _route(self) -> Change:
        ns, name = self._link()
        verb = self._one_of("add", "add", "replace", "append", "change", "del", "prepend")
        table, metric = self._one_of(*TABLES), self._one_of("", "", f"metric {self._below(3)}")
        kind = self._one_of("blackhole", "unreachable", "prohibit", "throw")
        four, six = self._prefix(), self._prefix6()
        tail = f"table {table} {metric}"
        return Change.ip(
            ns,
            self._one_of(
                f"route {verb} {four} dev {name} {tail}",
                f"route {verb} {four} dev {name} src {self._v4()} {tail}",
                f"route {verb} {four} via {self._v4()} {tail}",
                f"route {verb} {four} via {self._v4()} dev {name} onlink mtu {1000 + self._below(99)} {tail}",
                f"route {verb} {kind} {four} {tail}",
                f"route {verb} {four} dev {name} tos 0x10 {tail}",
                f"route {verb} {four} nhid {1 + self._below(6)} {tail}",
                f"-6 route {verb} {six} dev {name} {tail}",
                f"-6 route {verb} {six} via {self._v6()} {tail}",
                f"-6 route {verb} {six} via {self._v6()} dev {name} onlink {tail}",
                f"-6 route {verb} {kind} {six} {tail}",
                f"-6 route {verb} {six} nhid {1 + self._below(6)} {tail}",
                f"route flush table {table} root 10.48.0.0/13",
            ),
        )

    def _multipath(self) -> Change:
        ns, name = self._link()
        other = self._beside(ns)
        verb = self._one_of("add", "replace", "append", "del")
        return Change.ip(
            ns,
            self._one_of(
                f"route {verb} {self._prefix()} nexthop dev {name} weight {1 + self._below(3)} nexthop dev {other}",
                f"route {verb} {self._prefix()} nexthop via {self._v4()} dev {name} onlink nexthop dev {other}",
                f"-6 route {verb} {self._prefix6()} nexthop dev {name} nexthop dev {other}",
                f"-6 route {verb} {self._prefix6()} nexthop via {self._v6()} dev {name} onlink nexthop dev {other}",
                f"-6 route append {self._prefix6()} dev {other}",
                f"-6 route del {self._prefix6()} dev {name}",
            ),
        )

    def _nexthop(self) -> Change:
        ns, name = self._link()
        number, verb = 1 + self._below(4), self._one_of("add", "replace")
        return Change(
            "ip",
            ns,
            self._one_of(
                f"nexthop {verb} id {number} dev {name}",
                f"nexthop {verb} id {number} via {self._v4()} dev {name} onlink",
                f"nexthop {verb} id {number} via {self._v6()} dev {name} onlink",
                f"nexthop {verb} id {number} blackhole",
                f"nexthop {verb} id {5 + self._below(2)} group {number}/{1 + self._below(4)},{2 * self._below(2) + 1}",
                f"nexthop del id {1 + self._below(6)}",
            ),
        )

    def _rule(self) -> Change:
        ns, name = self._link()
        family, priority = self._one_of("-4", "-6"), 100 + self._below(4)
        return Change.ip(
            ns,
            self._one_of(
                f"{family} rule add pref {priority} table {self._one_of('7', '8', 'main')}",
                f"{family} rule add pref {priority} iif {name} table 7",
                f"{family} rule add pref {priority} oif {name} fwmark {self._below(9)} blackhole",
                f"{family} rule add pref {priority} goto {101 + self._below(9)}",
                f"{family} rule del pref {priority}",
            ),
        )

    # -- neighbours

    def _neighbour(self) -> Change:
        ns, name = self._link()
        to = self._one_of(self._v4(), self._v6())
        state = self._one_of("permanent", "noarp", "reachable", "stale")
        return Change(
            "ip",
            ns,
            self._one_of(
                f"neigh replace {to} lladdr {self._one_of(*MACS)} dev {name} nud {state}",
                f"neigh replace {to} lladdr {self._one_of(*MACS)} dev {name} nud permanent router",
                f"neigh replace {to} lladdr {self._one_of(*MACS)} dev {name}\nneigh change {to} dev {name} nud failed",
                f"neigh del {to} dev {name}",
                f"neigh flush dev {name}",
            ),
        )

    def _fdb(self) -> Change:
        ns, name = self._link("vxlan") if self._below(2) else self._link("veth", "tun", "macvlan", "ifb")
        mac, vlan = self._one_of(*MACS), self._one_of("static", "dynamic", "permanent")
        return Change(
            "bridge",
            ns,
            self._one_of(
                f"fdb add {mac} dev {name} master {vlan}",
                f"fdb replace {mac} dev {name} master {vlan}",
                f"fdb add {mac} dev {name} self",
                f"fdb append {mac} dev {name} dst {self._v4()} self",
                f"fdb append 00:00:00:00:00:00 dev {name} dst {self._v4()} self",
                f"fdb del {mac} dev {name} {self._one_of('master', 'self')}",
            ),
        )

    # -- settings and netfilter

    def _sysctl(self) -> Change:
        ns, name = self._link()
        where = self._one_of(name, name, "all", "default")
        return Change(
            "sysctl",
            ns,
            self._one_of(
                f"net/ipv4/conf/{where}/forwarding={self._below(2)}",
                f"net/ipv4/conf/{where}/rp_filter={self._below(3)}",
                f"net/ipv4/conf/{where}/proxy_arp={self._below(2)}",
                f"net/ipv4/conf/{where}/ignore_routes_with_linkdown={self._below(2)}",
                f"net/ipv6/conf/{where}/forwarding={self._below(2)}",
                f"net/ipv6/conf/{where}/proxy_ndp={self._below(2)}",
                f"net/ipv4/ip_forward={self._below(2)}",
            ),
        )

    def _nft(self) -> Change:
        ns, name = self._link()
        table = f"{self._one_of(*FAMILIES)} t{self._below(2)}"
        chain = f"{table} c{self._below(2)}"
        return Change(
            "nft",
            ns,
            self._one_of(
                f"add table {table}",
                f"add table {table}; add chain {chain}; add rule {chain} counter drop",
                f"add table {table}; add chain {chain}; insert rule {chain} meta mark {self._below(9)} accept",
                f"add table {table}; add set {table} s {{ type mark; }}; add element {table} s {{ {self._below(9)} }}",
                f"add table {table}; add chain {table} b {{ type filter hook input priority {self._below(9)}; }}",
                f"add table netdev d; add chain netdev d c {{ type filter hook ingress device {name} priority 0; }}",
                f"flush chain {chain}",
                f"delete chain {chain}",
                f"delete table {table}",
                "flush ruleset",
            ),
        )

    def _traffic_control(self) -> Change:
        ns, name = self._link("veth", "tun", "ifb", "macvlan")
        return Change(
            "tc",
            ns,
            self._one_of(
                f"qdisc replace dev {name} root pfifo limit {1 + self._below(9)}",
                f"qdisc replace dev {name} root handle 1: htb default {self._below(9)}",
                f"qdisc replace dev {name} root tbf rate 1mbit burst 10k latency {1 + self._below(9)}ms",
                f"class replace dev {name} parent 1: classid 1:{1 + self._below(3)} htb rate {1 + self._below(9)}mbit",
                f"qdisc add dev {name} parent 1:1 bfifo",
                f"qdisc replace dev {name} clsact",
                f"qdisc del dev {name} root",
                f"qdisc del dev {name} clsact",
            ),
        )
