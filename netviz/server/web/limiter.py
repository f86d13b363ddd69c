"""A limit on how often one address may try something, in this process."""

import time
from collections import OrderedDict

from django.http import HttpRequest

# Addresses kept; the oldest is forgotten first, so that a flood of them costs nothing.
_KEPT = 10_000


class Limiter:
    """A token bucket for each key: `tries` at once, as many again within `seconds`."""

    def __init__(self, tries: int, seconds: float) -> None:
        self._tries = tries
        self._rate = tries / seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, key: str) -> bool:
        """Whether one more try is allowed now; counts it if so."""
        now = time.monotonic()
        left, then = self._buckets.pop(key, (float(self._tries), now))
        left = min(self._tries, left + (now - then) * self._rate)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        return allowed


def client_of(request: HttpRequest) -> str:
    """The address a request came from, as the server in front of us tells it."""
    return str(request.META.get("REMOTE_ADDR", ""))
