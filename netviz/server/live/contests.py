"""Detects two agents with one key, for example of a copied virtual machine: each replaces the connection of the other.

A new connection normally replaces the older one, which may be dead without the server's knowledge. A connection that
was heard just before is not dead; if it is replaced again and again, the server keeps it and refuses the newer one
as long as the other one lives. Every process reads in the database that a host is contested.
"""

import time
import uuid
from collections import deque
from collections.abc import Callable

from django.utils import timezone

from netviz.server.hosts import sessions
from netviz.server.hosts.models import Host
from netviz.server.limits import CONTEST_HEARD_S, CONTEST_S, CONTEST_TRIES
from netviz.server.live.closing import SUPERSEDED, Closed
from netviz.server.live.writer import write
from netviz.server.tally import dropped
from netviz.wire.frames import Problem


class Contests:
    """Counts, for each host, how often a living connection was replaced."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._replaced: dict[uuid.UUID, deque[float]] = {}

    def refuses(self, host: uuid.UUID, heard_at: float, *, is_contested: bool = False) -> bool:
        """Returns whether the newer connection of a host must be refused. `heard_at` is when the older one was heard,
        by the same clock. `is_contested` is whether a connection of the host was refused lately.
        """
        now = self._clock()
        if now - heard_at > CONTEST_HEARD_S:
            return False
        times = self._replaced.setdefault(host, deque(maxlen=CONTEST_TRIES))
        while times and now - times[0] > CONTEST_S:
            times.popleft()
        if len(times) < CONTEST_TRIES and not is_contested:
            times.append(now)
            return False
        dropped.add("two agents use one key; the newer one was refused", host)
        return True


contests = Contests()


async def settle(host: Host, heard_at: float | None) -> None:
    """Raises Closed if the present connection of this host must stay. `heard_at` is when it was heard, if this process
    has it.
    """
    if heard_at is None and host.session and host.seen is not None:  # another process may have it
        heard_at = time.monotonic() - abs((timezone.now() - host.seen).total_seconds())
    if heard_at is None or not contests.refuses(host.id, heard_at, is_contested=sessions.is_contested(host)):
        return
    await write(sessions.contested, host.id, host=host.id)
    text = "another agent with the same key is connected; each host needs a key of its own"
    raise Closed(SUPERSEDED, Problem("contested", text, True))
