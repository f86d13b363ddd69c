"""The sources of events for the monitor: netlink, processes that start a program, and names and mounts of namespaces
that appear or disappear.
"""

import os
import select
from contextlib import suppress

from netviz.agent.namespaces.observer import Observer
from netviz.agent.namespaces.search import NAME_FOLDERS, RUNTIME_FOLDERS
from netviz.agent.netlink.connector import Connector
from netviz.agent.netlink.events import Events
from netviz.agent.netlink.requests import ROUTE
from netviz.agent.system.syscalls import NameWatch

_MOUNTS = "/proc/thread-self/mountinfo"


class EventSources:
    """The descriptors that the monitor polls.

    `own_only` means that only events of the agent's own namespace can be received: the agent could not create its
    observer namespace, or has no CAP_NET_BROADCAST.
    """

    def __init__(self, observer: Observer | None) -> None:
        self._poll = select.epoll()
        self._others: dict[int, int] = {}
        self.own_only = _all_events(observer) is None
        self.route: Events = _route_events(observer)
        self.netfilter = observer.netfilter_events if observer else None
        self.ipsec = observer.ipsec_events if observer else None
        self.names = NameWatch()
        self.watch_folders()
        self.containers = NameWatch()
        self._mounts = os.open(_MOUNTS, os.O_RDONLY | os.O_CLOEXEC)
        self.connector: Connector | None = None
        with suppress(OSError):
            self.connector = Connector()
        for source in (self.route, self.netfilter, self.ipsec, self.names, self.containers, self.connector):
            if source is not None:
                self._poll.register(source.fileno(), select.EPOLLIN)
        self._poll.register(self._mounts, select.EPOLLPRI)

    def watch_folders(self) -> None:
        """Makes `wait` also return when a file appears or disappears in a folder with names of namespaces, such as
        /run/netns.

        If a folder does not exist, its parent is watched instead.
        """
        for folder in dict.fromkeys((*NAME_FOLDERS, *RUNTIME_FOLDERS)):
            if not self.names.add(folder):
                self.names.add(os.path.dirname(folder))

    def watch_containers(self, folders: list[str]) -> None:
        """Makes `wait` also return when a file appears or disappears in one of these folders of container runtimes."""
        for folder in folders:
            self.containers.add(folder)

    def watch_other(self, descriptor: int, *, reads: bool, writes: bool) -> None:
        """Makes `wait` also return when this descriptor is readable (with `reads`) or writable (with `writes`)."""
        mask = (select.EPOLLIN if reads else 0) | (select.EPOLLOUT if writes else 0)
        if descriptor in self._others:
            self._poll.modify(descriptor, mask)
        else:
            self._poll.register(descriptor, mask)
        self._others[descriptor] = mask

    def wait(self, timeout_s: float | None) -> set[int]:
        """Waits up to `timeout_s` and returns the descriptors that are ready."""
        try:
            return {descriptor for descriptor, _ in self._poll.poll(-1 if timeout_s is None else timeout_s)}
        except InterruptedError:
            return set()

    def names_or_mounts(self, ready: set[int]) -> bool:
        """Returns whether one of the ready descriptors reports that names or mounts of namespaces changed."""
        if self.names.fileno() in ready:
            self.names.drain()
            return True
        return self._mounts in ready

    def close(self) -> None:
        """Closes the descriptors that this object opened. Sockets in the observer namespace stay open."""
        self._poll.close()
        self.names.close()
        self.containers.close()
        os.close(self._mounts)
        if self.connector is not None:
            self.connector.close()
        if self.own_only:
            self.route.close()


def _route_events(observer: Observer | None) -> Events:
    return _all_events(observer) or Events(ROUTE)


def _all_events(observer: Observer | None) -> Events | None:
    """Returns the socket for events in the agent's observer namespace.

    Returns None if the agent has no such namespace, or if the socket there does not receive the events of all
    namespaces (without CAP_NET_BROADCAST).
    """
    events = observer.route_events if observer else None
    return events if events is not None and events.all_namespaces else None
