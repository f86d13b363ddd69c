"""Changes that wait until they may be sent. A server reads only so many bytes and entities a second of one host, so an
agent that sees more changes collects them: several changes of one entity are sent as one.
"""

import time
from collections.abc import Callable
from itertools import islice

from netviz.agent.live.pacing import TokenBucket
from netviz.model.delta import Delta
from netviz.model.topology import AnyEntity
from netviz.wire.limits import BYTES_PER_SECOND, CHANGES_PER_SECOND, ENTITIES, SNAPSHOT_BYTES

# The agent uses this share of the rates, so that the server need not wait although its clock is another one.
_SHARE = 0.9

# Maximum number of entities that are sent at once. Further ones are sent after the frames that wait, such as
# heartbeats.
_AT_ONCE = 2_000


class Changes:
    """The changes that were not sent yet, and the rates at which they may be sent."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting: dict[str, AnyEntity | None] = {}  # the new entity, or None if it is removed
        self._bytes = TokenBucket(SNAPSHOT_BYTES, 1 / (BYTES_PER_SECOND * _SHARE), clock)
        self._changes = TokenBucket(ENTITIES, 1 / (CHANGES_PER_SECOND * _SHARE), clock)

    def add(self, delta: Delta) -> None:
        """Adds a change to those that wait. It replaces earlier changes of the same entities."""
        for key in delta.drop:
            self._waiting[key] = None
        for entity in delta.put:
            self._waiting[entity.key] = entity

    def take(self) -> Delta:
        """Returns the changes that may be sent now, and forgets them. Returns an empty delta if none may be sent."""
        if self.pause_s() > 0:
            return Delta()
        taken = dict(islice(self._waiting.items(), _AT_ONCE))
        for key in taken:
            del self._waiting[key]
        put = tuple(entity for entity in taken.values() if entity is not None)
        return Delta(put, tuple(key for key, entity in taken.items() if entity is None))

    def sent(self, frames: list[bytes], entities: int) -> None:
        """Counts frames that were sent, with this number of entities and of removed keys."""
        self._bytes.spend(sum(map(len, frames)))
        self._changes.spend(entities)

    def clear(self) -> None:
        """Forgets the waiting changes, because a snapshot contains them."""
        self._waiting.clear()

    def pause_s(self) -> float:
        """Returns the seconds until something may be sent."""
        return max(self._bytes.wait_s(), self._changes.wait_s())

    def wait_s(self) -> float | None:
        """Returns the seconds until waiting changes may be sent, or None if none wait."""
        return self.pause_s() if self._waiting else None
