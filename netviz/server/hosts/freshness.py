"""Finds out how fresh a host's map is, from the stored data about its agent's connection."""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from netviz.server.hosts.models import Host

# While an agent is connected, the server sets the last-seen time of its host (`Host.seen`) every few seconds. If the
# server is killed, the session remains in the database, but this time is no longer set. So the host counts as stale if
# its last-seen time is `SILENT` or more away from now: before now, or after now if the clock was set back since.
SILENT = timedelta(seconds=15)

# Number of hosts whose last-seen times are remembered.
_REMEMBERED = 20_000


class Sightings:
    """Remembers when this process first read each last-seen time, by a clock that nobody sets.

    The last-seen time was written by a clock that can be set, perhaps on another machine. So a time that lies near now
    does not prove that an agent is connected, but one that did not change for `SILENT` proves that none is.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: OrderedDict[uuid.UUID, tuple[datetime, float]] = OrderedDict()

    def age_s(self, host: uuid.UUID, seen: datetime) -> float:
        """Returns for how many seconds at least this has been the last-seen time of the host."""
        now = self._clock()
        known, first = self._first.pop(host, (None, now))
        self._first[host] = (seen, first if known == seen else now)
        if len(self._first) > _REMEMBERED:
            self._first.popitem(last=False)
        return now - first if known == seen else 0.0


_sightings = Sightings()


def state_of(host: Host, sightings: Sightings = _sightings) -> Literal["live", "stale", "never"]:
    """Returns "live" while an agent is connected, "stale" after it disconnected, "never" if none was ever connected."""
    if host.seen is None:
        return "never"
    is_near = abs(timezone.now() - host.seen) < SILENT
    is_old = sightings.age_s(host.id, host.seen) >= SILENT.total_seconds()
    return "live" if host.session and is_near and not is_old else "stale"
