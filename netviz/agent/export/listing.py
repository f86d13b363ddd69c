"""Writes a topology as text for people: each namespace with its contents, similar to the output of ip(8) and nft(8)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, TypeVar

from netviz.agent.export.device_lines import (
    device_line,
    filter_line,
    qdisc_line,
    team_lines,
    tun_process_line,
    tunnel_line,
    vlans_line,
    wireguard_lines,
    xdp_line,
)
from netviz.agent.export.fields import rest
from netviz.agent.export.ipsec_lines import (
    default_line,
    mdb_line,
    policy_line,
    router_line,
    state_line,
    vnis_line,
)
from netviz.agent.export.kind_lines import kind_lines
from netviz.agent.export.lines import (
    address_line,
    chain_line,
    connections_line,
    fdb_line,
    joined,
    link_details,
    link_line,
    listener_line,
    neighbour_line,
    nexthop_line,
    route_line,
    rule_line,
    rule_text,
    set_line,
)
from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.device import Device, PortVlans, Qdisc, TcFilter, Team, Tunnel, TunProcess, WireGuard
from netviz.model.entity import LinkRef
from netviz.model.ipsec import XfrmDefault, XfrmPolicy, XfrmState
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.multicast import MdbEntry, MulticastRouter, VxlanVnis
from netviz.model.namespace import ContainerNetwork, Gap, Host, Namespace, Owner, Sysctls
from netviz.model.netfilter import LegacyTable, NfChain, NfElements, NfFlowtable, NfObject, NfRule, NfSet, NfTable
from netviz.model.route import NextHopObject, Route, RouteRule
from netviz.model.state import Connections, Listener
from netviz.model.topology import AnyEntity, Topology, namespace_of, of_type
from netviz.wire.frames import State

E = TypeVar("E", bound=AnyEntity)

# The entities of one namespace, by class.
Inside = Mapping[type[Any], list[Any]]


def text_tree(world: Topology, states: Sequence[State]) -> str:
    """Returns the host, then each namespace with everything that was read in it, as indented text."""
    by_ns: dict[str, dict[type[AnyEntity], list[Any]]] = {}
    for entity in world.values():
        by_ns.setdefault(namespace_of(entity), {}).setdefault(type(entity), []).append(entity)
    sockets: dict[str, list[str]] = {}
    for state in states:
        sockets.setdefault(state.ns, []).extend(_sockets(world, state))
    tunnels = _tunnels(world)
    lines = list(_host(by_ns.get("", {})))
    namespaces = sorted(of_type(world, Namespace), key=lambda ns: (not ns.is_host, namespace_label(world, ns.id)))
    for namespace in namespaces:
        lines += ["", *_namespace(world, namespace, by_ns.get(namespace.id, {}), tunnels)]
        lines += sockets.get(namespace.id, ())
    return "\n".join(lines)


def _host(inside: Inside) -> Iterator[str]:
    for host in _unsorted(inside, Host):
        yield f"host {host.hostname} ({host.kernel} {host.machine})"
        yield f"  {rest(host, _HOST)}"
        yield from (f"  ! {note.text}" for note in host.missing)
    yield from (f"  ! {_gap(gap)}" for gap in _unsorted(inside, Gap))


def _tunnels(world: Topology) -> dict[LinkRef, list[str]]:
    """Returns a line for each tunnel of a link, by the link."""
    out: dict[LinkRef, list[str]] = {}
    for pair in of_type(world, Tunnel):
        for end in pair.ends:
            out.setdefault(end, []).append(tunnel_line(world, end, pair))
    return out


_HOST = frozenset({"hostname", "kernel", "machine", "ns", "missing"})


def _namespace(
    world: Topology, namespace: Namespace, inside: Inside, tunnels: Mapping[LinkRef, list[str]]
) -> Iterator[str]:
    yield f"namespace {namespace_label(world, namespace.id)}{_also(namespace)}"
    yield from (f"  ! {note.text}" for note in namespace.notes)
    yield from (f"  ! {_gap(gap)}" for gap in _unsorted(inside, Gap))
    yield f"  {rest(namespace, _NAMESPACE)}"
    for owner in _unsorted(inside, Owner):
        yield f"  {_owner(owner)}"
    beside = _beside(world, inside)
    for link in _sorted(inside, Link):
        yield from _link(world, link, [*tunnels.get(link.ref, ()), *beside.get(link.ifindex, ())])
    yield from _section("routes", (route_line(world, route) for route in _sorted(inside, Route)))
    yield from _section("nexthops", (nexthop_line(world, hop) for hop in _sorted(inside, NextHopObject)))
    rules = sorted(_unsorted(inside, RouteRule), key=lambda rule: (rule.family, rule.priority, rule.nth))
    yield from _section("route rules", map(rule_line, rules))
    yield from _section("IPsec", _ipsec(world, inside))
    yield from _netfilter(inside)
    yield from _unread(inside)
    settings = (s for found in _unsorted(inside, Sysctls) for s in found.values if s.value != "0")
    yield from _section("settings other than 0", (f"{s.name} = {s.value}" for s in settings))


_NAMESPACE = frozenset({"names", "mounts", "is_host", "readable", "notes"})


def _ipsec(world: Topology, inside: Inside) -> Iterator[str]:
    yield from (default_line(found) for found in _unsorted(inside, XfrmDefault))
    yield from (policy_line(world, found) for found in _sorted(inside, XfrmPolicy))
    yield from (state_line(world, found) for found in _sorted(inside, XfrmState))


def _unread(inside: Inside) -> Iterator[str]:
    """Yields the notes of entities other than links: about attributes that were not read."""
    rows = (entities for cls, entities in inside.items() if cls not in (Link, Namespace))
    noted = [entity for entities in rows for entity in entities if getattr(entity, "notes", ())]
    for entity in sorted(noted, key=lambda entity: str(entity.key)):
        yield from (f"  ! {entity.key}: {note.text}" for note in entity.notes)


def _sockets(world: Topology, state: State) -> Iterator[str]:
    listeners = (value for value in state.values if isinstance(value, Listener))
    yield from _section("listening", (listener_line(world, state.ns, listener) for listener in listeners))
    yield from _section(
        "connections", (connections_line(value) for value in state.values if isinstance(value, Connections))
    )
    if state.missing:
        yield f"  ! {state.missing.text}"


def _also(namespace: Namespace) -> str:
    parts = []
    if len(namespace.names) > 1:
        parts.append("also " + ", ".join(namespace.names[1:]))
    parts += [f"mounted on {mount}" for mount in namespace.mounts]
    if not namespace.readable:
        parts.append("only links and addresses can be read")
    return f" ({'; '.join(parts)})" if parts else ""


def _owner(owner: Owner) -> str:
    processes = ", ".join(f"{p.name} ({p.pid}{f', {p.count} of them' if p.count > 1 else ''})" for p in owner.processes)
    parts = [f"processes: {processes}"]
    for container in owner.containers:
        words = ("container", container.name, container.id[:12], container.runtime, rest(container, _CONTAINER))
        parts.append(joined(*words))
        if container.pod or container.pod_uid:
            parts.append(joined("pod", container.pod, container.pod_uid))
    return "; ".join((*parts, more) if (more := rest(owner, _OWNER)) else parts)


_CONTAINER = frozenset({"id", "name", "runtime", "pod", "pod_uid"})
_OWNER = frozenset({"ns", "processes", "containers"})


def _link(world: Topology, link: Link, beside: list[str]) -> Iterator[str]:
    yield f"  {link_line(world, link)}"
    yield from (f"    ! {note.text}" for note in link.notes)
    if link.ifalias:
        yield f"    alias {link.ifalias}"
    yield from (f"    altname {name}" for name in link.altnames)
    yield from (f"    {line}" for line in link_details(link))
    yield from (f"    {line}" for line in kind_lines(world, link))
    yield from (f"    {xdp_line(program)}" for program in link.xdp)
    yield from (f"    {line}" for line in beside)


def _network(network: ContainerNetwork) -> str:
    return joined("network", network.name, network.id[:12], network.runtime, "internal" if network.internal else "")


# Entities of these classes belong to a link, and are listed below the link in this order.
_BESIDE: tuple[tuple[type[AnyEntity], Callable[[Topology, Any], list[str]]], ...] = (
    (ContainerNetwork, lambda world, network: [_network(network)]),
    (Device, lambda world, device: [device_line(device)]),
    (WireGuard, lambda world, settings: wireguard_lines(settings)),
    (Team, team_lines),
    (TunProcess, lambda world, process: [tun_process_line(process)]),
    (PortVlans, lambda world, vlans: [vlans_line(vlans)]),
    (Qdisc, lambda world, qdisc: [qdisc_line(qdisc)]),
    (TcFilter, lambda world, found: [filter_line(found)]),
    (Address, lambda world, address: [address_line(address)]),
    (Neighbour, lambda world, neighbour: [neighbour_line(neighbour)]),
    (FdbEntry, lambda world, entry: [fdb_line(world, entry)]),
    (MdbEntry, lambda world, entry: [mdb_line(world, entry)]),
    (MulticastRouter, lambda world, router: [router_line(world, router)]),
    (VxlanVnis, lambda world, vnis: [vnis_line(vnis)]),
)


def _beside(world: Topology, inside: Inside) -> dict[int, list[str]]:
    """Returns the lines of all entities that belong to links of this namespace (such as addresses), by the ifindex of
    the link.
    """
    out: dict[int, list[str]] = {}
    for cls, lines in _BESIDE:
        for entity in _sorted(inside, cls):
            out.setdefault(getattr(entity, "ifindex", 0), []).extend(lines(world, entity))
    return out


def _netfilter(inside: Inside) -> Iterator[str]:
    by_table: dict[tuple[str, str], dict[type[AnyEntity], list[Any]]] = {}
    for cls in _OF_TABLES:
        for entity in inside.get(cls, ()):
            by_table.setdefault((entity.family, entity.table), {}).setdefault(cls, []).append(entity)
    for table in _sorted(inside, NfTable):
        yield joined(f"  table {table.family} {table.name}", rest(table, _TABLE))
        yield from _table(by_table.get((table.family, table.name), {}))
    for legacy in _sorted(inside, LegacyTable):
        yield f"  legacy table {legacy.family} {legacy.name} {rest(legacy, _LEGACY)}".rstrip()


def _table(inside: Inside) -> Iterator[str]:
    for found in _sorted(inside, NfSet):
        yield f"    {set_line(found)}"
        parts = (part for part in _sorted(inside, NfElements) if part.set == found.name)
        yield from (f"      {rest(element)}" for part in parts for element in part.elements)
    yield from (f"    object {rest(found, _OBJECT)}" for found in _sorted(inside, NfObject))
    yield from (f"    flowtable {rest(found, _OBJECT)}" for found in _sorted(inside, NfFlowtable))
    rules: dict[str, list[NfRule]] = {}
    for rule in _unsorted(inside, NfRule):
        rules.setdefault(rule.chain, []).append(rule)
    for chain in sorted(_unsorted(inside, NfChain), key=lambda chain: chain.handle):
        yield f"    {chain_line(chain)}"
        for rule in sorted(rules.get(chain.name, ()), key=lambda rule: rule.position):
            comment = f" # {rule.comment}" if rule.comment else ""
            yield f"      {rule.handle}: {rule_text(rule)}{comment}"


# The classes of entities that belong to a table.
_OF_TABLES: tuple[type[AnyEntity], ...] = (NfSet, NfElements, NfObject, NfFlowtable, NfChain, NfRule)
_TABLE = frozenset({"ns", "family", "name"})
_LEGACY = _TABLE
_OBJECT = frozenset({"ns", "family", "table"})


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"  {title}"
        yield from (f"    {line}" for line in found)


def _unsorted(inside: Inside, cls: type[E]) -> list[E]:
    return inside.get(cls, [])


def _sorted(inside: Inside, cls: type[E]) -> list[E]:
    """Returns the entities of a class, sorted by their key fields. Numbers are compared as numbers, not as text."""
    found = _unsorted(inside, cls)
    if len(found) < 2:
        return found
    try:
        return sorted(found, key=attrgetter(*cls.KEY))
    except TypeError:  # a field has values of several types, such as None and numbers
        return sorted(found, key=_order)


def _order(entity: AnyEntity) -> tuple[tuple[int, int, str], ...]:
    values = (getattr(entity, name) for name in entity.KEY)
    return tuple((0, value, "") if isinstance(value, int) else (1, 0, str(value)) for value in values)


def _gap(gap: Gap) -> str:
    if not gap.since_ms:
        return gap.text
    since = datetime.fromtimestamp(gap.since_ms / 1_000, UTC).isoformat(timespec="milliseconds")
    return f"{gap.text} {'Since' if gap.code == 'cut' else 'Shown as of'} {since}."
