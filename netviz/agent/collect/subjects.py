"""A table of all subjects that are read inside a namespace, with their readers.

A subject is a kind of data, such as routes.
"""

import errno
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netviz.agent.budgets import Budgets
from netviz.agent.collect import (
    addresses,
    devices,
    ipsec,
    legacy,
    multicast,
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
from netviz.agent.netlink.events import XFRM_EVENT
from netviz.agent.netlink.requests import NETFILTER, XFRM, Socket
from netviz.model.bridges import BridgeData
from netviz.model.entity import Note
from netviz.model.kinds import VxlanData
from netviz.model.namespace import Gap
from netviz.model.topology import AnyEntity
from netviz.uapi.rtnetlink import NFNL_SUBSYS_NFTABLES, RTM
from netviz.uapi.xfrm import XFRM_MSG


@dataclass(frozen=True, slots=True)
class Inside:
    """The context of a read: the namespace that the calling thread is in, and a socket that was opened there.

    `nsid` is the nsid that this namespace has in the agent's observer namespace (an empty one, in which every namespace
    has an nsid), None without an observer namespace. `links` are the namespace's links as last read; `without_arp` are
    the ifindexes of links without address resolution.
    """

    ns: str
    sock: Socket
    observer: Observer | None
    nsid: int | None
    links: Sequence[RawLink]
    without_arp: frozenset[int]
    budgets: Budgets
    sysctls: sysctls.Folders

    def of_kind(self, kind: str) -> list[int]:
        """Returns the sorted ifindexes of the links of this kind."""
        return sorted(raw.ref.ifindex for raw in self.links if raw.kind == kind)


Reader = Callable[[Inside], Sequence[AnyEntity]]


def _addresses(inside: Inside) -> Sequence[AnyEntity]:
    if inside.observer is not None and inside.nsid is not None:
        return addresses.read(inside.observer.socket, inside.ns, inside.nsid)
    return addresses.read(inside.sock, inside.ns)


def _neighbours(inside: Inside) -> Sequence[AnyEntity]:
    return neighbours.read_neighbours(inside.sock, inside.ns, inside.without_arp)


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
    return [inside.sysctls.read(inside.ns)]


def _netfilter(inside: Inside) -> Sequence[AnyEntity]:
    budgets = inside.budgets
    try:
        sock = Socket(NETFILTER)
    except OSError as error:
        if error.errno == errno.EPROTONOSUPPORT:  # this kernel has no nfnetlink
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
    bridges = {raw.ref.ifindex for raw in inside.links if _filters_vlans(raw)}
    if not bridges:
        return ()
    ports = {raw.ref.ifindex for raw in inside.links if raw.master in bridges}
    return vlans.read(inside.sock, inside.ns, bridges | ports)


def _filters_vlans(raw: RawLink) -> bool:
    return isinstance(raw.data, BridgeData) and raw.data.vlan_filtering


def _mdb(inside: Inside) -> Sequence[AnyEntity]:
    if not any(raw.kind in ("bridge", "vxlan") for raw in inside.links):
        return ()
    return multicast.read(inside.sock, inside.ns)


def _vnis(inside: Inside) -> Sequence[AnyEntity]:
    found = [raw.ref.ifindex for raw in inside.links if isinstance(raw.data, VxlanData) and raw.data.vnifilter]
    return multicast.read_vnis(inside.sock, inside.ns, found) if found else ()


def _ipsec(inside: Inside) -> Sequence[AnyEntity]:
    try:
        sock = Socket(XFRM)
    except OSError as error:
        if error.errno == errno.EPROTONOSUPPORT:  # this kernel has no IPsec, or its module is not loaded
            return ()
        raise
    with sock:
        return ipsec.read(sock, inside.ns)


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


class Subject(NamedTuple):
    """A subject (a kind of data, such as routes): how it is read, which capability this needs, and when it is read
    again.

    `read` reads the subject inside a namespace; `needs` is the capability without which the kernel answers EPERM. The
    subject is read again after events of the types in `reread_after` (`netviz.uapi.rtnetlink.RTM`, or nfnetlink's).
    With `with_links` it is also read again after a link appeared or disappeared, or changed so that the subject may
    have changed too. A `silent` subject can change without any event, so it is read periodically. `polled_for` is a
    kind of link: in namespaces with such a link the subject is read every 2 to 30 seconds, because it changes often and
    without an event.
    """

    name: str
    read: Reader
    needs: str = "CAP_SYS_ADMIN"
    reread_after: Sequence[int] = ()
    with_links: bool = False
    silent: bool = False
    polled_for: str = ""


_NFTABLES_EVENTS = range(NFNL_SUBSYS_NFTABLES << 8, (NFNL_SUBSYS_NFTABLES + 1) << 8)
_ROUTE_EVENTS = (RTM.NEWROUTE, RTM.DELROUTE, RTM.NEWNEXTHOP, RTM.DELNEXTHOP)
_TC_EVENTS = (
    *(RTM.NEWQDISC, RTM.DELQDISC, RTM.NEWTCLASS, RTM.DELTCLASS),
    *(RTM.NEWTFILTER, RTM.DELTFILTER, RTM.NEWCHAIN, RTM.DELCHAIN),
)

_XFRM_EVENTS = tuple(
    XFRM_EVENT | kind
    for kind in (
        *(XFRM_MSG.NEWSA, XFRM_MSG.DELSA, XFRM_MSG.UPDSA, XFRM_MSG.FLUSHSA, XFRM_MSG.EXPIRE, XFRM_MSG.MAPPING),
        *(XFRM_MSG.NEWPOLICY, XFRM_MSG.DELPOLICY, XFRM_MSG.UPDPOLICY, XFRM_MSG.FLUSHPOLICY, XFRM_MSG.POLEXPIRE),
        *(XFRM_MSG.MIGRATE, XFRM_MSG.SETDEFAULT, XFRM_MSG.GETDEFAULT),
    )
)

# The subjects are listed in the order in which they are read. For addresses, neighbours and FDB entries, no event types
# are given in `reread_after`, because most of their events change nothing. `netviz.agent.live.event_hints` compares
# each of these events with the model, and requests a read only if they differ.
SUBJECTS: Mapping[str, Subject] = {
    row.name: row
    for row in (
        Subject("addresses", _addresses, with_links=True),
        Subject("neighbours", _neighbours, with_links=True),
        Subject("proxies", _proxies, silent=True),
        Subject("fdb", _fdb, with_links=True),
        Subject("routes", _routes, reread_after=_ROUTE_EVENTS, with_links=True),
        Subject("nexthops", _nexthops, reread_after=(RTM.NEWNEXTHOP, RTM.DELNEXTHOP), with_links=True),
        Subject("rules", _rules, reread_after=(RTM.NEWRULE, RTM.DELRULE), with_links=True),
        Subject("sysctls", _sysctls, silent=True),
        Subject("netfilter", _netfilter, "CAP_NET_ADMIN", reread_after=_NFTABLES_EVENTS),
        Subject("legacy", _legacy, silent=True),
        Subject("vlans", _vlans, reread_after=(RTM.NEWVLAN, RTM.DELVLAN), with_links=True),
        Subject("mdb", _mdb, reread_after=(RTM.NEWMDB, RTM.DELMDB), with_links=True, silent=True),
        Subject("vnis", _vnis, reread_after=(RTM.NEWTUNNEL, RTM.DELTUNNEL), with_links=True),
        Subject("ipsec", _ipsec, "CAP_NET_ADMIN", reread_after=_XFRM_EVENTS),
        Subject("tc", _tc, reread_after=_TC_EVENTS, with_links=True),
        Subject("tcx", _tcx, silent=True),
        Subject("wireguard", _wireguard, "CAP_NET_ADMIN", with_links=True, polled_for="wireguard"),
        Subject("team", _team, "CAP_NET_ADMIN", with_links=True, polled_for="team"),
        Subject("devices", _devices, with_links=True, silent=True),
    )
}


def subjects_by_event() -> dict[int, list[str]]:
    """Returns a dict from event type to the subjects to read again after such an event."""
    found: dict[int, list[str]] = {}
    for row in SUBJECTS.values():
        for event in row.reread_after:
            found.setdefault(event, []).append(row.name)
    return found


def polled() -> dict[str, list[str]]:
    """Returns a dict from link kind to the subjects that are polled if there is a link of this kind."""
    found: dict[str, list[str]] = {}
    for row in SUBJECTS.values():
        if row.polled_for:
            found.setdefault(row.polled_for, []).append(row.name)
    return found


def right_for(subject: str) -> str:
    """Returns the name of the capability that is needed to read a subject, a kind of data such as routes."""
    row = SUBJECTS.get(subject)
    return row.needs if row else "CAP_SYS_ADMIN"


def read_subject(subject: str, inside: Inside) -> Sequence[AnyEntity] | Gap:
    """Reads one subject, such as routes, and returns its entities.

    If it cannot be read, returns a `Gap` with the reason instead.
    """
    try:
        return SUBJECTS[subject].read(inside)
    except OSError as error:
        return gap_for(inside.ns, subject, error)


def gap_for(ns: str, subject: str, error: OSError) -> Gap:
    """Returns the entity `Gap` for a subject that cannot be read now; it says why, and since when."""
    now_ms = int(time.time() * 1_000)
    if error.errno in (errno.EPERM, errno.EACCES):
        return Gap(ns, subject, "missing-right", (right_for(subject),), since_ms=now_ms)
    return Gap(ns, subject, "kernel-refused", (error_name(error),), since_ms=now_ms)


def note_for(subject: str, error: OSError) -> Note:
    """Returns a `Note`, a warning for the user, that says why current values (such as counters) could not be read."""
    if error.errno in (errno.EPERM, errno.EACCES):
        return Note("not-readable", (subject, right_for(subject)))
    return Note("kernel-refused", (subject, error_name(error)))


def error_name(error: OSError) -> str:
    """Returns the name of an error (`ENOENT`, errno(3)), or the message of an error without a number."""
    return errno.errorcode.get(error.errno, str(error.errno)) if error.errno else str(error)


def _cut(ns: str, subject: str, budget: int, total: int) -> Iterator[Gap]:
    if total > budget:
        yield Gap(ns, subject, "subject-budget", shown=budget, total=total)
