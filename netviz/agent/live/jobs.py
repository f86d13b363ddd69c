"""The jobs of the monitor: kinds of work that keep the topology up to date. For example, one job reads the routes of a
namespace again after the kernel reported that a route changed.

Each job knows when its work is due.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol

from netviz.agent.collect.subjects import polled
from netviz.agent.live.audit import Audit
from netviz.agent.live.dying_namespaces import DyingNamespaces
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.pacing import Debounce, Round, RoundRobin, TokenBucket
from netviz.agent.namespaces.known import KnownNamespace
from netviz.agent.netlink.requests import NetlinkError

log = logging.getLogger(__name__)

# Events come in bursts, so requests to read a subject are collected. The subject is read when no new request has
# arrived for `_QUIET_S` seconds, and at the latest `_LIMIT_S` seconds after the first request.
_QUIET_S, _LIMIT_S = 0.012, 0.1

# Time between two reads of a loud namespace (one with too many events); see `netviz.agent.live.monitor`.
_LOUD_PERIOD_S = 1.0

# After an overrun everything is read again when no further overrun occurred for `_OVERRUN_QUIET_S`, at the latest
# `_OVERRUN_LIMIT_S` after the first overrun.
_OVERRUN_QUIET_S, _OVERRUN_LIMIT_S = 0.2, 1.5

# Limit on full reads, because each takes long: `_RESYNCS` may follow each other at once, then one is allowed in each
# period.
_RESYNCS, _RESYNC_PERIOD_S = 2, 5.0


class Job(Protocol):
    """A kind of work that the monitor does again and again, such as reading links again."""

    def wait_s(self) -> float | None:
        """Returns the seconds until work is due, or None if there is no work."""

    def run(self) -> None:
        """Does the work that is due now. Returns quickly if no work is due, because each call of `Monitor.step` calls
        this method.
        """


class Flush(Protocol):
    """A function that updates the topology with the links that were read.

    It also requests reads of the subjects (such as routes) that may have changed together with the links.
    """

    def __call__(self, just_read: frozenset[str] = frozenset()) -> None:
        """Updates the topology with the links that were read, and requests reads of subjects.

        No reads are requested for the namespaces in `just_read`: the caller has just read both their links and, after
        that, their subjects (such as routes).
        """


class SubjectReads:
    """Reads subjects (such as the routes of a namespace) again after events, as soon as no further event arrives for a
    moment.
    """

    def __init__(self, reader: HostReader, dying: DyingNamespaces) -> None:
        self._reader = reader
        self._dying = dying
        self._requested: Debounce[tuple[str, str]] = Debounce(_QUIET_S, _LIMIT_S)

    @property
    def busy(self) -> bool:
        """Whether a requested read is still pending."""
        return bool(self._requested.keys())

    def request(self, ns: str, subject: str, delay_s: float | None = None) -> None:
        """Requests a read of this subject of this namespace, because it may have changed."""
        self._requested.request((ns, subject), delay_s)

    def wait_s(self) -> float | None:
        """Returns the seconds until the next requested read is due, None if none is requested."""
        return self._requested.wait_s()

    def run(self) -> None:
        """Reads the subjects (such as routes) whose reads are due."""
        by_ns: dict[str, set[str]] = {}
        for ns, subject in self._requested.take():
            by_ns.setdefault(ns, set()).add(subject)
        for ns, subjects in by_ns.items():
            namespace = self._reader.namespaces.by_id.get(ns)
            if namespace is not None and not self._dying.is_dying(namespace):
                self._reader.read_subjects(namespace, sorted(subjects))


class LoudReads:
    """Reads loud namespaces (those with too many events) completely, once a second, instead of parsing their events."""

    def __init__(self, reader: HostReader, dying: DyingNamespaces, audit: Audit, flush: Flush) -> None:
        self._reader = reader
        self._dying = dying
        self._audit = audit
        self._flush = flush
        self._requested: Debounce[int] = Debounce(_LOUD_PERIOD_S, _LOUD_PERIOD_S)

    def request(self, nsid: int) -> None:
        """Requests a read of the loud namespace with this nsid.

        Its events are counted but not parsed, so only a read shows what changed there.
        """
        self._requested.request(nsid)

    def wait_s(self) -> float | None:
        """Returns the seconds until the next requested read is due, None if none is requested."""
        return self._requested.wait_s()

    def run(self) -> None:
        """Reads everything in the namespaces whose reads are due."""
        for nsid in self._requested.take():
            namespace = self._reader.namespaces.by_nsid.get(nsid)
            if namespace is None or self._dying.is_dying(namespace):
                continue
            self._audit.events_received({namespace.id})
            with suppress(NetlinkError):  # the namespace was removed; an event will report this
                self._reader.links.refresh_all(namespace)
            self._reader.read_subjects(namespace, self._reader.subjects)
            self._flush(frozenset({namespace.id}))


class Resyncs:
    """Reads everything on the host again after events were lost (an overrun)."""

    def __init__(self, reader: HostReader, flush: Flush) -> None:
        self._reader = reader
        self._flush = flush
        self._requested: Debounce[str] = Debounce(_OVERRUN_QUIET_S, _OVERRUN_LIMIT_S)
        self._tokens = TokenBucket(_RESYNCS, _RESYNC_PERIOD_S)
        self.count = 0

    @property
    def busy(self) -> bool:
        """Whether a full read is pending."""
        return bool(self._requested.keys())

    def request(self) -> None:
        """Requests a full read, because events were lost."""
        self._requested.request("all")

    def wait_s(self) -> float | None:
        """Returns the seconds until the requested full read is due, None if none is requested."""
        return self._requested.wait_s()

    def run(self) -> None:
        """Reads everything again if this is due and was not done too often lately."""
        if not self._requested.take():
            return
        if not self._tokens.take():
            self._requested.request("all", self._tokens.wait_s())
            return
        log.info("reading everything again, because events were lost (overrun)")
        self.count += 1
        self._reader.discover(deep=True)
        for namespace in list(self._reader.namespaces.by_id.values()):
            self._reader.read_again(namespace)
        self._reader.links.refresh(self._reader.links.table.unsettled())
        self._flush()


class RoundRobinReads:
    """Reads namespaces periodically, one in each run, so that no single run takes long."""

    def __init__(
        self,
        turns: RoundRobin[str],
        list_ids: Callable[[], Iterable[str]],
        read: Callable[[KnownNamespace], None],
        dying: DyingNamespaces,
        flush: Flush,
        find: Callable[[str], KnownNamespace | None],
    ) -> None:
        self._turns = turns
        self._list_ids = list_ids
        self._read = read
        self._dying = dying
        self._flush = flush
        self._find = find

    def wait_s(self) -> float:
        """Returns the seconds until the next namespace is due."""
        return self._turns.wait_s()

    def run(self) -> None:
        """Reads the next namespace if it is due."""
        ns = self._turns.next(self._list_ids)
        if ns is None:
            return
        began = time.thread_time()
        namespace = self._find(ns)
        if namespace is not None and not self._dying.is_dying(namespace):
            self._read(namespace)
            self._flush()
        self._turns.done(time.thread_time() - began)


class PolledReads:
    """Periodically reads subjects that change often and without an event, and that only links of one kind have.

    An example is the subject `wireguard`: it is read only in namespaces that have links of the kind wireguard.
    """

    def __init__(self, reader: HostReader, subjects: SubjectReads) -> None:
        self._reader = reader
        self._subjects = subjects
        self._round = Round(2.0, 30.0, share=0.002)

    def wait_s(self) -> float:
        """Returns the seconds until the next read is due."""
        return self._round.wait_s()

    def run(self) -> None:
        """Reads the polled subjects in all namespaces that have them, if this is due."""
        if not self._round.due():
            return
        began = time.thread_time()
        subjects = polled()
        for ref, kind in list(self._reader.links.tracked.items()):
            for subject in subjects.get(kind, ()):
                self._subjects.request(ref.ns, subject, 0.0)
        self._subjects.run()
        self._round.done(time.thread_time() - began)


class Auditing:
    """Runs the audit, which compares the model with the kernel, when no other work is pending."""

    def __init__(self, audit: Audit, busy: Callable[[], bool]) -> None:
        self._audit = audit
        self._busy = busy

    def wait_s(self) -> float:
        """Returns the seconds until the next audit is due."""
        return self._audit.wait_s()

    def run(self) -> None:
        """Audits one namespace if this is due."""
        self._audit.step(busy=self._busy())
