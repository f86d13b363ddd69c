"""Who looks at what: leases of namespaces and subjects, and the state frames that they are due."""

import time
from collections.abc import Iterable, Iterator, Sequence

from netviz.agent.monitor import Monitor
from netviz.agent.pacing import Clock
from netviz.agent.state import read_state
from netviz.model.state import StateValue, Subject
from netviz.wire.codec import encode
from netviz.wire.frames import State
from netviz.wire.limits import ARRAY_ITEMS, FRAME_BYTES, HOST_WATCHES, STATE_PERIOD_MS, WATCH_LEASE_S


class Watches:
    """The leases. A wish renews its lease; of more namespaces than `HOST_WATCHES` the oldest is forgotten."""

    def __init__(self, monitor: Monitor, clock: Clock = time.monotonic) -> None:
        self._monitor = monitor
        self._clock = clock
        self._until: dict[tuple[str, Subject], float] = {}
        self._due: dict[tuple[str, Subject], float] = {}

    def add(self, ns: str, subjects: Iterable[Subject]) -> None:
        """Somebody looks at these subjects of a namespace, from now on for a lease's time."""
        now = self._clock()
        for subject in subjects:
            key = (ns, subject)
            self._until.pop(key, None)
            self._until[key] = now + WATCH_LEASE_S
            self._due.setdefault(key, now)
        namespaces = list(dict.fromkeys(ns for ns, _ in reversed(self._until)))
        for old in namespaces[HOST_WATCHES:]:
            for key in [key for key in self._until if key[0] == old]:
                self._forget(key)

    def wait_s(self) -> float | None:
        """Seconds until a frame is due, None for none."""
        return max(min(self._due.values()) - self._clock(), 0.0) if self._due else None

    def due(self) -> Iterator[bytes]:
        """The encoded state frames that are due now."""
        now = self._clock()
        for key in [key for key, due in self._due.items() if due <= now]:
            if self._until[key] <= now:
                self._forget(key)
                continue
            self._due[key] = now + STATE_PERIOD_MS / 1000
            yield state_frame(*key, read_state(self._monitor.reader, *key))

    def _forget(self, key: tuple[str, Subject]) -> None:
        self._until.pop(key, None)
        self._due.pop(key, None)


def state_frame(ns: str, subject: Subject, values: Sequence[StateValue]) -> bytes:
    """The encoded frame with these values, the first of them where all are more than a frame may hold."""
    shown = tuple(values[:ARRAY_ITEMS])
    while True:
        data = encode(State(ns, subject, shown, time.time_ns() // 1_000_000))
        if len(data) <= FRAME_BYTES:
            return data
        shown = shown[: len(shown) // 2]
