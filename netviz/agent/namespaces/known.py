"""The namespaces that the agent knows: their identity, the ways (paths) to enter them, and the entities that describe
them.

A namespace is identified by its cookie. An inode identifies it only while it exists; afterwards the kernel may give the
inode to another namespace.
"""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from netviz.agent.namespaces.containers import Containers
from netviz.agent.namespaces.observer import Observer
from netviz.agent.namespaces.owners import owner
from netviz.agent.namespaces.search import DEEP, FoundBy, Sighting, Sightings
from netviz.agent.netlink.requests import Socket
from netviz.agent.system.syscalls import go_home, is_network_namespace, namespace_id, own_namespace, setns
from netviz.model.entity import Note
from netviz.model.namespace import Holder, Namespace, Owner
from netviz.model.text import text

# Files that lead to a namespace and that are safe to open, because only root or the kernel can create them: names in
# /run/netns, and the files of processes and threads in /proc. Other files are checked with stat(2) before they are
# opened.
_TRUSTED = frozenset({FoundBy.NAME, FoundBy.PROCESS, FoundBy.THREAD})


class Unreachable(Exception):
    """Raised if a namespace is gone or cannot be entered."""


@dataclass(slots=True)
class KnownNamespace:
    """A namespace that the agent knows.

    `sighting` is the result of the last search, with the paths that lead to the namespace. It is None if no path leads
    there and the namespace is known only from links of other namespaces, which report its nsid. `closed` means that the
    agent may not enter it. `frozen` means that what was read inside is marked as no longer readable. `notes` are
    warnings for the user. `described` has the sighting and the notes from which the present entities of the namespace
    were made. The entities are made again only if the sighting or the notes are different now.
    """

    id: str
    nsid: int | None = None
    inode: int | None = None
    sighting: Sighting | None = None
    is_host: bool = False
    closed: bool = False
    frozen: bool = False
    notes: tuple[Note, ...] = ()
    described: tuple[Sighting | None, tuple[Note, ...]] | None = None

    @property
    def readable(self) -> bool:
        """Whether the namespace can be entered."""
        return self.sighting is not None and not self.closed

    def entity(self) -> Namespace:
        """Returns the entity `Namespace` for this namespace."""
        seen = self.sighting
        names = tuple(text(name) for name in seen.names) if seen else ()
        mounts = tuple(text(mount) for mount in seen.mounts) if seen else ()
        held = _holders(seen) if seen else ("peer",)
        nameless = not names and not (seen and seen.pids) and not self.is_host
        nsid = self.nsid if nameless else None
        return Namespace(self.id, self.inode, nsid, names, mounts, held, self.is_host, self.readable, self.notes)

    def owner(self, containers: Containers) -> Owner | None:
        """Returns the entity `Owner`. Returns None for the host's namespace, and for a namespace without processes."""
        if self.is_host or self.sighting is None or not self.sighting.pids:
            return None
        return owner(self.id, self.sighting.pids, containers)


def _holders(seen: Sighting) -> tuple[Holder, ...]:
    """Returns what keeps the namespace alive, such as a name or a process.

    Open descriptors are included only if no name, mount or process keeps the namespace alive. Only a deep search (of
    all threads, mounts and descriptors) finds descriptors. So without this rule, the result for the same namespace
    would be different after a deep search and after a shallow one.
    """
    held: list[Holder] = []
    if seen.names:
        held.append("name")
    if seen.mounts:
        held.append("mount")
    if seen.pids:
        held.append("process")
    if not held and seen.is_open:
        held.append("descriptor")
    return tuple(held)


@dataclass(slots=True)
class Visit:
    """The result of entering a namespace: the namespace, and a netlink socket in it.

    Valid while the thread is in it.
    """

    namespace: KnownNamespace
    sock: Socket


class KnownNamespaces:
    """All known namespaces, by id, by inode, and by the nsid that they have in the agent's observer namespace."""

    def __init__(self, observer: Observer | None, host_inode: int) -> None:
        self._observer = observer
        self._host_inode = host_inode
        self._home = own_namespace()
        self._home_inode = os.fstat(self._home).st_ino
        self.by_id: dict[str, KnownNamespace] = {}
        self.by_inode: dict[int, KnownNamespace] = {}
        self.by_nsid: dict[int, KnownNamespace] = {}
        self._displaced: list[KnownNamespace] = []

    def close(self) -> None:
        """Closes the descriptor of the agent's own namespace."""
        os.close(self._home)

    def id_of_nsid(self, nsid: int) -> str | None:
        """Returns the id of the namespace with this nsid in the agent's observer namespace, None if it is not known."""
        namespace = self.by_nsid.get(nsid)
        return namespace.id if namespace else None

    @contextmanager
    def entering(self, sighting: Sighting) -> Iterator[Visit]:
        """A context in which the calling thread is in the namespace that a search found. Identifies and registers the
        namespace.

        Raises Unreachable if the namespace is gone or cannot be entered. If it cannot be entered, it is registered as
        closed.
        """
        with opened(sighting) as descriptor:
            try:
                nsid = self._observer.nsid(descriptor) if self._observer else None
                sock = self._go(sighting, descriptor)
            except OSError as error:
                if error.errno in (errno.EPERM, errno.EACCES):
                    self._identify(sighting, None, namespace_id(descriptor), closed=True)
                raise Unreachable from error
            try:
                yield Visit(self._identify(sighting, nsid, sock.cookie()), sock)
            finally:
                self._come_home(sighting, sock)

    @contextmanager
    def entering_again(self, namespace: KnownNamespace) -> Iterator[Visit]:
        """A context in which the calling thread is in this known namespace.

        Raises Unreachable if it cannot be entered, or if its path now leads to another namespace.
        """
        if namespace.sighting is None:
            raise Unreachable
        sighting = namespace.sighting
        with opened(sighting) as descriptor:
            try:
                sock = self._go(sighting, descriptor)
            except OSError as error:
                namespace.closed = error.errno in (errno.EPERM, errno.EACCES)
                raise Unreachable from error
            try:
                cookie = sock.cookie()
                if cookie is not None and str(cookie) != namespace.id:
                    raise Unreachable
                namespace.closed = False
                yield Visit(namespace, sock)
            finally:
                self._come_home(sighting, sock)

    def _go(self, sighting: Sighting, descriptor: int) -> Socket:
        """Enters the namespace and opens a socket. If it raises OSError, the thread is back in its own namespace."""
        if sighting.inode == self._home_inode:
            return Socket()
        setns(descriptor)
        try:
            return Socket()
        except OSError:
            go_home(self._home)
            raise

    def _come_home(self, sighting: Sighting, sock: Socket) -> None:
        sock.close()
        if sighting.inode != self._home_inode:
            go_home(self._home)

    def _identify(
        self, sighting: Sighting, nsid: int | None, cookie: int | None, *, closed: bool = False
    ) -> KnownNamespace:
        known = self.by_inode.get(sighting.inode)
        if cookie is not None:
            ns = str(cookie)
        elif known is not None:
            ns = known.id
        else:
            ns = f"ino-{sighting.inode}-{int(time.time())}"
        namespace = self.by_id.get(ns)
        if namespace is None:
            namespace = self.by_id[ns] = KnownNamespace(ns)
        namespace.sighting = sighting
        namespace.inode = sighting.inode
        namespace.closed = closed
        namespace.is_host = sighting.inode == self._host_inode
        self._displace(self.by_inode, sighting.inode, namespace)
        if nsid is not None:
            namespace.nsid = nsid
            self._displace(self.by_nsid, nsid, namespace)
        return namespace

    def _displace(self, index: dict[int, KnownNamespace], number: int, namespace: KnownNamespace) -> None:
        """Registers a namespace under an inode or an nsid.

        If another `KnownNamespace` had this number, `take_displaced` will return the other one. Either the other
        namespace is dead, or both objects are the same namespace, which was known only from links until now.
        """
        old = index.get(number)
        if old is not None and old is not namespace:
            self._displaced.append(old)
        index[number] = namespace

    def take_displaced(self) -> list[KnownNamespace]:
        """Returns the `KnownNamespace` objects whose inode or nsid was given to another object since the last call."""
        displaced, self._displaced = self._displaced, []
        return displaced

    def with_nsid(self, nsid: int) -> list[KnownNamespace]:
        """Returns the namespaces that had this nsid at some time; at most one of them still has it."""
        return [namespace for namespace in self.by_id.values() if namespace.nsid == nsid]

    def add_by_nsid(self, nsid: int) -> KnownNamespace:
        """Registers a namespace of which only one thing is known: its nsid in the agent's observer namespace."""
        namespace = KnownNamespace(f"nsid-{nsid}", nsid)
        self.by_id[namespace.id] = self.by_nsid[nsid] = namespace
        return namespace

    def forget(self, namespace: KnownNamespace) -> None:
        """Removes a namespace from the known ones."""
        self.by_id.pop(namespace.id, None)
        if namespace.inode is not None and self.by_inode.get(namespace.inode) is namespace:
            del self.by_inode[namespace.inode]
        if namespace.nsid is not None and self.by_nsid.get(namespace.nsid) is namespace:
            del self.by_nsid[namespace.nsid]

    def update_ways(self, sightings: Sightings) -> list[Sighting]:
        """Stores the result of a search: for each known namespace, the ways (paths) that lead to it now. Returns the
        results that belong to no known namespace.

        A shallow search does not find ways of the kinds in `DEEP`. So ways of these kinds from an earlier search are
        kept if they still lead to the namespace.
        """
        unknown = [seen for inode, seen in sightings.found.items() if inode not in self.by_inode]
        for inode, namespace in self.by_inode.items():
            seen = sightings.found.get(inode) or Sighting(inode)
            for path, way in (namespace.sighting.ways if namespace.sighting else {}).items():
                if way.found_by in DEEP and path not in seen.ways and seen.leads(path):
                    seen.ways[path] = way
            namespace.sighting = seen if seen.ways else None
        return unknown


@contextmanager
def opened(sighting: Sighting) -> Iterator[int]:
    """A context with an open descriptor of the namespace, by the first path that still leads to it.

    Raises Unreachable.
    """
    for path, way in sighting.ways.items():
        if way.found_by not in _TRUSTED and not sighting.leads(path):
            continue
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            if os.fstat(descriptor).st_ino == sighting.inode and is_network_namespace(descriptor):
                yield descriptor
                return
        finally:
            os.close(descriptor)
    raise Unreachable
