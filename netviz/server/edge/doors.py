"""The open connections of this process. Makes sure that connections that do nothing lock nobody out.

A connection *waits* while the server waits for its client: for the head or the body of a request, for the client to
read a response, or for the proof of an agent. If too many connections wait, the one that has waited longest is closed,
first those of the address that has the most. An honest client waits for milliseconds. So a connection that is younger
than `YOUNG_S` is closed only if the process can have no more connections at all: many browsers that come at once do
not close each other's. Connections that the server works for, and websockets of agents and users that are known, are
never closed.
"""

import resource
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from typing import Protocol

from netviz.server import limits
from netviz.server.tally import dropped


class Connection(Hashable, Protocol):
    """A connection, as `Doors` needs it. `address` is the key of its client's address, "" if it has no limit of its
    own (a trusted proxy).
    """

    address: str

    def evict(self) -> None:
        """Closes the connection at once."""


class Doors:
    """The open connections of this process, and those among them that wait."""

    def __init__(self, most: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self.open: set[Connection] = set()
        self._waiting: dict[str, OrderedDict[Connection, float]] = {}  # by address, with the time since it waits
        self._number = 0

    @property
    def most(self) -> int:
        """Returns the number of connections that may be open. Some files are kept for the database and others."""
        if self._most is None:
            files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            self._most = min(limits.CONNECTIONS, files - min(limits.OTHER_FILES, files // 4))
        return self._most

    @property
    def waiting(self) -> int:
        """Returns the number of connections that wait."""
        return self._number

    def enter(self, connection: Connection) -> None:
        """Records a new connection, which waits. May close another one, or this one."""
        self.open.add(connection)
        self.wait(connection)
        if len(self.open) > self.most:
            self._evict("a connection closed because too many are open", self._fullest(), 0)

    def wait(self, connection: Connection) -> None:
        """Records that the server waits for this connection's client, from now on. May close another one."""
        if connection not in self.open:
            return
        row = self._waiting.setdefault(connection.address, OrderedDict())
        if connection not in row:
            self._number += 1
        row[connection] = self._clock()
        row.move_to_end(connection)
        if connection.address and len(row) > limits.WAITING_PER_ADDRESS:
            why = "a waiting connection closed because its address has too many"
            self._evict(why, connection.address, limits.YOUNG_S)
        elif self._number > min(limits.WAITING, self.most // 2):
            self._evict("a waiting connection closed because too many wait", self._fullest(), limits.YOUNG_S)

    def work(self, connection: Connection) -> None:
        """Records that the server does not wait for this connection's client."""
        row = self._waiting.get(connection.address)
        if row is None or connection not in row:
            return
        del row[connection]
        self._number -= 1
        if not row:
            del self._waiting[connection.address]

    def leave(self, connection: Connection) -> None:
        """Removes a connection that has ended."""
        self.work(connection)
        self.open.discard(connection)

    def kinds(self) -> Counter[str]:
        """Returns how many connections of each class are open."""
        return Counter(type(connection).__name__ for connection in self.open)

    def _fullest(self) -> str | None:
        """Returns the address with the most waiting connections; of several, the one that began to wait first."""
        return max(self._waiting, key=lambda address: len(self._waiting[address]), default=None)

    def _evict(self, why: str, address: str | None, age_s: float) -> None:
        """Closes the connection of this address that has waited longest, if it has waited for `age_s` seconds."""
        if address is None:
            return
        longest, since = next(iter(self._waiting[address].items()))
        if self._clock() - since >= age_s:
            dropped.add(why, address)
            self.leave(longest)
            longest.evict()


doors = Doors()


def raise_file_limit() -> None:
    """Raises the number of files that this process may open to the hard limit. The usual soft limit is only 1,024
    (getrlimit(2)).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
