"""Writes each entity as one line of text, as ip(8), bridge(8) and nft(8) write it.

What a line does not write in the form of these tools, it writes as the name and value of the field
(`netviz.agent.export.fields`).
"""

from collections.abc import Sequence
from functools import lru_cache

from netviz.agent.export.fields import rest
from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.entity import LinkRef
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.netfilter import NfChain, NfRule, NfSet
from netviz.model.route import EncapOption, Metric, NextHop, NextHopObject, Range, Route, RouteRule
from netviz.model.state import Connections, Listener
from netviz.model.topology import Topology
from netviz.uapi.notation import every_flag, name
from netviz.uapi.words import ADDRESS_PROTOCOLS, LINK_FLAGS, ROUTE_TABLES


def joined(*words: str) -> str:
    """Returns these words in one line, separated by spaces. Empty words are left out."""
    return " ".join(filter(None, words))


def ifname(world: Topology, ns: str, ifindex: int | None) -> str:
    """Returns the name of the link with this ifindex in this namespace, or `if` and the ifindex if there is no such
    link.
    """
    link = world.get(_link_key(ns, ifindex)) if ifindex is not None else None
    return link.ifname if isinstance(link, Link) else f"if{ifindex}"


@lru_cache(maxsize=16_384)
def _link_key(ns: str, ifindex: int) -> str:
    """Returns the key of a link. Cached, because many lines name the same link."""
    return LinkRef(ns, ifindex).key


def link_name(world: Topology, here: str, ref: LinkRef) -> str:
    """Returns the name of a link. If it is in another namespace than `here`, the label of its namespace is added."""
    found = ifname(world, ref.ns, ref.ifindex)
    return found if ref.ns == here else f"{namespace_label(world, ref.ns)}:{found}"


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


# The fields of a link that its first line has, or that have lines of their own.
_LINK = frozenset(
    {
        *("ns", "ifindex", "ifname", "kind", "admin_up", "carrier", "mtu", "address", "peer", "lower", "beyond_sight"),
        *("master", "ifalias", "altnames", "flags", "notes", "data", "port", "xdp", "ipv4", "ipv6"),
    }
)


def link_details(link: Link) -> list[str]:
    """Returns lines for the flags and other attributes of a link, and for its IPv4 and IPv6 settings."""
    flags = ",".join(every_flag(LINK_FLAGS, link.flags))
    settings = (("ipv4", link.ipv4), ("ipv6", link.ipv6))
    found = [joined(f"<{flags}>" if flags else "", rest(link, _LINK))]
    found += [f"{family} {line}" for family, conf in settings if conf is not None and (line := rest(conf))]
    return [line for line in found if line]


def address_line(address: Address) -> str:
    """Returns a line for an address."""
    return joined(
        f"{address.address}/{address.prefix}",
        f"peer {address.peer}" if address.peer else "",
        f"brd {address.broadcast}" if address.broadcast else "",
        f"scope {address.scope}" if address.scope != "global" else "",
        f"proto {name(ADDRESS_PROTOCOLS, address.protocol)}" if address.protocol else "",
        *address.flags,
        rest(address, _ADDRESS),
    )


_ADDRESS = frozenset(
    {
        *("ns", "ifindex", "family", "address", "prefix", "peer", "broadcast", "scope", "protocol"),
        *("flags", "notes"),
    }
)


def neighbour_line(neighbour: Neighbour) -> str:
    """Returns a line for a neighbour."""
    return joined(
        f"neighbour {neighbour.address}",
        f"lladdr {neighbour.mac}" if neighbour.mac else "",
        neighbour.state,
        "proxy" if neighbour.proxy else "",
        rest(neighbour, _NEIGHBOUR),
    )


_NEIGHBOUR = frozenset({"ns", "ifindex", "family", "address", "mac", "state", "proxy", "notes"})


def fdb_line(world: Topology, entry: FdbEntry) -> str:
    """Returns a line for an FDB entry."""
    return joined(
        f"fdb {entry.mac}",
        f"vlan {entry.vlan}" if entry.vlan else "",
        f"dst {entry.remote}" if entry.remote else "",
        f"port {entry.port}" if entry.port else "",
        f"vni {entry.vni}" if entry.vni else "",
        f"src_vni {entry.src_vni}" if entry.src_vni is not None else "",
        f"via {f'if{entry.via}' if entry.via_elsewhere else ifname(world, entry.ns, entry.via)}"
        if entry.via is not None
        else "",
        f"nhid {entry.nexthop}" if entry.nexthop is not None else "",
        f"master {ifname(world, entry.ns, entry.master)}" if entry.master is not None else "",
        entry.table,
        entry.state,
        rest(entry, _FDB),
    )


_FDB = frozenset(
    {
        *("ns", "ifindex", "mac", "vlan", "remote", "port", "vni", "src_vni", "via", "nexthop", "master", "table"),
        *("state", "nth", "notes"),
    }
)


def _table(table: int) -> str:
    return ROUTE_TABLES.get(table) or str(table)


def _encap(encap: str, options: Sequence[EncapOption]) -> str:
    if not encap and not options:
        return ""
    return joined(f"encap {encap}" if encap else "", *(joined(option.name, option.value) for option in options))


def _hop(world: Topology, ns: str, hop: NextHop) -> str:
    return joined(
        _encap(hop.encap, hop.encap_options),
        f"via {hop.via}" if hop.via else "",
        f"dev {ifname(world, ns, hop.ifindex)}" if hop.ifindex is not None else "",
        f"realms {hop.realms}" if hop.realms else "",
        *hop.flags,
    )


# Metrics that ip-route(8) prints with a unit.
_IN_MS = frozenset({"rtt", "rttvar", "rto_min"})


def _metric(metric: Metric) -> str:
    unit = "ms" if metric.name in _IN_MS else ""
    return joined(metric.name, "lock" if metric.locked else "", metric.text or f"{metric.value}{unit}")


def route_line(world: Topology, route: Route) -> str:
    """Returns a line for a route."""
    hops = [_hop(world, route.ns, hop) for hop in route.hops]
    if len(hops) > 1:
        hops = [f"nexthop {line} weight {hop.weight}" for line, hop in zip(hops, route.hops, strict=True)]
    elif hops and route.hops[0].weight != 1:
        hops = [joined(hops[0], f"weight {route.hops[0].weight}")]
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
        *map(_metric, route.metrics),
        f"pref {route.preference}" if route.preference else "",
        f"realms {route.realms}" if route.realms else "",
        *route.flags,
        rest(route, _ROUTE),
    )


_ROUTE = frozenset(
    {
        *("ns", "family", "table", "dst", "src", "tos", "metric", "type", "nth", "scope", "protocol", "prefsrc"),
        *("hops", "nexthop", "metrics", "preference", "flags", "realms", "notes"),
    }
)


def nexthop_line(world: Topology, hop: NextHopObject) -> str:
    """Returns a line for a nexthop object."""
    group = "/".join(f"{member.id},{member.weight}" for member in hop.group)
    return joined(
        f"id {hop.id}",
        f"group {group}" if group else "",
        f"type {hop.group_type}" if hop.group_type else "",
        "blackhole" if hop.blackhole else "",
        _encap(hop.encap, hop.encap_options),
        f"via {hop.via}" if hop.via else "",
        f"dev {ifname(world, hop.ns, hop.ifindex)}" if hop.ifindex is not None else "",
        f"scope {hop.scope}" if hop.scope != "global" else "",
        f"proto {hop.protocol}",
        *hop.flags,
        rest(hop, _NEXTHOP),
    )


_NEXTHOP = frozenset(
    {
        *("ns", "id", "group", "group_type", "blackhole", "encap", "encap_options", "via", "ifindex", "scope"),
        *("protocol", "flags", "notes"),
    }
)


def _range(word: str, found: Range | None, mask: int | None = None) -> str:
    if found is None:
        return ""
    masked = "" if mask is None else f"/{mask:#x}"
    single = found.first == found.last
    return f"{word} {found.first}{masked}" if single else f"{word} {found.first}-{found.last}{masked}"


def _masked(word: str, number: int | None, mask: int | None, form: str = "d") -> str:
    if number is None:
        return ""
    return f"{word} {number:{form}}{'' if mask is None else f'/{mask:#x}'}"


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
        _masked("dscp", rule.dscp, rule.dscp_mask),
        _masked("flowlabel", rule.flowlabel, rule.flowlabel_mask, "#x"),
        f"fwmark {rule.fwmark:#x}{mask}" if rule.fwmark is not None else "",
        f"iif {rule.iif}" if rule.iif else "",
        f"oif {rule.oif}" if rule.oif else "",
        f"ipproto {rule.ip_protocol}" if rule.ip_protocol is not None else "",
        _range("sport", rule.sport, rule.sport_mask),
        _range("dport", rule.dport, rule.dport_mask),
        f"tun_id {rule.tunnel_id}" if rule.tunnel_id else "",
        _range("uidrange", rule.uids),
        "l3mdev" if rule.l3mdev else "",
        actions.get(rule.action, rule.action),
        f"table {_table(rule.table)}" if rule.table and rule.action != "lookup" else "",
        f"target {rule.target}" if rule.target is not None and rule.action != "goto" else "",
        f"suppress_prefixlength {rule.suppress_prefix}" if rule.suppress_prefix is not None else "",
        f"suppress_ifgroup {rule.suppress_group}" if rule.suppress_group is not None else "",
        f"realms {rule.realms}" if rule.realms else "",
        f"proto {rule.protocol}" if rule.protocol else "",
        *rule.flags,
        rest(rule, _RULE),
    )


_RULE = frozenset(
    {
        *("ns", "family", "priority", "nth", "action", "table", "target", "invert", "src", "dst", "iif", "oif", "tos"),
        *("dscp", "dscp_mask", "flowlabel", "flowlabel_mask", "fwmark", "fwmask", "protocol", "ip_protocol", "sport"),
        *("sport_mask", "dport", "dport_mask", "uids", "tunnel_id", "l3mdev", "suppress_prefix", "suppress_group"),
        *("flags", "realms", "notes"),
    }
)


def chain_line(chain: NfChain) -> str:
    """Returns a line for a chain. The line of a base chain includes its hook."""
    more = rest(chain, _CHAIN)
    if chain.base is None:
        return joined(f"chain {chain.name}", more)
    base = chain.base
    devices = f" devices {', '.join(base.devices)}" if base.devices else ""
    line = f"chain {chain.name}: {base.type} hook {base.hook}{devices} priority {base.priority} policy {base.policy}"
    return joined(line, more)


_CHAIN = frozenset({"ns", "family", "table", "name", "base"})


def rule_text(rule: NfRule) -> str:
    """Returns a rule as nft(8) writes it. An expression that is not decoded is written with its bytes, in brackets."""
    parts = (f"[{one.name} {one.raw}]" if one.text is None else one.text for one in rule.expressions)
    return joined(*parts)


def set_line(found: NfSet) -> str:
    """Returns a line for a set, with its number of elements."""
    kind = "map" if "map" in found.flags else "set"
    flags = (flag for flag in found.flags if flag != "map")
    return joined(f"{kind} {found.name}:", f"{found.count} elements", *flags, rest(found, _SET))


_SET = frozenset({"ns", "family", "table", "name", "count", "flags"})


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
