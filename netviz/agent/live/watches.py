"""Who looks at what: leases of namespaces and subjects, and the state frames that they are due."""

import math
import time
from collections.abc import Iterable, Iterator

from netviz.agent.live.current_values import Reading, read_state
from netviz.agent.live.monitor import Monitor
from netviz.agent.live.pacing import Clock
from netviz.model.state import Subject
from netviz.wire.codec import encode
from netviz.wire.frames import State
from netviz.wire.limits import ARRAY_ITEMS, FRAME_BYTES, HOST_WATCHES, STATE_PERIOD_MS, WATCH_LEASE_S

# Sockets are read less often, as processes are looked through for them; who asks again is answered at once, though not
# more often than this. Whatever takes long comes round in so many times that.
_SOCKETS_PERIOD_S, _SOCKETS_AGAIN_S = 10.0, 1.0
_SHARE = 50


class Watches:
    """The leases. A wish renews its lease; of more namespaces than `HOST_WATCHES` the oldest is forgotten."""

    def __init__(self, monitor: Monitor, clock: Clock = time.monotonic) -> None:
        self._monitor = monitor
        self._clock = clock
        self._until: dict[tuple[str, Subject], float] = {}
        self._due: dict[tuple[str, Subject], float] = {}
        self._again: dict[tuple[str, Subject], float] = {}

    def add(self, ns: str, subjects: Iterable[Subject]) -> None:
        """Somebody looks at these subjects of a namespace, from now on for a lease's time."""
        now = self._clock()
        for subject in subjects:
            key = (ns, subject)
            self._until.pop(key, None)
            self._until[key] = now + WATCH_LEASE_S
            soonest = max(now, self._again.get(key, math.inf))
            self._due[key] = min(self._due.get(key, now), soonest)
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
            began = self._clock()
            reading = read_state(self._monitor.reader, *key)
            rest_s = (self._clock() - began) * _SHARE
            if key[1] == "sockets":
                self._due[key] = began + max(_SOCKETS_PERIOD_S, rest_s)
                self._again[key] = began + max(_SOCKETS_AGAIN_S, rest_s)
            else:
                self._due[key] = began + max(STATE_PERIOD_MS / 1000, rest_s)
            yield state_frame(*key, reading)

    def _forget(self, key: tuple[str, Subject]) -> None:
        self._until.pop(key, None)
        self._due.pop(key, None)
        self._again.pop(key, None)


def state_frame(ns: str, subject: Subject, reading: Reading) -> bytes:
    """The encoded frame with these values, the first of them where all are more than a frame may hold."""
    everything = len(reading.values)
    shown = tuple(reading.values[:ARRAY_ITEMS])
    while True:
        total = everything if len(shown) < everything else 0
        data = encode(State(ns, subject, shown, time.time_ns() // 1_000_000, total, reading.missing))
        if len(data) <= FRAME_BYTES:
            return data
        shown = shown[: len(shown) // 2]
