"""When to do what: work that waits for quiet, work that must not happen too often, work that comes round."""

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
Clock = Callable[[], float]


class Debounce(Generic[K]):
    """Work by key that is due when nothing asked for it for `quiet_s`, and `limit_s` after it was first asked for."""

    def __init__(self, quiet_s: float, limit_s: float, clock: Clock = time.monotonic) -> None:
        self._quiet, self._limit, self._clock = quiet_s, limit_s, clock
        self._first: dict[K, float] = {}
        self._due: dict[K, float] = {}

    def ask(self, key: K, delay_s: float | None = None) -> None:
        """Asks for work; `delay_s` instead of `quiet_s` where it is known how long to wait."""
        now = self._clock()
        wait = self._quiet if delay_s is None else delay_s
        first = self._first.setdefault(key, now)
        latest = first + max(self._limit, wait)
        self._due[key] = min(now + wait, latest)

    def forget(self, key: K) -> None:
        """The work is not wanted any more, or was done."""
        self._first.pop(key, None)
        self._due.pop(key, None)

    def keys(self) -> set[K]:
        """All that is asked for."""
        return set(self._due)

    def take(self) -> set[K]:
        """What is due now; it is not asked for any more then."""
        now = self._clock()
        ready = {key for key, due in self._due.items() if due <= now}
        for key in ready:
            self.forget(key)
        return ready

    def wait_s(self) -> float | None:
        """Seconds until something is due, None for nothing."""
        return max(min(self._due.values()) - self._clock(), 0.0) if self._due else None


class TokenBucket:
    """Lets `size` things happen at once, and then one every `period_s`."""

    def __init__(self, size: int, period_s: float, clock: Clock = time.monotonic) -> None:
        self._size, self._period, self._clock = size, period_s, clock
        self._tokens = float(size)
        self._at = clock()

    def take(self) -> bool:
        """Whether it may happen now; a token is gone then."""
        now = self._clock()
        self._tokens = min(self._size, self._tokens + (now - self._at) / self._period)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def wait_s(self) -> float:
        """Seconds until it may happen."""
        now = self._clock()
        tokens = min(self._size, self._tokens + (now - self._at) / self._period)
        return max(0.0, (1 - tokens) * self._period)


class Round:
    """Work that comes round every `shortest_s`, less often where it would take more than its share of a core."""

    def __init__(self, shortest_s: float, longest_s: float, share: float, clock: Clock = time.monotonic) -> None:
        self._shortest, self._longest, self._share, self._clock = shortest_s, longest_s, share, clock
        self._due = clock() + shortest_s

    def due(self) -> bool:
        """Whether it is time."""
        return self._clock() >= self._due

    def done(self, took_s: float) -> None:
        """It was done, and took so long."""
        period = min(max(self._shortest, took_s / self._share), self._longest)
        self._due = self._clock() + period

    def wait_s(self) -> float:
        """Seconds until it is time."""
        return max(self._due - self._clock(), 0.0)


class Loudness(Generic[K]):
    """Who is told of more than `limit` times a second, and stays loud until it is a third of that."""

    def __init__(self, limit: int, clock: Clock = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._counts: dict[K, int] = {}
        self._since = clock()
        self._loud: frozenset[K] = frozenset()

    def loud(self) -> frozenset[K]:
        """Who is loud now."""
        now = self._clock()
        if now - self._since >= 1.0:
            over = now - self._since >= 2.0
            still = () if over else (key for key in self._loud if self._counts.get(key, 0) > self._limit / 3)
            self._loud, self._counts, self._since = frozenset(still), {}, now
        return self._loud

    def heard(self, key: K, number: int) -> None:
        """It was told of so many times."""
        self._counts[key] = self._counts.get(key, 0) + number
        if self._counts[key] > self._limit:
            self._loud |= {key}


class Turns(Generic[K]):
    """Work on one of many things at a time, so that none of it takes long: each has its turn every `shortest_s`, less
    often where all together would take more than their share of a core, every `longest_s` at the least."""

    def __init__(self, shortest_s: float, longest_s: float, share: float, clock: Clock = time.monotonic) -> None:
        self._shortest, self._longest, self._share, self._clock = shortest_s, longest_s, share, clock
        self._queue: deque[K] = deque()
        self._count = 1
        self._due = clock() + min(shortest_s, 1.0)

    def next(self, things: Callable[[], Iterable[K]]) -> K | None:
        """Whose turn it is, None for nobody's now; `things` are looked up when all had theirs."""
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
        """It had its turn, which took so long."""
        pause = min(max(self._shortest / self._count, took_s / self._share), self._longest / self._count)
        self._due = self._clock() + pause

    def wait_s(self) -> float:
        """Seconds until the next turn."""
        return max(self._due - self._clock(), 0.0)
