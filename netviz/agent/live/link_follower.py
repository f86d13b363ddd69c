"""The job that keeps links up to date: reads again the links that events are about, and links that may change without
an event.
"""

from netviz.agent.collect.subjects import SUBJECTS
from netviz.agent.live.dying_namespaces import DyingNamespaces
from netviz.agent.live.event_hints import EventHints
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.jobs import SubjectReads
from netviz.agent.live.pacing import Debounce
from netviz.model.entity import LinkRef
from netviz.model.link_kinds import kind_of

# Some changes of a link come shortly after an event, and the kernel reports them with no event of their own. So the
# link is read once more, `_RECHECK_S` after the event. For example, the event about a new tun comes before the tun
# becomes persistent; and a link may become promiscuous without an event, because it must receive the frames for the
# address of a link that is stacked on it. When a namespace dies, the kernel reports the death before it has removed the
# links. So links of other namespaces that had their other end in the dead one are read at two later times
# (`_AFTER_DEATH_S`).
_RECHECK_S, _AFTER_DEATH_S, _RECHECK_LIMIT_S = 0.25, (0.5, 3.0), 1.0

# When a tun has changed, the agent waits this long, and then searches for the process that has the tun open.
_TUN_SEARCH_S = 0.1


class LinkFollower:
    """The job that reads links again.

    If a link reports the nsid of an unknown namespace, this job adds a request to search for namespaces to `searches`.
    """

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
        """Returns the seconds until links must be read again or a dead namespace removed, None if there is no such
        work.
        """
        waits = [wait for wait in (self._rechecks.wait_s(), self._dying.wait_s()) if wait is not None]
        return min(waits, default=None)

    def run(self) -> None:
        """Reads two groups of links again: those about which events arrived, and those that must be read once more some
        time after an event. Also removes dead namespaces from the model.
        """
        dirty, gone = self._hints.take_links()
        self._dying.saw_gone(gone)
        self._recheck_later(dirty, _RECHECK_S)
        dirty |= self._take_rechecks()
        dirty = self._dying.without_held(dirty)
        dying = len(self._dying.namespaces())
        dirty |= self._dying.finish()
        if len(self._dying.namespaces()) < dying:  # new namespaces may already have the inodes of the dead ones
            self._searches.request("shallow")
        if dirty:
            self._refresh(dirty)
        self.flush()
        if any(kind_of(kind).program for kind in self._reader.links.take_changed_kinds()):
            self._searches.request("deep", _TUN_SEARCH_S)
        if self._reader.unknown_nsids():
            self._searches.request("deep", 0.0)

    def flush(self, just_read: frozenset[str] = frozenset()) -> None:
        """Updates the topology with the links that were read. Also requests reads of the subjects (such as routes) that
        may have changed together with the links.

        No reads are requested for the namespaces in `just_read`: the caller has just read both their links and, after
        that, their subjects.
        """
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
