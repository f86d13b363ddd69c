"""Writes a topology as text for people: each namespace with its contents, similar to the output of ip(8) and nft(8)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from netviz.agent.export.kind_lines import kind_lines
from netviz.agent.export.lines import (
    address_line,
    chain_line,
    connections_line,
    fdb_line,
    link_line,
    listener_line,
    neighbour_line,
    nexthop_line,
    route_line,
    rule_line,
    set_line,
)
from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.device import Device, PortVlans, Qdisc, TcFilter, Team, Tunnel, TunProcess, WireGuard
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.namespace import Gap, Host, Namespace, Owner, Sysctls
from netviz.model.netfilter import LegacyTable, NfChain, NfFlowtable, NfObject, NfRule, NfSet, NfTable
from netviz.model.route import NextHopObject, Route, RouteRule
from netviz.model.state import Connections, Listener
from netviz.model.topology import AnyEntity, Topology, namespace_of, of_type
from netviz.wire.frames import State

E = TypeVar("E", bound=AnyEntity)


def text_tree(world: Topology, states: Sequence[State]) -> str:
    """Returns the host, then each namespace with everything that was read in it, as indented text."""
    by_ns: dict[str, dict[str, AnyEntity]] = {}
    for key, entity in world.items():
        by_ns.setdefault(namespace_of(entity), {})[key] = entity
    lines = list(_host(world))
    namespaces = sorted(of_type(world, Namespace), key=lambda ns: (not ns.is_host, namespace_label(world, ns.id)))
    for namespace in namespaces:
        lines += ["", *_namespace(world, namespace, by_ns.get(namespace.id, {}))]
        lines += [line for state in states if state.ns == namespace.id for line in _sockets(world, state)]
    return "\n".join(lines)


def _host(world: Topology) -> Iterator[str]:
    for host in of_type(world, Host):
        yield f"host {host.hostname} ({host.kernel} {host.machine})"
        yield from (f"  ! {note.text}" for note in host.missing)
    yield from (f"  ! {gap.text}" for gap in of_type(world, Gap) if not gap.ns)


def _namespace(world: Topology, namespace: Namespace, inside: Topology) -> Iterator[str]:
    yield f"namespace {namespace_label(world, namespace.id)}{_also(namespace)}"
    yield from (f"  ! {note.text}" for note in namespace.notes)
    yield from (f"  ! {gap.text}" for gap in of_type(inside, Gap))
    for owner in of_type(inside, Owner):
        yield f"  {_owner(owner)}"
    beside = _beside(world, inside)
    for link in _sorted(inside, Link):
        yield from _link(world, link, beside.get(link.ifindex, []))
    yield from _section("routes", (route_line(world, route) for route in _sorted(inside, Route)))
    yield from _section("nexthops", (nexthop_line(world, hop) for hop in _sorted(inside, NextHopObject)))
    rules = sorted(of_type(inside, RouteRule), key=lambda rule: (rule.family, rule.priority, rule.nth))
    yield from _section("route rules", map(rule_line, rules))
    yield from _netfilter(inside)
    settings = (s for found in of_type(inside, Sysctls) for s in found.values if s.value != "0")
    yield from _section("settings other than 0", (f"{s.name} = {s.value}" for s in settings))


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
        words = ("container", container.name, container.id[:12], container.runtime)
        parts.append(" ".join(word for word in words if word))
        if container.pod_uid:
            parts.append(f"pod {container.pod} {container.pod_uid}".replace("  ", " "))
    return "; ".join(parts)


def _link(world: Topology, link: Link, beside: list[str]) -> Iterator[str]:
    yield f"  {link_line(world, link)}"
    yield from (f"    ! {note.text}" for note in link.notes)
    if link.ifalias:
        yield f"    alias {link.ifalias}"
    yield from (f"    altname {name}" for name in link.altnames)
    yield from (f"    {line}" for line in kind_lines(world, link))
    yield from (f"    {xdp_line(program)}" for program in link.xdp)
    yield from (f"    {line}" for line in beside)


# Entities of these classes belong to a link, and are listed below the link in this order.
_BESIDE: tuple[tuple[type[AnyEntity], Callable[[Topology, Any], list[str]]], ...] = (
    (Device, lambda world, device: [device_line(device)]),
    (WireGuard, lambda world, settings: wireguard_lines(settings)),
    (Team, team_lines),
    (TunProcess, lambda world, process: [tun_process_line(process)]),
    (PortVlans, lambda world, vlans: [vlans_line(vlans)]),
    (Qdisc, lambda world, qdisc: [qdisc_line(qdisc)]),
    (TcFilter, lambda world, found: [filter_line(found)]),
    (Address, lambda world, address: [address_line(address)]),
    (Neighbour, lambda world, neighbour: [neighbour_line(neighbour)]),
    (FdbEntry, lambda world, entry: [fdb_line(entry)]),
)


def _beside(world: Topology, inside: Topology) -> dict[int, list[str]]:
    """Returns the lines of all entities that belong to links of this namespace (such as addresses), by the ifindex of
    the link.
    """
    out: dict[int, list[str]] = {}
    for pair in of_type(world, Tunnel):
        for end in pair.ends:
            if end.key in inside:
                out.setdefault(end.ifindex, []).append(tunnel_line(world, end, pair))
    for cls, lines in _BESIDE:
        for entity in _sorted(inside, cls):
            out.setdefault(getattr(entity, "ifindex", 0), []).extend(lines(world, entity))
    return out


def _netfilter(inside: Topology) -> Iterator[str]:
    for table in _sorted(inside, NfTable):
        yield f"  table {table.family} {table.name}"
        mine = {key: entity for key, entity in inside.items() if _of_table(entity, table)}
        yield from (f"    {set_line(found)}" for found in _sorted(mine, NfSet))
        yield from (f"    object {found.name}, type {found.type}" for found in _sorted(mine, NfObject))
        yield from (f"    flowtable {found.name}: {', '.join(found.devices)}" for found in _sorted(mine, NfFlowtable))
        for chain in sorted(of_type(mine, NfChain), key=lambda chain: chain.handle):
            yield f"    {chain_line(chain)}"
            rules = (rule for rule in of_type(mine, NfRule) if rule.chain == chain.name)
            for rule in sorted(rules, key=lambda rule: rule.position):
                comment = f" # {rule.comment}" if rule.comment else ""
                yield f"      {rule.handle}: {rule.text}{comment}"
    for legacy in _sorted(inside, LegacyTable):
        count = "" if legacy.entries is None else f", {legacy.entries} entries"
        yield f"  legacy table {legacy.family} {legacy.name}{count}"


def _of_table(entity: AnyEntity, table: NfTable) -> bool:
    if not isinstance(entity, NfChain | NfRule | NfSet | NfObject | NfFlowtable):
        return False
    return entity.family == table.family and entity.table == table.name


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"  {title}"
        yield from (f"    {line}" for line in found)


def _sorted(world: Topology, cls: type[E]) -> list[E]:
    """Returns the entities of a class, sorted by their key fields. Numbers are compared as numbers, not as text."""
    return sorted(of_type(world, cls), key=_order)


def _order(entity: AnyEntity) -> tuple[tuple[int, int, str], ...]:
    values = (getattr(entity, name) for name in entity.KEY)
    return tuple((0, value, "") if isinstance(value, int) else (1, 0, str(value)) for value in values)
