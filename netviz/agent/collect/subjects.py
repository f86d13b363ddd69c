"""What is read inside a namespace, subject by subject: the closed list, and how each is read."""

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netviz.agent.budgets import Budgets
from netviz.agent.collect import (
    addresses,
    devices,
    legacy,
    neighbours,
    netfilter,
    routes,
    rules,
    sysctls,
    tc,
    tcx,
    team,
    vlans,
    wireguard,
)
from netviz.agent.collect.links import RawLink
from netviz.agent.namespaces.observer import Observer
from netviz.agent.netlink.requests import NETFILTER, Socket
from netviz.model.entity import Note
from netviz.model.kinds import BridgeData
from netviz.model.namespace import Gap
from netviz.model.topology import AnyEntity


@dataclass(frozen=True, slots=True)
class Inside:
    """Where and how to read: the namespace that the calling thread is in, a socket made in it, the observer's id.

    `links` are the namespace's, as last read; `quiet` those without address resolution.
    """

    ns: str
    sock: Socket
    observer: Observer | None
    nsid: int | None
    links: Sequence[RawLink]
    quiet: frozenset[int]
    budgets: Budgets

    def of_kind(self, kind: str) -> list[int]:
        """The links of this kind, in order."""
        return sorted(raw.ref.ifindex for raw in self.links if raw.kind == kind)


Reader = Callable[[Inside], Sequence[AnyEntity]]


def _addresses(inside: Inside) -> Sequence[AnyEntity]:
    if inside.observer is not None and inside.nsid is not None:
        return addresses.read(inside.observer.socket, inside.ns, inside.nsid)
    return addresses.read(inside.sock, inside.ns)


def _neighbours(inside: Inside) -> Sequence[AnyEntity]:
    return neighbours.read_neighbours(inside.sock, inside.ns, inside.quiet)


def _proxies(inside: Inside) -> Sequence[AnyEntity]:
    return neighbours.read_proxies(inside.sock, inside.ns)


def _fdb(inside: Inside) -> Sequence[AnyEntity]:
    return neighbours.read_fdb(inside.sock, inside.ns)


def _routes(inside: Inside) -> Sequence[AnyEntity]:
    budget = inside.budgets.routes
    found, total = routes.read(inside.sock, inside.ns, budget)
    return [*found, *_cut(inside.ns, "routes", budget, total)]


def _nexthops(inside: Inside) -> Sequence[AnyEntity]:
    try:
        return routes.read_nexthops(inside.sock, inside.ns)
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:  # Linux before 5.3
            return ()
        raise


def _rules(inside: Inside) -> Sequence[AnyEntity]:
    return rules.read(inside.sock, inside.ns)


def _sysctls(inside: Inside) -> Sequence[AnyEntity]:
    return [sysctls.read(inside.ns)]


def _netfilter(inside: Inside) -> Sequence[AnyEntity]:
    budgets = inside.budgets
    try:
        sock = Socket(NETFILTER)
    except OSError as error:
        if error.errno == errno.EPROTONOSUPPORT:  # a kernel without nfnetlink
            return ()
        raise
    with sock:
        found = netfilter.read(sock, inside.ns, budgets.rules, budgets.elements)
    return [
        *found.entities,
        *_cut(inside.ns, "netfilter rules", budgets.rules, found.rules),
        *_cut(inside.ns, "netfilter elements", budgets.elements, found.elements),
    ]


def _legacy(inside: Inside) -> Sequence[AnyEntity]:
    return legacy.read(inside.ns)


def _vlans(inside: Inside) -> Sequence[AnyEntity]:
    bridges = {raw.ref.ifindex for raw in inside.links if raw.kind == "bridge" and _filters_vlans(raw)}
    if not bridges:
        return ()
    ports = {raw.ref.ifindex for raw in inside.links if raw.master in bridges}
    return vlans.read(inside.sock, inside.ns, bridges | ports)


def _filters_vlans(raw: RawLink) -> bool:
    return isinstance(raw.data, BridgeData) and raw.data.vlan_filtering


def _tc(inside: Inside) -> Sequence[AnyEntity]:
    return tc.read(inside.sock, inside.ns)


def _tcx(inside: Inside) -> Sequence[AnyEntity]:
    return tcx.read(inside.ns, [raw.ref.ifindex for raw in inside.links])


def _wireguard(inside: Inside) -> Sequence[AnyEntity]:
    found = inside.of_kind("wireguard")
    return wireguard.read(inside.ns, found) if found else ()


def _team(inside: Inside) -> Sequence[AnyEntity]:
    found = inside.of_kind("team")
    return team.read(inside.ns, found) if found else ()


def _devices(inside: Inside) -> Sequence[AnyEntity]:
    physical = [(raw.ref.ifindex, raw.ifname) for raw in inside.links if raw.kind == "physical"]
    return devices.read(inside.sock, inside.ns, physical) if physical else ()


READERS: Mapping[str, Reader] = {
    "addresses": _addresses,
    "neighbours": _neighbours,
    "proxies": _proxies,
    "fdb": _fdb,
    "routes": _routes,
    "nexthops": _nexthops,
    "rules": _rules,
    "sysctls": _sysctls,
    "netfilter": _netfilter,
    "legacy": _legacy,
    "vlans": _vlans,
    "tc": _tc,
    "tcx": _tcx,
    "wireguard": _wireguard,
    "team": _team,
    "devices": _devices,
}

_NEEDS = dict.fromkeys(("netfilter", "team", "wireguard"), "CAP_NET_ADMIN")


def read_subject(subject: str, inside: Inside) -> Sequence[AnyEntity]:
    """The entities of one subject; a gap where it could not be read."""
    try:
        return READERS[subject](inside)
    except OSError as error:
        return [gap_for(inside.ns, subject, error)]


def gap_for(ns: str, subject: str, error: OSError) -> Gap:
    """The gap that tells why a subject was not read."""
    if error.errno in (errno.EPERM, errno.EACCES):
        right = _NEEDS.get(subject, "CAP_SYS_ADMIN")
        return Gap(ns, subject, "missing-right", (right,))
    return Gap(ns, subject, "kernel-refused", (error_name(error),))


def note_for(subject: str, error: OSError) -> Note:
    """The note that says why current values of a subject were not read."""
    if error.errno in (errno.EPERM, errno.EACCES):
        return Note("not-readable", (subject, _NEEDS.get(subject, "CAP_SYS_ADMIN")))
    return Note("kernel-refused", (subject, error_name(error)))


def error_name(error: OSError) -> str:
    """The kernel's name of an error (`ENOENT`, errno(3)); the message of one without a number."""
    return errno.errorcode.get(error.errno, str(error.errno)) if error.errno else str(error)


def _cut(ns: str, subject: str, budget: int, total: int) -> Iterator[Gap]:
    if total > budget:
        yield Gap(ns, subject, "subject-budget", shown=budget, total=total)
