"""Follows links: reads again those that events concern, and those that change without an event."""

from netviz.agent.collect.subjects import SUBJECTS
from netviz.agent.live.dying_namespaces import DyingNamespaces
from netviz.agent.live.event_hints import EventHints
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.jobs import SubjectReads
from netviz.agent.live.pacing import Debounce
from netviz.model.entity import LinkRef
from netviz.model.link_kinds import kind_of

# A link is read again after this time: the event of a tun precedes the change that makes it persistent, and a link that
# becomes promiscuous for another's address does not report it. Links that belonged to links of a namespace that died
# are read later, and twice: the kernel reports the death before it has removed the links.
_RECHECK_S, _AFTER_DEATH_S, _RECHECK_LIMIT_S = 0.25, (0.5, 3.0), 1.0

# Delay between a change of a tun and the search for the process that has it open.
_TUN_SEARCH_S = 0.1


class LinkFollower:
    """The job that reads links again. If links lead to unknown namespaces, it requests a search in `searches`."""

    def __init__(
        self,
        reader: HostReader,
        hints: EventHints,
        dying: DyingNamespaces,
        subjects: SubjectReads,
        searches: Debounce[str],
    ) -> None:
        self._reader = reader
        self._hints = hints
        self._dying = dying
        self._subjects = subjects
        self._searches = searches
        self._rechecks: Debounce[tuple[str, float]] = Debounce(_RECHECK_S, _RECHECK_LIMIT_S)
        self._to_recheck: dict[tuple[str, float], set[LinkRef]] = {}

    def wait_s(self) -> float | None:
        """See `Job`."""
        waits = [wait for wait in (self._rechecks.wait_s(), self._dying.wait_s()) if wait is not None]
        return min(waits, default=None)

    def run(self) -> None:
        """See `Job`."""
        dirty, gone = self._hints.take_links()
        self._dying.saw_gone(gone)
        self._recheck_later(dirty, _RECHECK_S)
        dirty |= self._take_rechecks()
        dirty = self._dying.without_held(dirty)
        dying = len(self._dying.namespaces())
        dirty |= self._dying.finish()
        if len(self._dying.namespaces()) < dying:  # the inodes of these namespaces may belong to new namespaces
            self._searches.request("shallow")
        if dirty:
            self._refresh(dirty)
        self.flush()
        if any(kind_of(kind).program for kind in self._reader.links.take_changed_kinds()):
            self._searches.request("deep", _TUN_SEARCH_S)
        if self._reader.unknown_nsids():
            self._searches.request("deep", 0.0)

    def flush(self, just_read: frozenset[str] = frozenset()) -> None:
        """See `netviz.agent.live.jobs.Flush`."""
        for ns in self._reader.links.flush() - just_read:
            for subject in SUBJECTS.values():
                if subject.with_links:
                    self._subjects.request(ns, subject.name)
        orphaned = self._reader.links.table.take_orphaned()
        for delay_s in _AFTER_DEATH_S:
            self._recheck_later(orphaned, delay_s)

    def _recheck_later(self, refs: set[LinkRef], delay_s: float) -> None:
        for ref in refs:
            self._to_recheck.setdefault((ref.ns, delay_s), set()).add(ref)
        for ns in {ref.ns for ref in refs}:
            self._rechecks.request((ns, delay_s), delay_s)

    def _take_rechecks(self) -> set[LinkRef]:
        due: set[LinkRef] = set()
        for ns, delay_s in self._rechecks.take():
            due |= self._to_recheck.pop((ns, delay_s))
            if delay_s in _AFTER_DEATH_S:
                self._subjects.request(ns, "fdb")
        return due

    def _refresh(self, refs: set[LinkRef]) -> None:
        if self._reader.observer is None:
            for ns in {ref.ns for ref in refs}:
                self._reader.read_links(self._reader.namespaces.by_id[ns])
        else:
            self._reader.links.refresh(refs)
