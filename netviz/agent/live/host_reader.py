"""Reads a host: finds its namespaces, reads each one, and follows links to namespaces that can be found in no other
way.
"""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from netviz.agent.collect import links, sysctls
from netviz.agent.links.container_networks import ContainerNetworks
from netviz.agent.links.keeper import LinkKeeper
from netviz.agent.links.tun_processes import TunProcesses
from netviz.agent.links.tunnel_pairs import TunnelPairs
from netviz.agent.live.read_options import ReadOptions, polled_kinds
from netviz.agent.namespaces.containers import Containers
from netviz.agent.namespaces.known import KnownNamespace, KnownNamespaces, Unreachable, Visit, opened
from netviz.agent.namespaces.observer import NOT_ASSIGNED, Observer, known_nsid_within
from netviz.agent.namespaces.search import FoundBy, Sighting, Sightings, Way, search
from netviz.agent.netlink.requests import NetlinkError
from netviz.agent.system.collector import no_collection
from netviz.agent.system.descriptors import half
from netviz.agent.system.host import host_entity, namespace_inode
from netviz.agent.system.syscalls import can_query_programs
from netviz.agent.world import World
from netviz.model.codes import GapCause, NoteCode
from netviz.model.entity import Note
from netviz.model.namespace import Gap
from netviz.model.text import text
from netviz.model.topology import AnyEntity

# Without its observer namespace, the agent has to request the nsid of each namespace in each other namespace. It
# does so for at most this number of namespaces, because 100 namespaces already need 10,000 requests.
_RELATIVE_NAMESPACES = 100

# A name in /run/netns that leads to no namespace is reported only after this time, because `ip netns add` creates the
# name first. `dump` reports it at once.
_PATIENCE_S = 0.3

# If the two ends of a link do not agree, one of them changed while they were read. They are read again up to this
# number of times.
_SETTLE_ROUNDS = 3


def read_topology(options: ReadOptions) -> dict[str, AnyEntity]:
    """Reads a whole host once, in the calling thread."""
    with HostReader(options) as reader:
        reader.read_all()
        return reader.world.entities


class HostReader:
    """Reads a host, as a whole or in parts, into `world`. Raises OSError if `host_netns` is not a network namespace."""

    def __init__(self, options: ReadOptions, *, listens: bool = False) -> None:
        self.options = options
        self.world = World(options.budgets.entities)
        self._host_path = options.host_netns or "/proc/thread-self/ns/net"
        self.host_inode = namespace_inode(self._host_path)
        self._sysctls = sysctls.Folders(half() if listens else 0)
        self.observer: Observer | None = None
        with suppress(OSError):
            self.observer = Observer(listens=listens)
        self.namespaces = KnownNamespaces(self.observer, self.host_inode)
        self.subjects = options.subjects
        polled = polled_kinds() if self.subjects else ()
        self.links = LinkKeeper(self.observer, self.namespaces, self.world, options.budgets, polled)
        self.tuns = TunProcesses(self.namespaces, self.links.table, self.world)
        self.tunnel_pairs = TunnelPairs(self.links, self.world)
        self._queries_programs = can_query_programs()
        self.home_inode = os.stat("/proc/thread-self/ns/net").st_ino
        self.containers = Containers()
        self.container_networks = ContainerNetworks(self.containers, self.world)
        self._patience_s = _PATIENCE_S if listens else 0.0
        self._dangling_since: dict[bytes, float] = {}
        self._processes_hidden = False
        self.dead_nsids: set[int] = set()
        self.missed = self.unsure = self.found_by_links = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.namespaces.close()
        self._sysctls.close()
        if self.observer is not None:
            self.observer.close()

    def read_all(self) -> None:
        """Finds all namespaces and reads everything in them, for the first time."""
        with no_collection():
            self._read_all()

    def _read_all(self) -> None:
        self.discover(deep=True)
        for _ in range(_SETTLE_ROUNDS):
            unsettled = self.links.table.unsettled()
            if not unsettled:
                break
            self.links.refresh(unsettled)
            self.follow_links()
        self.links.flush()
        self.settle()

    def settle(self) -> None:
        """Updates what follows from several entities: pairs of tunnel links, networks of bridges."""
        self.tunnel_pairs.settle()
        self.container_networks.settle()

    def discover(self, *, deep: bool, mounts: bool = False, skip: Collection[KnownNamespace] = ()) -> None:
        """Searches for namespaces: reads new ones, forgets those that are gone, and updates the others, except those in
        `skip`.

        Sets three flags. `missed`: a known namespace was not found, so a deep search is needed. `found_by_links`: a new
        namespace is known only from links, because the search did not find it. `unsure`: a name leads to no namespace,
        but for too short a time to report this.
        """
        self.containers.refresh()
        sightings = self._search(deep, mounts)
        unknown = self.namespaces.update_ways(sightings)
        unknown.sort(key=lambda seen: seen.inode != self.host_inode)
        room = max(self.options.budgets.namespaces - len(self.namespaces.by_id), 0)
        for sighting in unknown[:room]:
            self.read_namespace(sighting)
            if sighting.inode not in self.namespaces.by_inode:
                sightings.dangling_names |= sighting.existing_names()
        self._note_dangling_names(sightings.dangling_names)
        self._processes_hidden = sightings.hidden > 0
        self.missed = self.found_by_links = False
        for namespace in list(self.namespaces.by_id.values()):
            if namespace in skip:
                continue
            if namespace.sighting is None and namespace.nsid is None:
                self.forget(namespace)
            elif namespace.sighting is None and not deep and namespace.inode is not None:
                self.missed = True
            elif namespace.sighting is None and deep and not self.is_alive(namespace):
                self.forget(namespace)
            else:
                self._freeze_or_thaw(namespace)
                self.describe(namespace)
        self.links.recount()
        self._describe_host(len(unknown[room:]))
        if self.observer is None:
            self._learn_relative_ids()
        elif deep:
            self.follow_links()
        self.tuns.keep(sightings.tuns)

    def _note_dangling_names(self, names: set[bytes]) -> None:
        """Records since when each name in /run/netns leads to no namespace.

        For a short time this is normal: a name is created before a namespace is mounted on it.
        """
        now = time.monotonic()
        self._dangling_since = {name: self._dangling_since.get(name, now) for name in names}
        self.unsure = any(now - since < self._patience_s for since in self._dangling_since.values())

    def _search(self, deep: bool, mounts: bool) -> Sightings:
        sightings = search(deep=deep, mounts=mounts)
        if self.host_inode not in sightings.found:
            path = os.fsencode(self._host_path)
            sightings.add(self.host_inode, path, Way(FoundBy.MOUNT, path))
        return sightings

    # -- reading one namespace

    def read_namespace(self, sighting: Sighting) -> None:
        """Finds out which namespace this is and reads everything in it.

        Entities that disappear during the read are left out.
        """
        try:
            with self.namespaces.entering(sighting) as visit:
                if visit.namespace.nsid is not None:
                    self.dead_nsids.discard(visit.namespace.nsid)
                    self.links.table.nsid_changed(visit.namespace.nsid)
                self._read_inside(visit, self.subjects)
                if self.options.inside is not None:
                    self.options.inside(visit)
        except Unreachable:
            self._report_closed(sighting)
        for namespace in self.namespaces.take_displaced():
            self.forget(namespace)

    def read_again(self, namespace: KnownNamespace) -> None:
        """Reads everything in a namespace again, including its links."""
        self.read_links(namespace)
        self.read_subjects(namespace, self.subjects)

    def read_links(self, namespace: KnownNamespace) -> None:
        """Reads the links of a namespace again."""
        if self.observer is not None:
            self._read_links(namespace, None)
        else:
            with suppress(Unreachable), self.namespaces.entering_again(namespace) as visit:
                self._read_links(namespace, visit)

    def read_subjects(self, namespace: KnownNamespace, subjects: Collection[str]) -> None:
        """Reads some subjects (such as routes) of a namespace again; does nothing if the namespace is gone."""
        if namespace.sighting is None:
            self._read_from_observer(namespace)
            return
        try:
            with self.namespaces.entering_again(namespace) as visit:
                self._read_inside(visit, subjects)
        except Unreachable:
            if namespace.closed:
                self._freeze(namespace, "closed")

    def _freeze_or_thaw(self, namespace: KnownNamespace) -> None:
        """Marks what was read of a namespace into which nothing leads any more; reads it again if something does."""
        if namespace.sighting is None:
            self._freeze(namespace, "unreachable")
        elif namespace.frozen and namespace.readable:
            namespace.frozen = False
            self.read_again(namespace)

    def _freeze(self, namespace: KnownNamespace, cause: GapCause) -> None:
        """Marks the subjects that were read of a namespace and can no longer be read. Addresses can be read from
        outside if the namespace has an nsid.
        """
        if namespace.frozen:
            return
        namespace.frozen, namespace.described = True, None
        outside = {"addresses"} if self.observer is not None and namespace.nsid is not None else ()
        for subject in self.subjects:
            if subject not in outside and self.world.has(namespace.id, subject):
                self.world.freeze(Gap(namespace.id, subject, cause, since_ms=int(time.time() * 1_000)))

    def is_alive(self, namespace: KnownNamespace) -> bool:
        """Returns whether this namespace still exists: it can be entered, or its links can be read from outside."""
        if namespace.sighting is not None:
            with suppress(Unreachable), self.namespaces.entering_again(namespace):
                return True
        if (
            self.observer is None
            or namespace.nsid is None
            or self.namespaces.by_nsid.get(namespace.nsid) is not namespace
        ):
            return False
        try:
            return bool(links.read(self.observer.socket, namespace.id, namespace.nsid))
        except NetlinkError:
            return False

    def _read_inside(self, visit: Visit, subjects: Collection[str]) -> None:
        namespace = visit.namespace
        if not self.world.has(namespace.id, "namespace"):
            self._read_links(namespace, visit)
        if not subjects:
            return
        from netviz.agent.collect.subjects import Inside, read_subject

        known, without_arp = self.links.table.of(namespace.id), self.links.without_arp(namespace.id)
        inside = Inside(
            namespace.id,
            visit.sock,
            self.observer,
            namespace.nsid,
            known,
            without_arp,
            self.options.budgets,
            self._sysctls,
        )
        for subject in subjects:
            found = read_subject(subject, inside)
            if isinstance(found, Gap):
                self.world.freeze(found)
            else:
                self.world.replace(namespace.id, subject, found)

    def _read_links(self, namespace: KnownNamespace, visit: Visit | None) -> None:
        try:
            self.links.read(namespace, visit)
        except OSError as error:
            from netviz.agent.collect.subjects import gap_for

            self.world.replace(namespace.id, "links unread", [gap_for(namespace.id, "links", error)])
        else:
            if self.world.has(namespace.id, "links unread"):
                self.world.replace(namespace.id, "links unread", [])

    def _report_closed(self, sighting: Sighting) -> None:
        namespace = self.namespaces.by_inode.get(sighting.inode)
        if namespace is not None and namespace.closed:
            self.world.replace(namespace.id, "links unread", [Gap(namespace.id, "links", "closed")])

    def _learn_relative_ids(self) -> None:
        """Requests from each namespace the nsids that other namespaces have in it.

        Only needed if the agent could not create its observer namespace, in which every namespace has an nsid.
        """
        readable = [namespace for namespace in self.namespaces.by_id.values() if namespace.readable]
        for namespace in readable[:_RELATIVE_NAMESPACES]:
            if namespace.sighting is None:
                continue
            with suppress(Unreachable, OSError), self.namespaces.entering_again(namespace) as visit:
                for other in readable[:_RELATIVE_NAMESPACES]:
                    nsid = self._relative_id(visit, other)
                    if nsid != NOT_ASSIGNED:
                        self.links.learn_relative_id(namespace.id, nsid, other.id)

    def _relative_id(self, visit: Visit, other: KnownNamespace) -> int:
        if other is visit.namespace or other.sighting is None:
            return NOT_ASSIGNED
        with opened(other.sighting) as descriptor:
            return known_nsid_within(visit.sock, descriptor)

    # -- namespaces that are known only from links

    def unknown_nsids(self) -> set[int]:
        """Returns the nsids that links report and that belong neither to a known namespace nor to a dead one."""
        return set() if self.observer is None else self.links.table.unknown_nsids() - self.dead_nsids

    def follow_links(self) -> None:
        """Reads the namespaces that links point to and that no search found. Repeats this until no new one is found."""
        while unknown := self.unknown_nsids():
            for nsid in unknown:
                namespace = self.namespaces.add_by_nsid(nsid)
                self.links.table.nsid_changed(nsid)
                if self._read_from_observer(namespace):
                    self.found_by_links = True
                    self.describe(namespace)
                else:
                    self.dead_nsids.add(nsid)
                    self.forget(namespace)

    def _read_from_observer(self, namespace: KnownNamespace) -> bool:
        """Reads links and addresses of a namespace from outside, by its nsid in the agent's observer namespace.

        Returns False if the kernel does not answer.
        """
        if self.observer is None or namespace.nsid is None:
            return False
        from netviz.agent.collect import addresses

        try:
            self.links.read(namespace)
            found = addresses.read(self.observer.socket, namespace.id, namespace.nsid)
        except NetlinkError:
            return False
        self.world.replace(namespace.id, "addresses", found)
        return True

    # -- updating the entities of the namespaces and of the host

    def describe(self, namespace: KnownNamespace) -> None:
        """Updates the entities `Namespace` and `Owner` of a namespace, if its paths, processes or warnings changed."""
        notes = self._notes() if namespace.is_host else ()
        same = namespace.described == (namespace.sighting, notes) and self.world.has(namespace.id, "namespace")
        if same and not (namespace.sighting and namespace.sighting.pids and not namespace.is_host):
            return
        namespace.notes = notes
        namespace.described = (namespace.sighting, notes)
        owner = namespace.owner(self.containers)
        self.world.replace(namespace.id, "namespace", [namespace.entity(), *([owner] if owner else [])])

    def _notes(self) -> tuple[Note, ...]:
        now = time.monotonic()
        return tuple(
            Note("name-without-namespace", (text(name),))
            for name, since in sorted(self._dangling_since.items())
            if now - since >= self._patience_s
        )

    def forget(self, namespace: KnownNamespace) -> None:
        """Removes a namespace and everything in it from the model."""
        self.namespaces.forget(namespace)
        self._sysctls.forget(namespace.id)
        self.links.table.forget(namespace.id)
        if namespace.nsid is not None:
            self.links.table.nsid_changed(namespace.nsid)
        self.world.forget(namespace.id)

    def _describe_host(self, left_out: int) -> None:
        host = self.namespaces.by_inode.get(self.host_inode)
        missing = tuple(Note(code) for code in self._missing())
        entities: list[AnyEntity] = [host_entity(host.id if host else "", self.options.practice, missing)]
        if left_out:
            shown = len(self.namespaces.by_id)
            entities.append(Gap("", "namespaces", "namespace-budget", shown=shown, total=shown + left_out))
        self.world.replace("", "host", entities)

    def _missing(self) -> Iterator[NoteCode]:
        if self.observer is None:
            yield "no-observer"
        elif self.observer.route_events is not None and not self.observer.route_events.all_namespaces:
            yield "no-events-elsewhere"
        if self._processes_hidden:
            yield "processes-hidden"
        if any(namespace.closed for namespace in self.namespaces.by_id.values()):
            yield "namespaces-closed"
        if not self._queries_programs:
            yield "programs-by-number"
