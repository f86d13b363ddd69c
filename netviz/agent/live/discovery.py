"""Searches for namespaces that appeared or disappeared: on request, and also periodically, because not every namespace
causes an event.
"""

import time

from netviz.agent.live.dying_namespaces import DyingNamespaces
from netviz.agent.live.event_sources import EventSources
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.jobs import Flush
from netviz.agent.live.pacing import Debounce, Round

# A new namespace may be known only because a link of another namespace has its peer or lower link there. Then the deep
# search is repeated after this time. By then, a process may have entered the namespace, and a namespace with a process
# can be read completely.
_AGAIN_S = 0.5

# If a shallow search does not find a known namespace, a deep search follows after `_MISSED_S`. If a name in /run/netns
# does not lead to a namespace yet, it is checked again after `_UNSURE_S`.
_MISSED_S, _UNSURE_S = 0.1, 0.35


class Discovery:
    """Searches for namespaces. This is one of the jobs that the monitor runs.

    `searches` has the requested searches: "shallow", or "deep", which also inspects the threads, mounts and open files
    of all processes.
    """

    def __init__(
        self, reader: HostReader, sources: EventSources, dying: DyingNamespaces, searches: Debounce[str], flush: Flush
    ) -> None:
        self._reader = reader
        self._sources = sources
        self._dying = dying
        self._searches = searches
        self._flush = flush
        self._round = Round(2.0, 10.0, share=0.0015)
        self._mounts_round = Round(2.0, 30.0, share=0.0015)
        self._deep_round = Round(4.0, 30.0, share=0.001)

    def wait_s(self) -> float:
        """Returns the seconds until the next search for namespaces is due."""
        search_s = self._searches.wait_s()
        rounds = min(self._round.wait_s(), self._mounts_round.wait_s(), self._deep_round.wait_s())
        return rounds if search_s is None else min(search_s, rounds)

    def run(self) -> None:
        """Searches for namespaces if a search is due."""
        due = self._searches.take()
        if self._deep_round.due() or "deep" in due:
            self._discover(deep=True)
        elif self._round.due() or self._mounts_round.due() or due:
            self._discover(deep=False)

    def _discover(self, *, deep: bool) -> None:
        began = time.thread_time()
        mounts = deep or self._mounts_round.due()
        self._sources.watch_containers(self._reader.containers.folders())
        known = set(self._reader.namespaces.by_id)
        self._reader.discover(deep=deep, mounts=mounts, skip=self._dying.namespaces())
        took = time.thread_time() - began
        self._round.done(took)
        if mounts:
            self._mounts_round.done(took)
        if deep:
            self._deep_round.done(took)
            if self._reader.found_by_links:
                self._searches.request("deep", _AGAIN_S)
        elif self._reader.missed:
            self._searches.request("deep", _MISSED_S)
        if self._reader.unsure:
            self._searches.request("shallow", _UNSURE_S)
        self._flush(frozenset(self._reader.namespaces.by_id.keys() - known))
