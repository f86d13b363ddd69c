"""Collects from events which links and subjects (kinds of data, such as routes) of a namespace may have changed, and
which namespaces died.
"""

import os
import struct
from collections.abc import Iterable

from netviz.agent.collect.addresses import address
from netviz.agent.collect.neighbours import AF_BRIDGE, fdb_entry, neighbour, neighbour_key
from netviz.agent.collect.subjects import subjects_by_event
from netviz.agent.live.host_reader import HostReader
from netviz.agent.netlink.events import Event
from netviz.model.entity import LinkRef
from netviz.model.link_kinds import kind_of
from netviz.model.topology import AnyEntity
from netviz.uapi.attributes import i32, u32, walk
from netviz.uapi.if_link import IFLA
from netviz.uapi.rtnetlink import NETCONFA, NETNSA, RTM

_INT = struct.Struct("=i").unpack_from

# The value of IFLA_EVENT if a link's offload features may have changed (NETDEV_FEAT_CHANGE). And the size of struct
# ifinfomsg, which the attributes follow.
_FEATURES, _LINK_HEADER = 2, 16


class EventHints:
    """Collects the links, subjects and namespaces that events are about, until the monitor takes them to read them
    again.

    `own_only` means that only events of the agent's own namespace are received.
    """

    def __init__(self, reader: HostReader, *, own_only: bool) -> None:
        self._reader = reader
        self._own_only = own_only
        self._subjects_by_event = subjects_by_event()
        self._subjects: set[tuple[str, str]] = set()
        self._dead_nsids: list[int] = []
        self._links: set[LinkRef] = set()
        self._gone: set[LinkRef] = set()

    def take(self, event: Event) -> None:
        """Records which links, subjects and namespaces may have changed according to this event."""
        if event.kind in (RTM.NEWNSID, RTM.DELNSID) and event.nsid is None:
            self._nsid(event.kind, i32(walk(event.payload, 4).get(NETNSA.NSID, b"\xff\xff\xff\xff")))
            return
        ns = self._namespace(event.nsid)
        if ns is None:
            return
        kind = event.kind
        if kind in (RTM.NEWLINK, RTM.DELLINK):
            self._link(ns, kind, event.payload)
        elif kind in (RTM.NEWNEIGH, RTM.DELNEIGH):
            self._neighbour(ns, kind, event.payload)
        elif kind in (RTM.NEWADDR, RTM.DELADDR):
            self._address(ns, kind, event.payload)
        elif kind in (RTM.NEWNETCONF, RTM.DELNETCONF):
            self._settings(ns, event.payload)
        else:
            self._subjects |= {(ns, subject) for subject in self._subjects_by_event.get(kind, ())}
            if kind in (RTM.NEWQDISC, RTM.DELQDISC):  # the kernel sends no link event if the qdisc of a link changes
                self._links.add(LinkRef(ns, _INT(event.payload, 4)[0]))

    def _nsid(self, kind: int, nsid: int) -> None:
        if kind == RTM.DELNSID:
            self._dead_nsids.append(nsid)
        else:
            self._reader.dead_nsids.discard(nsid)

    def _namespace(self, nsid: int | None) -> str | None:
        """Returns the id of the namespace that an event comes from; None if it is unknown, or the agent's observer
        namespace, which is not shown.

        If events of other namespaces are not received (`own_only`), every event comes from the agent's own namespace.
        """
        if self._own_only:
            namespace = self._reader.namespaces.by_inode.get(self._reader.home_inode)
            return namespace.id if namespace and nsid is None else None
        return None if nsid is None else self._reader.namespaces.id_of_nsid(nsid)

    def _link(self, ns: str, kind: int, payload: bytes) -> None:
        ref = LinkRef(ns, _INT(payload, 4)[0])
        self._links.add(ref)
        # links that are stacked on this one take over its limits (IFLA_TSO_MAX_SIZE) with this event, without their own
        stacked = self._reader.links.table.pointing_at(ref)
        if stacked and u32(walk(payload, _LINK_HEADER).get(IFLA.EVENT, b"")) == _FEATURES:
            self._links |= stacked
        if kind == RTM.DELLINK and payload[0] != AF_BRIDGE:
            self._gone.add(ref)
        else:
            self._gone.discard(ref)

    def _address(self, ns: str, kind: int, payload: bytes) -> None:
        if self._is_news(address(ns, payload), gone=kind == RTM.DELADDR):
            self._subjects |= {(ns, "addresses"), (ns, "routes")}

    def _neighbour(self, ns: str, kind: int, payload: bytes) -> None:
        gone = kind == RTM.DELNEIGH
        if payload[0] == AF_BRIDGE:
            self._fdb(ns, payload, gone)
            return
        found = neighbour(ns, payload, self._reader.links.without_arp(ns))
        # neighbours in the state noarp are left out, but the model may have this one in an earlier state
        left_out = found is None and not gone
        if neighbour_key(ns, payload) in self._reader.world.entities if left_out else self._is_news(found, gone):
            self._subjects.add((ns, "neighbours"))

    def _fdb(self, ns: str, payload: bytes, gone: bool) -> None:
        """Handles an FDB event.

        An address in a link's own FDB may make the link promiscuous without a link event. So the link is read again,
        even if the entry is not new.
        """
        entry = fdb_entry(ns, payload)
        if self._is_news(entry, gone):
            self._subjects.add((ns, "fdb"))
        ref = LinkRef(ns, _INT(payload, 4)[0])
        link = self._reader.links.table.get(ref)
        if entry is not None and entry.table == "self" and link is not None and not kind_of(link.kind).fdb_is_its_own:
            self._links.add(ref)

    def _is_news(self, entity: AnyEntity | None, gone: bool) -> bool:
        """Returns whether an event about this entity changes the model. Many events only repeat what is known."""
        if entity is None:
            return gone
        known = self._reader.world.entities.get(entity.key)
        return known is not None if gone else known != entity

    def _settings(self, ns: str, payload: bytes) -> None:
        """Handles an event about a changed setting (NETCONFA_IFINDEX): of one link, of all links (-1) or of new links
        (-2). If it is not about one link, all links and the sysctls of the namespace are read again.

        Routes are read again after each of these events: such a setting decides whether a route over a link without
        carrier counts as dead (fib_nexthop_info).
        """
        self._subjects |= {(ns, "routes"), (ns, "nexthops")}
        ifindex = i32(walk(payload, 4).get(NETCONFA.IFINDEX, b"\0\0\0\0"))
        if ifindex > 0:
            self._links.add(LinkRef(ns, ifindex))
            return
        self._subjects.add((ns, "sysctls"))
        self._links |= {raw.ref for raw in self._reader.links.table.of(ns)}

    def namespaces(self) -> set[str]:
        """Returns the namespaces whose events were recorded, but not taken by the monitor yet."""
        return {ns for ns, _ in self._subjects} | {ref.ns for ref in self._links}

    def take_subjects(self) -> set[tuple[str, str]]:
        """Returns (namespace, subject) for each subject (such as routes) that may have changed since the last call."""
        subjects, self._subjects = self._subjects, set()
        return subjects

    def take_dead_nsids(self) -> list[int]:
        """Returns the nsids of namespaces that died since the last call."""
        dead, self._dead_nsids = self._dead_nsids, []
        return dead

    def take_links(self) -> tuple[set[LinkRef], set[LinkRef]]:
        """Returns the links that events named since the last call, and those of them that were reported as removed."""
        links, gone = self._links, self._gone
        self._links, self._gone = set(), set()
        return links, gone

    def any_in_unknown_namespace(self, pids: Iterable[int]) -> bool:
        """Returns whether one of these processes is in a namespace that is not known."""
        found = False
        for pid in pids:
            try:
                link = os.readlink(f"/proc/{pid}/ns/net")
            except OSError:
                continue
            found |= int(link[5:-1]) not in self._reader.namespaces.by_inode
        return found
