"""Counts the bytes of changes that are in memory and not stored yet: of one agent's connection, and of all together."""

import asyncio

from netviz.server.limits import UNSTORED_BYTES, UNSTORED_FREE_BYTES, UNSTORED_TOTAL_BYTES


class _Total:
    """The unstored bytes of all connections of this process, and the connections that wait until they are stored."""

    def __init__(self) -> None:
        self.bytes = 0
        self.waiting: set[Unstored] = set()


_all = _Total()


class Unstored:
    """The unstored bytes of one connection. Use this object in one event loop only."""

    def __init__(self, total: _Total = _all) -> None:
        self._total = total
        self._bytes = 0
        self._changed = asyncio.Event()
        self._closed = False

    def add(self, size: int) -> None:
        """Counts a change that is to be stored."""
        self._bytes += size
        self._total.bytes += size

    def remove(self, size: int) -> None:
        """Counts changes that are stored."""
        self._bytes -= size
        self._total.bytes -= size
        self._changed.set()
        for other in self._total.waiting:
            other._changed.set()

    @property
    def is_full(self) -> bool:
        """Returns whether so much is unstored that nothing more may be read from this agent."""
        if self._closed:
            return False
        return self._bytes > UNSTORED_BYTES or (
            self._bytes > UNSTORED_FREE_BYTES and self._total.bytes > UNSTORED_TOTAL_BYTES
        )

    async def room(self) -> None:
        """Waits until more may be read, or until the connection is closed."""
        self._total.waiting.add(self)
        try:
            while self.is_full:
                self._changed.clear()
                await self._changed.wait()
        finally:
            self._total.waiting.discard(self)

    def close(self) -> None:
        """Forgets what is unstored, because it is stored now or never."""
        self._closed = True
        self.remove(self._bytes)
