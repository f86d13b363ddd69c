"""The rate limiter: counts attempts in time windows, shared by all server processes.

With Redis (`NETVIZ_REDIS_URL`) the counts are stored there, so that N processes do not allow N times the attempts.
Without Redis there is one process, and the counts are in its memory. If Redis does not answer, each process counts for
itself, which is better than rejecting or admitting everybody.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

import redis
from django.conf import settings
from redis.exceptions import RedisError

from netviz.server.limits import ADDRESSES, Limit

log = logging.getLogger(__name__)

_PREFIX = "netviz.limit."

# Seconds to wait for Redis. A person waits for the answer, so the time is short.
_REDIS_S = 1.0

# Seconds for which Redis is not asked again after it did not answer.
_AWAY_S = 5.0


class Counts(Protocol):
    """An object that counts attempts, in memory or in Redis."""

    def count(self, key: str, seconds: float) -> int:
        """Counts an attempt for this key. Returns the number of attempts in the current window."""

    def take_back(self, key: str) -> None:
        """Takes one attempt of the current window back, if there is one."""


class MemoryCounts:
    """Counts attempts in the memory of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, kept: int = ADDRESSES) -> None:
        self._clock = clock
        self._kept = kept
        self._windows: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def count(self, key: str, seconds: float) -> int:
        """Counts an attempt for this key. Returns the number of attempts in the current window."""
        now = self._clock()
        tries, end = self._windows.pop(key, (0, 0.0))
        if end <= now:
            tries, end = 0, now + seconds
        self._windows[key] = (tries + 1, end)
        if len(self._windows) > self._kept:
            self._windows.popitem(last=False)
        return tries + 1

    def take_back(self, key: str) -> None:
        """Takes one attempt of the current window back, if there is one."""
        tries, end = self._windows.get(key, (0, 0.0))
        if tries:
            self._windows[key] = (tries - 1, end)


class RedisCounts:
    """Counts attempts in Redis, together with all processes that use the same Redis."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=_REDIS_S, socket_connect_timeout=_REDIS_S)
        self._alone = MemoryCounts()
        self._away_until = 0.0

    def count(self, key: str, seconds: float) -> int:
        """Counts an attempt for this key. Returns the number of attempts in the current window.

        Redis does this in one transaction, and deletes the number at the end of the window.
        """
        if time.monotonic() < self._away_until:
            return self._alone.count(key, seconds)
        try:
            with self._redis.pipeline(transaction=True) as steps:
                steps.set(_PREFIX + key, 0, px=int(seconds * 1000), nx=True)
                steps.incr(_PREFIX + key)
                _, tries = steps.execute()
        except (OSError, RedisError) as problem:
            self._lost(problem)
            return self._alone.count(key, seconds)
        return int(tries)

    def take_back(self, key: str) -> None:
        """Takes one attempt of the current window back, if there is one."""
        self._alone.take_back(key)
        if time.monotonic() < self._away_until:
            return
        try:
            if self._redis.exists(_PREFIX + key) and int(self._redis.decr(_PREFIX + key)) < 0:
                self._redis.delete(_PREFIX + key)  # the window ended in between
        except (OSError, RedisError) as problem:
            self._lost(problem)

    def _lost(self, problem: Exception) -> None:
        self._away_until = time.monotonic() + _AWAY_S
        log.warning("Redis is not available for rate limits, so this process counts by itself: %s", problem)


class Limiter:
    """Applies the same limit separately to each key, for example to each client address."""

    def __init__(self, limit: Limit, counts: Counts | None = None) -> None:
        self.limit = limit
        self._counts = counts or shared_counts()

    def allow(self, key: str) -> bool:
        """Counts an attempt and returns whether it is allowed. Call it from a thread, because it may wait for Redis."""
        return self.count(key) <= self.limit.tries

    def count(self, key: str) -> int:
        """Counts an attempt and returns the number of attempts in the current window."""
        return self._counts.count(f"{self.limit.name}.{key}", self.limit.seconds)

    def take_back(self, key: str) -> None:
        """Takes one attempt back."""
        self._counts.take_back(f"{self.limit.name}.{key}")

    def like(self, limit: Limit) -> "Limiter":
        """Returns a limiter with another limit, which counts in the same place."""
        return Limiter(limit, self._counts)


def shared_counts() -> Counts:
    """Returns the object that counts attempts: in Redis, shared by all processes, if Redis is configured; otherwise in
    memory.
    """
    return RedisCounts(settings.REDIS_URL) if settings.REDIS_URL else MemoryCounts()


class Bucket:
    """Limits the number of events, for example of frames from one websocket: `tries` at once, and as many again in the
    following `seconds`, a tenth of them at a time. A `Bucket` has only one count, in the memory of this process.
    """

    __slots__ = ("_at", "_clock", "_left", "_limit")

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._left = float(limit.tries)
        self._at = clock()

    def allow(self) -> bool:
        """Counts an event and returns whether it is allowed."""
        tenths = int((self._clock() - self._at) * 10 / self._limit.seconds)
        self._at += tenths * self._limit.seconds / 10
        self._left = min(float(self._limit.tries), self._left + tenths * self._limit.tries / 10)
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Rate:
    """Limits an amount per second, with bursts: a bucket of `burst` that refills at `per_second`. The bucket may become
    emptier than empty; then one waits until it is empty again.
    """

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._clock = per_second, clock
        self._full_s = burst / per_second
        self._full_at = 0.0  # when the bucket will be full

    def spend(self, amount: float) -> float:
        """Takes an amount. Returns the number of seconds to wait before more is taken."""
        now = self._clock()
        self._full_at = max(self._full_at, now) + amount / self._per_second
        return max(0.0, self._full_at - now - self._full_s)
