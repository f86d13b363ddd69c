"""Searches for namespaces that appear or disappear: on request, and periodically because some cause no event."""

import time

from netviz.agent.live.dying_namespaces import DyingNamespaces
from netviz.agent.live.event_sources import EventSources
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.jobs import Flush
from netviz.agent.live.pacing import Debounce, Round

# If only links lead to a namespace, the search is repeated after this time, because a process may soon enter it.
_AGAIN_S = 0.5

# Delay between a shallow search that missed a namespace and the deep search after it. A name that does not lead to a
# namespace yet is checked again after `_UNSURE_S`.
_MISSED_S, _UNSURE_S = 0.1, 0.35


class Discovery:
    """The job that searches for namespaces.

    `searches` has the requests, "shallow" or "deep" (inspects all processes).
    """

    def __init__(
        self, reader: HostReader, sources: EventSources, dying: DyingNamespaces, searches: Debounce[str], flush: Flush
    ) -> None:
        self._reader = reader
        self._sources = sources
        self._dying = dying
        self._searches = searches
        self._flush = flush
        self._round = Round(2.0, 10.0, share=0.0025)
        self._mounts_round = Round(2.0, 30.0, share=0.0025)
        self._deep_round = Round(4.0, 30.0, share=0.001)

    def wait_s(self) -> float:
        """See `Job`."""
        search_s = self._searches.wait_s()
        rounds = min(self._round.wait_s(), self._mounts_round.wait_s(), self._deep_round.wait_s())
        return rounds if search_s is None else min(search_s, rounds)

    def run(self) -> None:
        """See `Job`."""
        due = self._searches.take()
        if self._deep_round.due() or "deep" in due:
            self._discover(deep=True)
        elif self._round.due() or self._mounts_round.due() or due:
            self._discover(deep=False)

    def _discover(self, *, deep: bool) -> None:
        began = time.monotonic()
        mounts = deep or self._mounts_round.due()
        self._sources.watch_containers(self._reader.containers.folders())
        known = set(self._reader.namespaces.by_id)
        self._reader.discover(deep=deep, mounts=mounts, skip=self._dying.namespaces())
        took = time.monotonic() - began
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
