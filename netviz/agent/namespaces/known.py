"""The namespaces that the agent knows: their identity, the ways to enter them, and the entities that describe them.

A namespace is identified by its cookie; an inode identifies it only while it exists.
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
from netviz.agent.namespaces.search import DEEP, How, Sighting, Sightings
from netviz.agent.netlink.requests import Socket
from netviz.agent.system.syscalls import go_home, is_network_namespace, namespace_id, own_namespace, setns
from netviz.model.entity import Note
from netviz.model.namespace import Holder, Namespace, Owner
from netviz.model.text import text

# Only root or the kernel creates the files of these ways. Other files are checked with stat before they are opened.
_TRUSTED = frozenset({How.NAME, How.PROCESS, How.THREAD})


class Unreachable(Exception):
    """A namespace is gone or cannot be entered."""


@dataclass(slots=True)
class Place:
    """One namespace. `sighting` has the ways to it, or is None if only links of other namespaces lead to it.

    `closed` means that it cannot be entered; `described` is the state that its entities were last made from.
    """

    id: str
    nsid: int | None = None
    inode: int | None = None
    sighting: Sighting | None = None
    is_host: bool = False
    closed: bool = False
    notes: tuple[Note, ...] = ()
    described: tuple[Sighting | None, tuple[Note, ...]] | None = None

    @property
    def readable(self) -> bool:
        """Whether it can be entered."""
        return self.sighting is not None and not self.closed

    def namespace(self) -> Namespace:
        """The entity of this namespace."""
        seen = self.sighting
        names = tuple(text(name) for name in seen.names) if seen else ()
        mounts = tuple(text(mount) for mount in seen.mounts) if seen else ()
        held = _holders(seen) if seen else ("peer",)
        nameless = not names and not (seen and seen.pids) and not self.is_host
        nsid = self.nsid if nameless else None
        return Namespace(self.id, self.inode, nsid, names, mounts, held, self.is_host, self.readable, self.notes)

    def owner(self, containers: Containers) -> Owner | None:
        """The owner entity; None for the host's namespace, and if no process is in it."""
        if self.is_host or self.sighting is None or not self.sighting.pids:
            return None
        return owner(self.id, self.sighting.pids, containers)


def _holders(seen: Sighting) -> tuple[Holder, ...]:
    """What holds the namespace. Descriptors count only if nothing else does: they are not searched for each time."""
    held: list[Holder] = []
    if seen.names:
        held.append("name")
    if seen.mounts:
        held.append("mount")
    if seen.pids:
        held.append("process")
    if not held and seen.described:
        held.append("descriptor")
    return tuple(held)


@dataclass(slots=True)
class Visit:
    """A stay of the calling thread in a namespace; `sock` was opened in it."""

    place: Place
    sock: Socket


class Places:
    """All known namespaces, by id, by inode and by the observer's nsid."""

    def __init__(self, observer: Observer | None, host_inode: int) -> None:
        self._observer = observer
        self._host_inode = host_inode
        self._home = own_namespace()
        self._home_inode = os.fstat(self._home).st_ino
        self.by_id: dict[str, Place] = {}
        self.by_inode: dict[int, Place] = {}
        self.by_nsid: dict[int, Place] = {}
        self._displaced: list[Place] = []

    def close(self) -> None:
        """Closes the descriptor of the agent's own namespace."""
        os.close(self._home)

    def id_of_nsid(self, nsid: int) -> str | None:
        """The namespace with this nsid in the observer, or None if it is not known."""
        place = self.by_nsid.get(nsid)
        return place.id if place else None

    @contextmanager
    def entering(self, sighting: Sighting) -> Iterator[Visit]:
        """The calling thread is in that namespace inside the block; the namespace is identified and registered.

        Raises Unreachable if it is gone or cannot be entered; in the latter case it is registered as closed.
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
    def entering_again(self, place: Place) -> Iterator[Visit]:
        """The calling thread is in a known namespace inside the block.

        Raises Unreachable if it cannot be entered, or if its path leads to another namespace by now.
        """
        if place.sighting is None:
            raise Unreachable
        sighting = place.sighting
        with opened(sighting) as descriptor:
            try:
                sock = self._go(sighting, descriptor)
            except OSError as error:
                raise Unreachable from error
            try:
                cookie = sock.cookie()
                if cookie is not None and str(cookie) != place.id:
                    raise Unreachable
                yield Visit(place, sock)
            finally:
                self._come_home(sighting, sock)

    def _go(self, sighting: Sighting, descriptor: int) -> Socket:
        """Enters the namespace and opens a socket. Raises OSError; the thread is in its own namespace then."""
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

    def _identify(self, sighting: Sighting, nsid: int | None, cookie: int | None, *, closed: bool = False) -> Place:
        known = self.by_inode.get(sighting.inode)
        if cookie is not None:
            ns = str(cookie)
        elif known is not None:
            ns = known.id
        else:
            ns = f"ino-{sighting.inode}-{int(time.time())}"
        place = self.by_id.get(ns)
        if place is None:
            place = self.by_id[ns] = Place(ns)
        place.sighting = sighting
        place.inode = sighting.inode
        place.closed = closed
        place.is_host = sighting.inode == self._host_inode
        self._displace(self.by_inode, sighting.inode, place)
        if nsid is not None:
            place.nsid = nsid
            self._displace(self.by_nsid, nsid, place)
        return place

    def _displace(self, index: dict[int, Place], number: int, place: Place) -> None:
        """Numbers are reused: the old owner of this one is dead, or is this namespace as known through links alone."""
        old = index.get(number)
        if old is not None and old is not place:
            self._displaced.append(old)
        index[number] = place

    def take_displaced(self) -> list[Place]:
        """The namespaces whose number belongs to another one by now."""
        displaced, self._displaced = self._displaced, []
        return displaced

    def with_nsid(self, nsid: int) -> list[Place]:
        """The namespaces that had this nsid at some time; at most one of them still has it."""
        return [place for place in self.by_id.values() if place.nsid == nsid]

    def add_far(self, nsid: int) -> Place:
        """Registers a namespace of which only the observer's nsid is known."""
        place = Place(f"nsid-{nsid}", nsid)
        self.by_id[place.id] = self.by_nsid[nsid] = place
        return place

    def forget(self, place: Place) -> None:
        """Removes a namespace."""
        self.by_id.pop(place.id, None)
        if place.inode is not None and self.by_inode.get(place.inode) is place:
            del self.by_inode[place.inode]
        if place.nsid is not None and self.by_nsid.get(place.nsid) is place:
            del self.by_nsid[place.nsid]

    def keep_ways(self, sightings: Sightings) -> list[Sighting]:
        """Gives known namespaces their new sightings, and returns the sightings of unknown namespaces.

        A shallow search does not cover the `DEEP` ways, so those that still lead to the namespace are kept.
        """
        strangers = [seen for inode, seen in sightings.found.items() if inode not in self.by_inode]
        for inode, place in self.by_inode.items():
            seen = sightings.found.get(inode) or Sighting(inode)
            for path, way in (place.sighting.ways if place.sighting else {}).items():
                if way.how in DEEP and path not in seen.ways and seen.leads(path):
                    seen.ways[path] = way
            place.sighting = seen if seen.ways else None
        return strangers


@contextmanager
def opened(sighting: Sighting) -> Iterator[int]:
    """A descriptor of the namespace, by the first way that still leads to it. Raises Unreachable."""
    for path, way in sighting.ways.items():
        if way.how not in _TRUSTED and not sighting.leads(path):
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
