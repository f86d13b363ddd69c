"""Keeps the topology live: hears of changes, reads anew what they touch, and tells what is different then.

An event is a hint. What a thing is now, only an answer to a question says; so everything that an event may concern is
read again, by namespace and subject, after a moment of quiet. What the kernel tells nothing of is read now and then.
"""

import logging
import socket
import time
from collections.abc import Callable, Iterable, Set
from contextlib import suppress
from types import TracebackType
from typing import Self

from netviz.agent.collect.links import IFF_UP
from netviz.agent.live.audit import Audit
from netviz.agent.live.dying_namespaces import Dying
from netviz.agent.live.event_hints import Hints
from netviz.agent.live.event_sources import Sources
from netviz.agent.live.host_reader import HostReader, ReadOptions
from netviz.agent.live.pacing import Debounce, Loudness, Round, TokenBucket, Turns
from netviz.agent.namespaces.known import Place
from netviz.agent.netlink.events import Events, Overrun
from netviz.agent.netlink.requests import NetlinkError
from netviz.model.delta import Delta
from netviz.model.entity import LinkRef
from netviz.model.topology import Topology

log = logging.getLogger(__name__)

# A subject is read when nothing was heard of it for the first time, or the second after it was first heard of.
_QUIET_S, _LIMIT_S = 0.012, 0.1

# After an overrun everything is read anew, when it was quiet so long, or so long after the overrun.
_OVERRUN_QUIET_S, _OVERRUN_LIMIT_S = 0.2, 1.5

# How long after a change the next one is told: a peer takes 50 frames a second (`FRAMES_PER_SECOND`).
_TELL_PERIOD_S = 0.02

# A namespace that is told of more often than this a second is read whole, once a second, and its events are only
# counted, so many at a time as come in the third: whoever may make namespaces can make events without end.
_LOUD_PER_S, _LOUD_PERIOD_S, _LOUD_PAUSE_S = 3_000, 1.0, 0.03

# A link is asked about once more so long after its last event: a tun is told of before it is made to stay, and a link
# that hears all for the sake of another's address says nothing of it. What stood on links of a namespace that died is
# asked about later, and twice: of the death it is told before, and it takes the kernel its time.
_AFTERTHOUGHT_S, _AFTER_DEATH_S, _LIMIT_OF_THOUGHTS_S = 0.25, (0.5, 3.0), 1.0

# What was seen from afar alone is looked for once more after this: whoever goes to live there may be on the way.
_AGAIN_S = 0.5

# What a link that comes, goes, or goes up or down may change without an event.
_STIRRED = (
    *("addresses", "routes", "nexthops", "neighbours", "fdb", "rules"),
    *("vlans", "tc", "devices", "wireguard", "team"),
)

# What no event tells of: settings, legacy tables, proxies, programs without a discipline, what drives a link.
_SILENT = ("sysctls", "legacy", "proxies", "tcx", "devices")

# What no event tells of and changes more often; of each, the kind of link that it is read for.
_POLLED = {"wireguard": "wireguard", "team": "team"}

# When a tun comes, goes or changes, whoever has it open is looked for so much later.
_OPENER_S = 0.1


class Monitor:
    """The live topology of a host. All calls are from one thread, which moves between namespaces."""

    def __init__(self, options: ReadOptions) -> None:
        self._reader = HostReader(options, listens=True)
        self._sources = Sources(self._reader.observer)
        self._hints = Hints(self._reader, own_only=self._sources.own_only)
        self._dying = Dying(self._reader)
        self._audit = Audit(self._reader, self._flush_links)
        self._subjects: Debounce[tuple[str, str]] = Debounce(_QUIET_S, _LIMIT_S)
        self._searches: Debounce[str] = Debounce(_QUIET_S, _LIMIT_S)
        self._afterthoughts: Debounce[tuple[str, float]] = Debounce(_AFTERTHOUGHT_S, _LIMIT_OF_THOUGHTS_S)
        self._thought_of: dict[tuple[str, float], set[LinkRef]] = {}
        self._loudness: Loudness[int] = Loudness(_LOUD_PER_S)
        self._collections: Debounce[int] = Debounce(_LOUD_PERIOD_S, _LOUD_PERIOD_S)
        self._resyncs: Debounce[str] = Debounce(_OVERRUN_QUIET_S, _OVERRUN_LIMIT_S)
        self._resync_tokens = TokenBucket(2, 5.0)
        self._search_round = Round(2.0, 10.0, share=0.0025)
        self._mounts_round = Round(2.0, 30.0, share=0.0025)
        self._deep_round = Round(4.0, 30.0, share=0.001)
        self._silent_turns: Turns[str] = Turns(10.0, 180.0, share=0.0015)
        self._polled_round = Round(2.0, 30.0, share=0.002)
        self._down_turns: Turns[str] = Turns(2.0, 60.0, share=0.001)
        self._tell_after = 0.0
        self.overruns = self.resyncs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sources.close()
        self._reader.__exit__(kind, error, trace)

    @property
    def world(self) -> Topology:
        """The topology as it is kept."""
        return self._reader.world.entities

    @property
    def reader(self) -> HostReader:
        """The reader behind it."""
        return self._reader

    @property
    def route_events(self) -> Events:
        """The socket that hears of links, addresses, routes, rules and neighbours."""
        return self._sources.route

    @property
    def defects(self) -> list[str]:
        """What the audit found to differ from the kernel with nothing to explain it."""
        return self._audit.defects

    def start(self) -> None:
        """Reads everything for the first time."""
        self._sources.watch_containers(self._reader.containers.folders())
        self._reader.read_all()
        self._reader.world.take()

    def also_watch(self, sock: socket.socket, *, writes: bool) -> None:
        """`step` returns when this socket can be read too, and on wish when it can be written."""
        self._sources.watch_other(sock.fileno(), writes=writes)

    def step(self, timeout_s: float | None = None) -> Delta:
        """Waits for something to happen, at most so many seconds, and returns what is different now."""
        if self._loudness.loud():
            time.sleep(_LOUD_PAUSE_S)
        ready = self._sources.wait(self._wait_s(timeout_s))
        self._hear(ready)
        self._follow_links()
        self._read_subjects()
        self._read_loud()
        self._search()
        self._resync()
        self._come_round()
        return self._tell()

    def _tell(self) -> Delta:
        """What changed. The first change is told at once; a stream of them in steps, so that frames stay few."""
        now = time.monotonic()
        if now < self._tell_after:
            return Delta()
        self._reader.pairing.settle()
        delta = self._reader.world.take()
        if delta:
            self._tell_after = now + _TELL_PERIOD_S
        return delta

    # -- waiting

    def _wait_s(self, timeout_s: float | None) -> float:
        waits = [
            timeout_s,
            self._subjects.wait_s(),
            self._searches.wait_s(),
            self._afterthoughts.wait_s(),
            self._collections.wait_s(),
            self._resyncs.wait_s(),
            self._dying.wait_s(),
            self._search_round.wait_s(),
            self._mounts_round.wait_s(),
            self._deep_round.wait_s(),
            self._silent_turns.wait_s(),
            self._polled_round.wait_s(),
            self._down_turns.wait_s(),
            self._audit.wait_s(),
            max(self._tell_after - time.monotonic(), 0.0) if self._reader.world.changed else None,
        ]
        return min(wait for wait in waits if wait is not None)

    # -- hearing

    def _hear(self, ready: set[int]) -> None:
        for events in (self._sources.route, self._sources.netfilter):
            if events is not None and events.fileno() in ready:
                self._hear_events(events)
        if self._sources.names_or_mounts(ready):
            self._searches.ask("shallow")
            self._sources.watch_folders()
        if self._sources.containers.fileno() in ready:
            self._hear_of_containers()
        connector = self._sources.connector
        if connector is not None and connector.fileno() in ready and self._hints.strangers(connector.read()):
            self._searches.ask("shallow", 0.0)

    def _hear_of_containers(self) -> None:
        self._sources.containers.drain()
        self._sources.watch_containers(self._reader.containers.folders())
        if self._reader.containers.refresh():
            self._searches.ask("shallow")

    def _hear_events(self, events: Events) -> None:
        loud = self._loudness.loud()
        try:
            for event in events.read(loud):
                self._hints.take(event)
        except Overrun:
            self.overruns += 1
            events.drain()
            self._resyncs.ask("all")
        else:
            if self._resyncs.keys():
                self._resyncs.ask("all")
        for nsid, number in events.take_counts().items():
            self._loudness.heard(nsid, number)
            if nsid in loud:
                self._collections.ask(nsid)
        self._audit.heard({ns for ns, _ in self._hints.subjects})
        for key in self._hints.subjects:
            self._subjects.ask(key)
        self._hints.subjects.clear()
        for nsid in self._hints.dead_nsids:
            self._dying.begin(nsid)
        self._hints.dead_nsids.clear()

    # -- links

    def _follow_links(self) -> None:
        dirty, gone = self._hints.take_links()
        self._audit.heard({ref.ns for ref in dirty})
        self._dying.saw_gone(gone)
        self._ask_later(dirty, _AFTERTHOUGHT_S)
        dirty |= self._take_afterthoughts()
        dirty = self._dying.without_held(dirty)
        dying = len(self._dying.places())
        dirty |= self._dying.finish()
        if len(self._dying.places()) < dying:  # what has its inode by now was not told apart from it
            self._searches.ask("shallow")
        if dirty:
            self._refresh(dirty)
        self._flush_links()
        if "tun" in self._reader.links.take_changed_kinds():
            self._searches.ask("deep", _OPENER_S)
        if self._reader.unknown_nsids():
            self._searches.ask("deep", 0.0)

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
                self._subjects.ask((ns, "fdb"))
        return due

    def _flush_links(self, just_read: Set[str] = frozenset()) -> None:
        """Tells the world of links, whoever read them, and has read anew what that may have changed elsewhere.

        `just_read` are namespaces of which all was read after their links.
        """
        for ns in self._reader.links.flush() - just_read:
            for subject in _STIRRED:
                self._subjects.ask((ns, subject))
        bereft = self._reader.links.table.take_bereft()
        for delay_s in _AFTER_DEATH_S:
            self._ask_later(bereft, delay_s)

    def _refresh(self, refs: set[LinkRef]) -> None:
        if self._reader.observer is None:
            for ns in {ref.ns for ref in refs}:
                self._reader.read_links(self._reader.places.by_id[ns])
        else:
            self._reader.links.refresh(refs)

    def _with_down_links(self) -> list[str]:
        """The namespaces that have a link that is down.

        Of such a link the kernel tells no change of alias, names or group (`netdev_state_change`).
        """
        down = {raw.ref.ns for raw in self._reader.links.table.all() if not raw.flags & IFF_UP}
        return [ns for ns in self._reader.places.by_id if ns in down]

    def _read_silent(self, place: Place) -> None:
        if place.readable:
            self._reader.read_links(place)  # most of a link's own settings are as silent
            self._reader.read_subjects(place, _SILENT)

    def _take_turn(
        self, turns: Turns[str], namespaces: Callable[[], Iterable[str]], read: Callable[[Place], None]
    ) -> None:
        ns = turns.next(namespaces)
        if ns is None:
            return
        began = time.monotonic()
        place = self._reader.places.by_id.get(ns)
        if place is not None and not self._dying.is_dying(place):
            read(place)
            self._flush_links()
        turns.done(time.monotonic() - began)

    # -- subjects

    def _read_subjects(self) -> None:
        by_ns: dict[str, set[str]] = {}
        for ns, subject in self._subjects.take():
            by_ns.setdefault(ns, set()).add(subject)
        for ns, subjects in by_ns.items():
            place = self._reader.places.by_id.get(ns)
            if place is not None and not self._dying.is_dying(place):
                self._reader.read_subjects(place, sorted(subjects))

    def _read_loud(self) -> None:
        """Reads those namespaces whole whose events were only counted."""
        for nsid in self._collections.take():
            place = self._reader.places.by_nsid.get(nsid)
            if place is None or self._dying.is_dying(place):
                continue
            self._audit.heard({place.id})
            with suppress(NetlinkError):  # it died: the event of its death follows
                self._reader.links.refresh_all(place)
            self._reader.read_subjects(place, self._reader.options.subjects)
            self._flush_links(just_read={place.id})

    # -- namespaces

    def _search(self) -> None:
        due = self._searches.take()
        if self._deep_round.due() or "deep" in due:
            self._discover(deep=True)
        elif self._search_round.due() or self._mounts_round.due() or due:
            self._discover(deep=False)

    def _discover(self, *, deep: bool) -> None:
        began = time.monotonic()
        mounts = deep or self._mounts_round.due()
        self._sources.watch_containers(self._reader.containers.folders())
        known = set(self._reader.places.by_id)
        self._reader.discover(deep=deep, mounts=mounts, leave=self._dying.places())
        took = time.monotonic() - began
        self._search_round.done(took)
        if mounts:
            self._mounts_round.done(took)
        if deep:
            self._deep_round.done(took)
            if self._reader.from_afar:
                self._searches.ask("deep", _AGAIN_S)
        elif self._reader.lost:
            self._searches.ask("deep", 0.1)
        if self._reader.unsure:
            self._searches.ask("shallow", 0.35)
        self._flush_links(just_read=self._reader.places.by_id.keys() - known)

    # -- everything

    def _resync(self) -> None:
        if "all" not in self._resyncs.take():
            return
        if not self._resync_tokens.take():
            self._resyncs.ask("all", self._resync_tokens.wait_s())
            return
        log.info("reading everything anew after an overrun")
        self.resyncs += 1
        self._reader.discover(deep=True)
        for place in list(self._reader.places.by_id.values()):
            self._reader.read_again(place)
        self._reader.links.refresh(self._reader.links.table.unsettled())
        self._flush_links()

    def _come_round(self) -> None:
        self._take_turn(self._down_turns, self._with_down_links, self._reader.read_links)
        if self._polled_round.due():
            began = time.monotonic()
            for ref, kind in list(self._reader.links.special.items()):
                if kind in _POLLED:
                    self._subjects.ask((ref.ns, _POLLED[kind]), 0.0)
            self._read_subjects()
            self._polled_round.done(time.monotonic() - began)
        self._take_turn(self._silent_turns, lambda: list(self._reader.places.by_id), self._read_silent)
        self._audit.step(busy=bool(self._subjects.keys() or self._searches.keys() or self._resyncs.keys()))
