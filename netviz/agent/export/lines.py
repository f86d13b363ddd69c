"""Writes each entity as one line of text, as ip(8), bridge(8) and nft(8) write it."""

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.entity import LinkRef, key_of
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.netfilter import NfChain, NfSet
from netviz.model.route import NextHop, NextHopObject, Range, Route, RouteRule
from netviz.model.state import Connections, Listener
from netviz.model.topology import Topology
from netviz.uapi.words import ROUTE_TABLES


def joined(*words: str) -> str:
    """Returns these words in one line, separated by spaces. Empty words are left out."""
    return " ".join(word for word in words if word)


def ifname(world: Topology, ns: str, ifindex: int | None) -> str:
    """Returns the name of the link with this ifindex in this namespace, or `if` and the ifindex if there is no such
    link.
    """
    link = world.get(key_of("link", ns, ifindex)) if ifindex is not None else None
    return link.ifname if isinstance(link, Link) else f"if{ifindex}"


def link_name(world: Topology, here: str, ref: LinkRef) -> str:
    """Returns the name of a link. If it is in another namespace than `here`, the label of its namespace is added."""
    name = ifname(world, ref.ns, ref.ifindex)
    return name if ref.ns == here else f"{namespace_label(world, ref.ns)}:{name}"


def link_line(world: Topology, link: Link) -> str:
    """Returns a line for a link: ifindex, name, kind, state, peer or lower link."""
    return joined(
        f"{link.ifindex}: {link.ifname}",
        link.kind,
        "up" if link.admin_up else "down",
        "" if link.carrier or not link.admin_up else "no-carrier",
        f"mtu {link.mtu}",
        link.address,
        f"peer {link_name(world, link.ns, link.peer)}" if link.peer else "",
        f"on {link_name(world, link.ns, link.lower)}" if link.lower else "",
        "peer not visible" if link.beyond_sight else "",
        f"master {ifname(world, link.ns, link.master)}" if link.master is not None else "",
    )


def address_line(address: Address) -> str:
    """Returns a line for an address."""
    return joined(
        f"{address.address}/{address.prefix}",
        f"peer {address.peer}" if address.peer else "",
        f"scope {address.scope}" if address.scope != "global" else "",
        *(flag for flag in address.flags if flag != "permanent"),
    )


def neighbour_line(neighbour: Neighbour) -> str:
    """Returns a line for a neighbour."""
    kind = "proxy" if neighbour.proxy else neighbour.state
    return joined(
        f"neighbour {neighbour.address}", f"lladdr {neighbour.mac}" if neighbour.mac else "", kind,
        "router" if neighbour.router else "",
    )  # fmt: skip


def fdb_line(entry: FdbEntry) -> str:
    """Returns a line for an FDB entry."""
    return joined(
        f"fdb {entry.mac}",
        f"vlan {entry.vlan}" if entry.vlan else "",
        f"dst {entry.remote}" if entry.remote else "",
        entry.table,
        entry.state,
    )


def _table(table: int) -> str:
    return ROUTE_TABLES.get(table) or str(table)


def _hop(world: Topology, ns: str, hop: NextHop) -> str:
    return joined(
        f"via {hop.via}" if hop.via else "",
        f"dev {ifname(world, ns, hop.ifindex)}" if hop.ifindex is not None else "",
        f"encap {hop.encap}" if hop.encap else "",
        *hop.flags,
    )


def route_line(world: Topology, route: Route) -> str:
    """Returns a line for a route."""
    if len(route.hops) > 1:
        hops = [f"nexthop {_hop(world, route.ns, hop)} weight {hop.weight}" for hop in route.hops]
    else:
        hops = [_hop(world, route.ns, hop) for hop in route.hops]
    return joined(
        f"table {_table(route.table)}",
        route.type if route.type != "unicast" else "",
        route.dst,
        f"from {route.src}" if route.src else "",
        f"tos {route.tos:#x}" if route.tos else "",
        f"nhid {route.nexthop}" if route.nexthop is not None else "",
        *hops,
        f"proto {route.protocol}",
        f"scope {route.scope}" if route.scope != "global" else "",
        f"src {route.prefsrc}" if route.prefsrc else "",
        f"metric {route.metric}" if route.metric else "",
        *(f"{metric.name} {metric.text or metric.value}" for metric in route.metrics),
        *route.flags,
    )


def nexthop_line(world: Topology, hop: NextHopObject) -> str:
    """Returns a line for a nexthop object."""
    group = "/".join(f"{member.id},{member.weight}" for member in hop.group)
    return joined(
        f"id {hop.id}",
        f"group {group}" if group else "",
        "blackhole" if hop.blackhole else "",
        f"via {hop.via}" if hop.via else "",
        f"dev {ifname(world, hop.ns, hop.ifindex)}" if hop.ifindex is not None else "",
        f"proto {hop.protocol}",
        *hop.flags,
    )


def _range(word: str, found: Range | None) -> str:
    if found is None:
        return ""
    return f"{word} {found.first}" if found.first == found.last else f"{word} {found.first}-{found.last}"


def rule_line(rule: RouteRule) -> str:
    """Returns a line for a route rule, as ip-rule(8) writes it."""
    mask = "" if rule.fwmask in (None, 0xFFFF_FFFF) else f"/{rule.fwmask:#x}"
    actions = {"lookup": f"lookup {_table(rule.table)}", "goto": f"goto {rule.target}"}
    return joined(
        f"{rule.family} {rule.priority}:",
        "not" if rule.invert else "",
        f"from {rule.src or 'all'}",
        f"to {rule.dst}" if rule.dst else "",
        f"tos {rule.tos:#x}" if rule.tos else "",
        f"fwmark {rule.fwmark:#x}{mask}" if rule.fwmark is not None else "",
        f"iif {rule.iif}" if rule.iif else "",
        f"oif {rule.oif}" if rule.oif else "",
        f"ipproto {rule.ip_protocol}" if rule.ip_protocol is not None else "",
        _range("sport", rule.sport),
        _range("dport", rule.dport),
        _range("uidrange", rule.uids),
        "l3mdev" if rule.l3mdev else "",
        actions.get(rule.action, rule.action),
        f"suppress_prefixlength {rule.suppress_prefix}" if rule.suppress_prefix is not None else "",
        f"suppress_ifgroup {rule.suppress_group}" if rule.suppress_group is not None else "",
        *rule.flags,
    )


def chain_line(chain: NfChain) -> str:
    """Returns a line for a chain. The line of a base chain includes its hook."""
    if chain.base is None:
        return f"chain {chain.name}"
    base = chain.base
    devices = f" devices {', '.join(base.devices)}" if base.devices else ""
    return f"chain {chain.name}: {base.type} hook {base.hook}{devices} priority {base.priority} policy {base.policy}"


def set_line(found: NfSet) -> str:
    """Returns a line for a set, with its number of elements."""
    kind = "map" if "map" in found.flags else "set"
    return joined(f"{kind} {found.name}:", f"{found.count} elements", *(flag for flag in found.flags if flag != "map"))


def listener_line(world: Topology, ns: str, found: Listener) -> str:
    """Returns a line for a listening socket, with the process that has it open."""
    address = f"[{found.address}]" if ":" in found.address else found.address
    others = f", and {found.others} more" if found.others else ""
    return joined(
        f"{found.protocol} {address}:{found.port}",
        "v6only" if found.v6only else "",
        f"dev {ifname(world, ns, found.ifindex)}" if found.ifindex is not None else "",
        f"{found.process} ({found.pid}{others})" if found.pid is not None else "",
    )


def connections_line(found: Connections) -> str:
    """Returns a line with the number of connections in one state on one port."""
    port = f"on port {found.port}" if found.port else "on other ports"
    return f"{found.protocol} {found.count} {found.state} {port}"
