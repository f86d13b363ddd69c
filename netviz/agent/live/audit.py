"""Compares the model with the kernel, one namespace at a time. Corrects and reports the differences."""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from netviz.agent.collect.subjects import SUBJECTS
from netviz.agent.live.host_reader import HostReader
from netviz.agent.live.pacing import Clock
from netviz.model.device import TunProcess
from netviz.model.link import Link
from netviz.model.netfilter import NfElements, NfObject, NfSet
from netviz.model.topology import AnyEntity

log = logging.getLogger(__name__)

# Each namespace is audited once in `_ROUND_S`, but two audits are at least `_SHORTEST_S` apart, and audits take
# no more than `_SHARE` of a core.
_ROUND_S, _SHORTEST_S, _SHARE = 300.0, 1.0, 0.002
_DEFECTS_KEPT = 100

# A difference is a defect only if no event explains it within this time, because the event may arrive after the audit.
_EXPLAINED_S = 0.3


@dataclass(frozen=True, slots=True)
class _Suspicion:
    ns: str
    due: float
    text: str


class Audit:
    """Audits one namespace after the other: reads it again and compares it with the model.

    `defects` are the differences that no event explains. `flush` updates the topology with the links that
    were read.
    """

    def __init__(self, reader: HostReader, flush: Callable[[], None], clock: Clock = time.monotonic) -> None:
        self._reader = reader
        self._flush = flush
        self._clock = clock
        self._turns: deque[str] = deque()
        self._suspicions: list[_Suspicion] = []
        self._due = clock() + _ROUND_S / 10
        self.defects: list[str] = []

    def wait_s(self) -> float:
        """Returns the seconds until the next audit or report is due."""
        due = min([self._due, *(suspicion.due for suspicion in self._suspicions)])
        return max(due - self._clock(), 0.0)

    def events_received(self, namespaces: Collection[str]) -> None:
        """Records that events arrived from these namespaces. These events explain the differences that an audit found
        in the namespaces, so the differences are not reported.
        """
        self._suspicions = [suspicion for suspicion in self._suspicions if suspicion.ns not in namespaces]

    def step(self, *, busy: bool) -> None:
        """Audits one namespace if an audit is due. `busy` means that reads are pending; then the audit is skipped."""
        now = self._clock()
        for suspicion in self._suspicions:
            if suspicion.due <= now:
                self._report(suspicion.text)
        self._suspicions = [suspicion for suspicion in self._suspicions if suspicion.due > now]
        if now >= self._due:
            self._next(busy)

    def _next(self, busy: bool) -> None:
        namespaces = self._reader.namespaces.by_id
        if not self._turns:
            self._turns.extend(namespaces)
        ns = self._turns.popleft() if self._turns else ""
        began = self._clock()
        if ns in namespaces and not busy:
            self.check(ns)
        took_s = self._clock() - began
        self._due = began + max(_ROUND_S / max(len(namespaces), 1), _SHORTEST_S, took_s / _SHARE)

    def check(self, ns: str) -> None:
        """Reads a namespace again and compares it with the model.

        A difference is reported after `_EXPLAINED_S` seconds, unless an event from this namespace arrives earlier.
        """
        kept, unreported = self._reader.world.inside(ns), self._unreported(ns)
        self._reader.read_again(self._reader.namespaces.by_id[ns])
        self._flush()
        now = self._reader.world.inside(ns)
        unreported |= self._unreported(ns)
        due = self._clock() + _EXPLAINED_S
        for key in sorted(kept.keys() | now.keys()):
            old, new = kept.get(key), now.get(key)
            if old != new and key not in unreported and not _silent(old, new):
                self._suspicions.append(_Suspicion(ns, due, f"{key} was {old} in the model, and is {new}"))

    def _unreported(self, ns: str) -> set[str]:
        """Returns the keys of the entities that can change without an event: all entities of some subjects, such as
        sysctls.
        """
        subjects = [row.name for row in SUBJECTS.values() if row.silent or row.polled_for]
        return {entity.key for subject in subjects for entity in self._reader.world.part(ns, subject)}

    def _report(self, defect: str) -> None:
        log.warning("audit: %s", defect)
        if len(self.defects) < _DEFECTS_KEPT:
            self.defects.append(defect)


def _silent(old: AnyEntity | None, new: AnyEntity | None) -> bool:
    """Returns whether the kernel sends no event for this change of an entity.

    This applies to sets and named objects of nftables, processes that open a tun, the IPv4 and IPv6 settings of a link,
    and everything about a link that is down.
    """
    if isinstance(new or old, NfElements | NfSet | NfObject | TunProcess):
        return True
    if isinstance(old, Link) and isinstance(new, Link):
        return not new.admin_up or (old.ipv4, old.ipv6) != (new.ipv4, new.ipv6)
    return False
