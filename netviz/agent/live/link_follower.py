"""Follows links: reads again those that events concern, and those that change without an event."""

from netviz.agent.collect.subjects import SUBJECTS
from netviz.agent.live.dying_namespaces import Dying
from netviz.agent.live.event_hints import Hints
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.jobs import SubjectReads
from netviz.agent.live.pacing import Debounce
from netviz.model.entity import LinkRef
from netviz.model.link_kinds import kind_of

# A link is read once more after this time: the event of a tun comes before it is made persistent, and a link that
# becomes promiscuous for another's address does not report it. Links that belonged to links of a namespace that died
# are read later, and twice: the kernel reports the death before it has removed the links.
_AFTERTHOUGHT_S, _AFTER_DEATH_S, _LIMIT_OF_THOUGHTS_S = 0.25, (0.5, 3.0), 1.0

# After a tun appeared, disappeared or changed, the search for the process that has it open starts this much later.
_OPENER_S = 0.1


class LinkFollower:
    """A job (`netviz.agent.live.jobs`). Requests searches in `searches` for namespaces that links lead to."""

    def __init__(
        self, reader: HostReader, hints: Hints, dying: Dying, subjects: SubjectReads, searches: Debounce[str]
    ) -> None:
        self._reader = reader
        self._hints = hints
        self._dying = dying
        self._subjects = subjects
        self._searches = searches
        self._afterthoughts: Debounce[tuple[str, float]] = Debounce(_AFTERTHOUGHT_S, _LIMIT_OF_THOUGHTS_S)
        self._thought_of: dict[tuple[str, float], set[LinkRef]] = {}

    def wait_s(self) -> float | None:
        """See `Job`."""
        waits = [wait for wait in (self._afterthoughts.wait_s(), self._dying.wait_s()) if wait is not None]
        return min(waits, default=None)

    def run(self) -> None:
        """See `Job`."""
        dirty, gone = self._hints.take_links()
        self._dying.saw_gone(gone)
        self._ask_later(dirty, _AFTERTHOUGHT_S)
        dirty |= self._take_afterthoughts()
        dirty = self._dying.without_held(dirty)
        dying = len(self._dying.places())
        dirty |= self._dying.finish()
        if len(self._dying.places()) < dying:  # their inodes may belong to new namespaces
            self._searches.ask("shallow")
        if dirty:
            self._refresh(dirty)
        self.flush()
        if any(kind_of(kind).program for kind in self._reader.links.take_changed_kinds()):
            self._searches.ask("deep", _OPENER_S)
        if self._reader.unknown_nsids():
            self._searches.ask("deep", 0.0)

    def flush(self, just_read: frozenset[str] = frozenset()) -> None:
        """See `netviz.agent.live.jobs.Flush`."""
        for ns in self._reader.links.flush() - just_read:
            for subject in SUBJECTS.values():
                if subject.with_links:
                    self._subjects.ask(ns, subject.name)
        bereft = self._reader.links.table.take_bereft()
        for delay_s in _AFTER_DEATH_S:
            self._ask_later(bereft, delay_s)

    def _ask_later(self, refs: set[LinkRef], delay_s: float) -> None:
        for ref in refs:
            self._thought_of.setdefault((ref.ns, delay_s), set()).add(ref)
        for ns in {ref.ns for ref in refs}:
            self._afterthoughts.ask((ns, delay_s), delay_s)

    def _take_afterthoughts(self) -> set[LinkRef]:
        due: set[LinkRef] = set()
        for ns, delay_s in self._afterthoughts.take():
            due |= self._thought_of.pop((ns, delay_s))
            if delay_s in _AFTER_DEATH_S:
                self._subjects.ask(ns, "fdb")
        return due

    def _refresh(self, refs: set[LinkRef]) -> None:
        if self._reader.observer is None:
            for ns in {ref.ns for ref in refs}:
                self._reader.read_links(self._reader.places.by_id[ns])
        else:
            self._reader.links.refresh(refs)
