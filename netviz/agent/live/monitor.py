"""Keeps the topology live: receives events, reads again what they are about, and reports the changes.

An event only says that something may have changed, because it may be out of date when it is received. So everything
that an event may be about is read again, by namespace and subject (such as routes), when no further event arrived for a
moment. What the kernel does not report is read periodically. Each kind of work is a job of `netviz.agent.live.jobs`.
"""

import socket
import time
from types import TracebackType
from typing import Self

from netviz.agent.collect.subjects import SUBJECTS
from netviz.agent.live.audit import Audit
from netviz.agent.live.discovery import Discovery
from netviz.agent.live.dying_namespaces import DyingNamespaces
from netviz.agent.live.event_hints import EventHints
from netviz.agent.live.event_sources import EventSources
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.jobs import Auditing, Job, LoudReads, PolledReads, Resyncs, RoundRobinReads, SubjectReads
from netviz.agent.live.link_follower import LinkFollower
from netviz.agent.live.pacing import Debounce, Loudness, RoundRobin
from netviz.agent.live.read_options import ReadOptions
from netviz.agent.live.unreported import Unreported
from netviz.agent.namespaces.known import KnownNamespace
from netviz.agent.netlink.events import Events, Overrun
from netviz.model.delta import Delta
from netviz.model.topology import Topology

# A requested search for namespaces runs when no further request has arrived for `_QUIET_S` seconds, at the latest
# `_LIMIT_S` seconds after the first request.
_QUIET_S, _LIMIT_S = 0.012, 0.1

# Minimum time between two deltas: at most 50 a second. A server accepts 100 frames a second (`FRAMES_PER_SECOND`), and
# current values (states) need some of them.
_REPORT_PERIOD_S = 0.02

# A namespace with more than `_LOUD_PER_S` events a second is loud. Its events are only counted, and everything in it is
# read once a second. While a namespace is loud, the agent sleeps `_LOUD_PAUSE_S` before it receives events, so that it
# receives many at once. Without this limit, a user who can create namespaces could keep the agent busy with events.
_LOUD_PER_S, _LOUD_PAUSE_S = 3_000, 0.03


# With up to this number of namespaces (and the host's), what the kernel does not report is read every 10 s.
_PROMPT_NAMESPACES = 12


class Monitor:
    """The live topology of a host.

    All calls must come from one thread, because the calls move their thread into other namespaces and back.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._reader = HostReader(options, listens=True)
        self._sources = EventSources(self._reader.observer)
        self._hints = EventHints(self._reader, own_only=self._sources.own_only)
        self._dying = DyingNamespaces(self._reader)
        self._searches: Debounce[str] = Debounce(_QUIET_S, _LIMIT_S)
        self._loudness: Loudness[int] = Loudness(_LOUD_PER_S)
        self._subjects = SubjectReads(self._reader, self._dying)
        self._follower = LinkFollower(self._reader, self._hints, self._dying, self._subjects, self._searches)
        self._audit = Audit(self._reader, self._follower.flush)
        self._loud = LoudReads(self._reader, self._dying, self._audit, self._follower.flush)
        self._resyncs = Resyncs(self._reader, self._follower.flush)
        self._unreported = Unreported(self._reader)
        self._jobs = self._all_jobs()
        self._report_after = 0.0
        self.overruns = 0

    def _all_jobs(self) -> tuple[Job, ...]:
        """Returns all jobs in the order in which they run: a job comes after those whose results it uses."""
        reader, flush = self._reader, self._follower.flush
        namespaces = reader.namespaces.by_id
        turning = self._dying, flush, namespaces.get
        return (
            self._follower,
            self._subjects,
            self._loud,
            Discovery(reader, self._sources, self._dying, self._searches, flush),
            self._resyncs,
            RoundRobinReads(RoundRobin(2.0, 60.0, share=0.001), self._with_down_links, reader.read_links, *turning),
            PolledReads(reader, self._subjects),
            RoundRobinReads(
                RoundRobin(10.0, 300.0, share=0.0015, few=_PROMPT_NAMESPACES),
                lambda: list(namespaces),
                self._read_silent,
                *turning,
            ),
            Auditing(self._audit, self._busy),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sources.close()
        self._reader.__exit__(kind, error, trace)

    @property
    def world(self) -> Topology:
        """The current topology."""
        return self._reader.world.entities

    @property
    def reader(self) -> HostReader:
        """The object that reads the host and keeps the topology."""
        return self._reader

    @property
    def route_events(self) -> Events:
        """The socket that receives events of links, addresses, routes, rules and neighbours."""
        return self._sources.route

    @property
    def resyncs(self) -> int:
        """The number of times that everything was read again after an overrun."""
        return self._resyncs.count

    @property
    def defects(self) -> list[str]:
        """Differences between the model and the kernel that the audit found and that no event explained."""
        return self._audit.defects

    def start(self) -> None:
        """Reads everything for the first time."""
        self._sources.watch_containers(self._reader.containers.folders())
        self._reader.read_all()
        self._reader.world.take()

    def also_watch(self, sock: socket.socket, *, reads: bool = True, writes: bool) -> None:
        """Makes `step` also return when this socket is readable (with `reads`) or writable (with `writes`)."""
        self._sources.watch_other(sock.fileno(), reads=reads, writes=writes)

    def step(self, timeout_s: float | None = None) -> Delta:
        """Waits up to `timeout_s` for events or due work, and returns the changes of the topology."""
        if self._loudness.loud():
            time.sleep(_LOUD_PAUSE_S)
        self._receive(self._sources.wait(self._wait_s(timeout_s)))
        for job in self._jobs:
            job.run()
        return self._report()

    def _wait_s(self, timeout_s: float | None) -> float:
        report_s = max(self._report_after - time.monotonic(), 0.0) if self._reader.world.changed else None
        waits = [timeout_s, report_s, *(job.wait_s() for job in self._jobs)]
        return min(wait for wait in waits if wait is not None)

    def _report(self) -> Delta:
        """Returns the changes to send.

        After a report, changes are collected for `_REPORT_PERIOD_S`, to limit the number of frames.
        """
        now = time.monotonic()
        if now < self._report_after:
            return Delta()
        self._reader.settle()
        delta = self._reader.world.take()
        if delta:
            self._report_after = now + _REPORT_PERIOD_S
        return delta

    # -- events

    def _receive(self, ready: set[int]) -> None:
        for events in (self._sources.route, self._sources.netfilter, self._sources.ipsec):
            if events is not None and events.fileno() in ready:
                self._receive_events(events)
        if self._sources.names_or_mounts(ready):
            self._searches.request("shallow")
            self._sources.watch_folders()
        if self._sources.containers.fileno() in ready:
            self._containers_changed()
        connector = self._sources.connector
        if (
            connector is not None
            and connector.fileno() in ready
            and self._hints.any_in_unknown_namespace(connector.read())
        ):
            self._searches.request("shallow", 0.0)

    def _containers_changed(self) -> None:
        self._sources.containers.drain()
        self._sources.watch_containers(self._reader.containers.folders())
        if self._reader.containers.refresh():
            self._searches.request("shallow")

    def _receive_events(self, events: Events) -> None:
        loud = self._loudness.loud()
        try:
            for event in events.read(loud):
                self._hints.take(event)
        except Overrun:
            self.overruns += 1
            events.drain()
            self._resyncs.request()
        else:
            if self._resyncs.busy:
                self._resyncs.request()
        for nsid, number in events.take_counts().items():
            self._loudness.count(nsid, number)
            if nsid in loud:
                self._loud.request(nsid)
        self._audit.events_received(self._hints.namespaces())
        for ns, subject in self._hints.take_subjects():
            self._subjects.request(ns, subject)
        for nsid in self._hints.take_dead_nsids():
            self._dying.begin(nsid)

    # -- periodic work

    def _busy(self) -> bool:
        return self._subjects.busy or self._resyncs.busy or bool(self._searches.keys())

    def _with_down_links(self) -> list[str]:
        """Returns the namespaces that have a link that is down.

        The kernel sends no event when the alias, names or group of such a link change (`netdev_state_change`).
        """
        down = self._reader.links.table.namespaces_with_down_links()
        return [ns for ns in self._reader.namespaces.by_id if ns in down]

    def _read_silent(self, namespace: KnownNamespace) -> None:
        if namespace.readable:
            # Links are read too, because most settings of a link change without an event.
            self._reader.read_links(namespace)
            silent = [row.name for row in SUBJECTS.values() if row.silent]
            self._reader.read_subjects(namespace, [*silent, *self._unreported.subjects(namespace)])
