"""Limits how fast the frames of each host's agent are read. Above a rate the server reads later, so nothing is lost:
the agent waits, and sends several changes of one entity as one.

A host keeps its rates when its agent connects again. All hosts of a team also have rates together.
"""

import asyncio
import time
import uuid
from collections.abc import Callable

from netviz.server.limiter import Rate
from netviz.server.limits import TEAM_BYTES_PER_S, TEAM_CHANGES_PER_S
from netviz.server.tally import dropped
from netviz.wire.limits import BYTES_PER_SECOND, CHANGES_PER_SECOND, ENTITIES, FRAMES_PER_SECOND, SNAPSHOT_BYTES

# A wait that is shorter than this number of seconds is not counted: an honest agent has such waits too.
_COUNTED_S = 0.1


class _Rates:
    def __init__(self, bytes_per_s: int, changes_per_s: int, snapshots: int, clock: Callable[[], float]) -> None:
        self._bytes = Rate(bytes_per_s, SNAPSHOT_BYTES * snapshots, clock)
        self._changes = Rate(changes_per_s, ENTITIES * snapshots, clock)

    def spend(self, size: int, changes: int) -> float:
        return max(self._bytes.spend(size), self._changes.spend(changes))


class Paces:
    """The rates of all hosts and teams of this process. Use this object in one event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hosts: dict[uuid.UUID, _Rates] = {}
        self._teams: dict[uuid.UUID, _Rates] = {}

    def of(self, host: uuid.UUID, team: uuid.UUID) -> "Pace":
        """Returns the pace of an agent's connection."""
        own = self._hosts.setdefault(host, _Rates(BYTES_PER_SECOND, CHANGES_PER_SECOND, 1, self._clock))
        shared = self._teams.setdefault(team, _Rates(TEAM_BYTES_PER_S, TEAM_CHANGES_PER_S, 8, self._clock))
        return Pace(host, own, shared, self._clock)


class Pace:
    """The pace of one agent's connection."""

    def __init__(self, host: uuid.UUID, own: _Rates, team: _Rates, clock: Callable[[], float]) -> None:
        self._host = host
        self._own, self._team = own, team
        self._frames = Rate(FRAMES_PER_SECOND, FRAMES_PER_SECOND, clock)

    def spend(self, size: int, changes: int) -> float:
        """Counts a frame. Returns the number of seconds until the next frame may be read."""
        return max(self._frames.spend(1), self._own.spend(size, changes), self._team.spend(size, changes))

    async def keep(self, size: int, changes: int) -> None:
        """Counts a frame of `size` bytes with `changes` entities, and waits until the next frame may be read."""
        wait_s = self.spend(size, changes)
        if wait_s > _COUNTED_S:
            dropped.add("an agent was slowed down, because it sends more than the server reads of one host", self._host)
        if wait_s > 0:
            await asyncio.sleep(wait_s)


paces = Paces()
