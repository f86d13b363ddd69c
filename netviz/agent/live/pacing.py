"""Timers that decide when work is due: when no further request has arrived for a while, at a limited rate, or
periodically.
"""

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
Clock = Callable[[], float]


# How many times its share of a core the work on few items may take (see `RoundRobin`).
_FEW_SHARES = 5


class Debounce(Generic[K]):
    """Collects requests for work, each for a key that says what to work on.

    Work is due when no request for its key has arrived for `quiet_s`, at the latest `limit_s` after the first request.
    """

    def __init__(self, quiet_s: float, limit_s: float, clock: Clock = time.monotonic) -> None:
        self._quiet, self._limit, self._clock = quiet_s, limit_s, clock
        self._first: dict[K, float] = {}
        self._due: dict[K, float] = {}

    def request(self, key: K, delay_s: float | None = None) -> None:
        """Requests work on `key`; `delay_s` replaces `quiet_s` for this request."""
        now = self._clock()
        wait = self._quiet if delay_s is None else delay_s
        first = self._first.setdefault(key, now)
        latest = first + max(self._limit, wait)
        self._due[key] = min(now + wait, latest)

    def forget(self, key: K) -> None:
        """Cancels the request for `key`."""
        self._first.pop(key, None)
        self._due.pop(key, None)

    def keys(self) -> set[K]:
        """Returns all keys with a pending request."""
        return set(self._due)

    def take(self) -> set[K]:
        """Returns the keys whose work is due now, and removes their requests."""
        now = self._clock()
        ready = {key for key, due in self._due.items() if due <= now}
        for key in ready:
            self.forget(key)
        return ready

    def wait_s(self) -> float | None:
        """Returns the seconds until the next work is due, or None if none is requested."""
        return max(min(self._due.values()) - self._clock(), 0.0) if self._due else None


class TokenBucket:
    """Limits the rate of an action: `size` actions are allowed at once, and one more per `period_s`."""

    def __init__(self, size: int, period_s: float, clock: Clock = time.monotonic) -> None:
        self._period, self._clock = period_s, clock
        self._spare_s = (size - 1) * period_s
        self._full_at = clock()

    def take(self) -> bool:
        """Returns True and uses up one token if the action is allowed now; returns False if no token is left."""
        if self.wait_s() > 0:
            return False
        self.spend(1)
        return True

    def spend(self, number: int) -> None:
        """Uses up tokens for actions that were done already. If there are not enough, the next ones wait longer."""
        self._full_at = max(self._full_at, self._clock()) + number * self._period

    def wait_s(self) -> float:
        """Returns the seconds until the next action is allowed."""
        return max(0.0, self._full_at - self._clock() - self._spare_s)


class Round:
    """Work that repeats every `shortest_s`.

    If it would take more than `share` of a core, it repeats less often, but at least every `longest_s`.
    """

    def __init__(self, shortest_s: float, longest_s: float, share: float, clock: Clock = time.monotonic) -> None:
        self._shortest, self._longest, self._share, self._clock = shortest_s, longest_s, share, clock
        self._due = clock() + shortest_s

    def due(self) -> bool:
        """Returns whether it is time to do the work again."""
        return self._clock() >= self._due

    def done(self, took_s: float) -> None:
        """Records that the work was done and for how long it had a core; this sets the next due time.

        Not the time that passed: on a busy host that is longer, and what nothing reports would be found late.
        """
        period = min(max(self._shortest, took_s / self._share), self._longest)
        self._due = self._clock() + period

    def wait_s(self) -> float:
        """Returns the seconds until it is time to do the work again."""
        return max(self._due - self._clock(), 0.0)


class Loudness(Generic[K]):
    """Finds keys (such as namespaces) with more than `limit` events a second. These keys are called loud.

    A key stays loud until it has `limit` / 3 events a second or fewer.
    """

    def __init__(self, limit: int, clock: Clock = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._counts: dict[K, int] = {}
        self._since = clock()
        self._loud: frozenset[K] = frozenset()

    def loud(self) -> frozenset[K]:
        """Returns the loud keys: those that have, or recently had, more events a second than the limit."""
        now = self._clock()
        if now - self._since >= 1.0:
            over = now - self._since >= 2.0
            still = () if over else (key for key in self._loud if self._counts.get(key, 0) > self._limit / 3)
            self._loud, self._counts, self._since = frozenset(still), {}, now
        return self._loud

    def count(self, key: K, number: int) -> None:
        """Adds `number` events to the count of `key`."""
        self._counts[key] = self._counts.get(key, 0) + number
        if self._counts[key] > self._limit:
            self._loud |= {key}


class RoundRobin(Generic[K]):
    """Periodic work on many items, one item in each step, so that no step takes long.

    Each item is due every `shortest_s`. If the work would take more than `share` of a core, it is due less often, but
    at least every `longest_s`. With up to `few` items, it may take five times that share.
    """

    def __init__(
        self, shortest_s: float, longest_s: float, share: float, clock: Clock = time.monotonic, *, few: int = 0
    ) -> None:
        self._shortest, self._longest, self._share, self._clock = shortest_s, longest_s, share, clock
        self._few = few
        self._queue: deque[K] = deque()
        self._count = 1
        self._due = clock() + min(shortest_s, 1.0)

    def next(self, things: Callable[[], Iterable[K]]) -> K | None:
        """Returns the next item to process, or None if none is due.

        When all items were processed, it calls `things` for the items of the next round.
        """
        if self._clock() < self._due:
            return None
        if not self._queue:
            self._queue.extend(things())
            self._count = max(len(self._queue), 1)
        if self._queue:
            return self._queue.popleft()
        self._due = self._clock() + self._shortest
        return None

    def done(self, took_s: float) -> None:
        """Records that the item was processed and for how long that had a core."""
        share = self._share * (_FEW_SHARES if self._count <= self._few else 1)
        pause = min(max(self._shortest / self._count, took_s / share), self._longest / self._count)
        self._due = self._clock() + pause

    def wait_s(self) -> float:
        """Returns the seconds until the next item is due."""
        return max(self._due - self._clock(), 0.0)
