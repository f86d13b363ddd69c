"""Sends current values, such as counters, to users: periodically while a user watches a namespace, and once on
request.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netviz.agent.live.current_values import Reading, read_state
from netviz.agent.live.monitor import Monitor
from netviz.agent.live.pacing import Clock
from netviz.model.state import Subject
from netviz.wire.codec import encode
from netviz.wire.frames import Answer, State
from netviz.wire.limits import (
    ARRAY_ITEMS,
    FRAME_BYTES,
    HOST_REQUESTS,
    HOST_WATCHES,
    REQUEST_S,
    STATE_PERIOD_MS,
    WATCH_LEASE_S,
)

# Sockets are read every `_SOCKETS_PERIOD_S` only, because reading them searches all processes. A new watch or a request
# reads them at once, but two reads are at least `_SOCKETS_AGAIN_S` apart. If reading a subject took t seconds, it is
# not read again before t * `_SHARE` seconds, so that it takes at most 2 % of a core.
_SOCKETS_PERIOD_S, _SOCKETS_AGAIN_S = 10.0, 1.0
_SHARE = 50

# All reads together take at most 1 / `_PART` of a core, apart from a burst of `_BURST_S` seconds. Without this limit, a
# hostile server could keep the agent busy with watches of ever other namespaces.
_PART, _BURST_S = 4, 1.0


_Key = tuple[str, Subject]


@dataclass(slots=True)
class _ReadNow:
    """A pending request and the subjects that still have to be read for it."""

    id: str
    ns: str
    left: set[Subject]
    until: float


class Watches:
    """Decides when current values are read and sent. A subject is a kind of current values, such as counters.

    A watched subject is read periodically. A watch ends after `WATCH_LEASE_S` (its lease) unless it is renewed. If more
    than `HOST_WATCHES` namespaces are watched, the watches that were renewed longest ago end at once. A request reads
    subjects only once.
    """

    def __init__(self, monitor: Monitor, clock: Clock = time.monotonic) -> None:
        self._monitor = monitor
        self._clock = clock
        self._until: dict[_Key, float] = {}
        self._due: dict[_Key, float] = {}
        self._earliest: dict[_Key, float] = {}
        self._requests: list[_ReadNow] = []
        self._answers: list[Answer] = []
        self._free_at = clock()  # reads wait until then; it lies in the past if they used less than their part

    def add(self, ns: str, subjects: Iterable[Subject]) -> None:
        """Starts to watch these subjects (such as counters) of a namespace, or renews the lease."""
        now = self._clock()
        for subject in subjects:
            key = (ns, subject)
            self._until.pop(key, None)
            self._until[key] = now + WATCH_LEASE_S
            # All subjects except sockets are read every 2 s while they are watched. So a subject whose next read is
            # planned already is read soon enough.
            if subject == "sockets" or key not in self._due:
                self._read_soon(key, now)
        namespaces = list(dict.fromkeys(ns for ns, _ in reversed(self._until)))
        for old in namespaces[HOST_WATCHES:]:
            for key in [key for key in self._until if key[0] == old]:
                self._forget(key)

    def read_now(self, number: str, ns: str, subjects: Iterable[Subject]) -> None:
        """Requests one read of each of these subjects (such as counters). The answer is sent when all have been read.

        A subject is read immediately, or when the minimum interval since its last read has passed.
        """
        if len(self._requests) >= HOST_REQUESTS:
            self._answers.append(Answer(number, "busy"))
            return
        if ns not in self._monitor.reader.namespaces.by_id:
            self._answers.append(Answer(number, "unknown-namespace"))
            return
        now = self._clock()
        request = _ReadNow(number, ns, set(subjects), now + REQUEST_S)
        if not request.left:
            self._answers.append(Answer(number))
            return
        self._requests.append(request)
        for subject in request.left:
            self._read_soon((ns, subject), now)

    def _read_soon(self, key: _Key, now: float) -> None:
        soonest = max(now, self._earliest.get(key, now))
        self._due[key] = min(self._due.get(key, soonest), soonest)

    def wait_s(self) -> float | None:
        """Returns the seconds until the next frame is due; None if nothing is watched or requested."""
        if self._answers:
            return 0.0
        return max(max(min(self._due.values()), self._free_at) - self._clock(), 0.0) if self._due else None

    def due(self) -> Iterator[bytes]:
        """Yields the encoded frames that must be sent now: `state` frames with current values, then the answers to
        requests.

        An answer to a request comes after the `state` frames with the values that this request asked for.
        """
        now = self._clock()
        for key in [key for key, due in self._due.items() if due <= now]:
            if self._until.get(key, 0.0) <= now and not self._requested(key):
                self._forget(key)
                continue
            if self._free_at > self._clock():
                break  # it stays due
            reading = self._read(key)
            self._answer_requests(key)
            yield state_frame(*key, reading)
        self._earliest = {key: again for key, again in self._earliest.items() if again > now}
        self._expire_requests(now)
        answers, self._answers = self._answers, []
        yield from map(encode, answers)

    def _read(self, key: _Key) -> Reading:
        """Reads a subject, and sets two times for it.

        `_due` is the time of the next periodic read, if the subject is watched. `_earliest` is a limit: no request or
        new watch causes a read before this time.
        """
        began = self._clock()
        reading = read_state(self._monitor.reader, *key)
        took_s = self._clock() - began
        self._free_at = max(self._free_at, began - _BURST_S * _PART) + took_s * _PART
        rest_s = took_s * _SHARE
        is_sockets = key[1] == "sockets"
        self._due[key] = began + max(_SOCKETS_PERIOD_S if is_sockets else STATE_PERIOD_MS / 1000, rest_s)
        self._earliest[key] = began + max(_SOCKETS_AGAIN_S if is_sockets else 0.0, rest_s)
        if self._until.get(key, 0.0) <= began:  # nobody watches the subject: this read was only for a request
            del self._due[key]
        return reading

    def _requested(self, key: _Key) -> bool:
        return any(request.ns == key[0] and key[1] in request.left for request in self._requests)

    def _answer_requests(self, key: _Key) -> None:
        """Records that this subject was read. Answers the requests of which every subject has been read now."""
        open_now = []
        for request in self._requests:
            if request.ns == key[0]:
                request.left.discard(key[1])
            if request.left:
                open_now.append(request)
            else:
                gone = request.ns not in self._monitor.reader.namespaces.by_id
                self._answers.append(Answer(request.id, "unknown-namespace" if gone else "done"))
        self._requests = open_now

    def _expire_requests(self, now: float) -> None:
        """Answers "late" to the requests whose time limit has passed."""
        self._answers += [Answer(request.id, "late") for request in self._requests if request.until <= now]
        self._requests = [request for request in self._requests if request.until > now]

    def _forget(self, key: _Key) -> None:
        self._until.pop(key, None)
        if not self._requested(key):
            self._due.pop(key, None)


def state_frame(ns: str, subject: Subject, reading: Reading) -> bytes:
    """Returns the encoded `state` frame with these values.

    If not all values fit into one frame, the frame contains only the first values.
    """
    everything = len(reading.values)
    shown = tuple(reading.values[:ARRAY_ITEMS])
    while True:
        total = everything if len(shown) < everything else 0
        data = encode(State(ns, subject, shown, time.time_ns() // 1_000_000, total, reading.missing))
        if len(data) <= FRAME_BYTES:
            return data
        shown = shown[: len(shown) // 2]
