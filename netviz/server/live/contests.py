"""Detects two agents with one key, for example of a copied virtual machine: each replaces the connection of the other.

A new connection normally replaces the older one, which may be dead without the server's knowledge. A connection that
was heard just before is not dead; if it is replaced again and again, the server keeps it and refuses the newer one for
some time.
"""

import time
import uuid
from collections import deque
from collections.abc import Callable

from netviz.server.limits import CONTEST_HEARD_S, CONTEST_S, CONTEST_TRIES
from netviz.server.tally import dropped


class Contests:
    """Counts, for each host, how often a living connection was replaced."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._replaced: dict[uuid.UUID, deque[float]] = {}

    def refuses(self, host: uuid.UUID, heard_at: float) -> bool:
        """Returns whether the newer connection of a host must be refused. `heard_at` is when the older one was heard,
        by the same clock.
        """
        now = self._clock()
        if now - heard_at > CONTEST_HEARD_S:
            return False
        times = self._replaced.setdefault(host, deque(maxlen=CONTEST_TRIES))
        while times and now - times[0] > CONTEST_S:
            times.popleft()
        if len(times) < CONTEST_TRIES:
            times.append(now)
            return False
        dropped.add("two agents use one key; the newer one was refused", host)
        return True


contests = Contests()
