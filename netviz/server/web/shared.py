"""Messages that are the same for several browsers: the snapshot of a host, and all bulky entities (such as netfilter
rules) of a namespace. They are encoded once for each state of the host, in a thread, and are not copied.

A browser that does not read keeps its messages in memory. So their sum is limited: the browsers that still wait for the
oldest messages must subscribe again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Protocol
from weakref import WeakSet

from netviz.server.limits import SHARED_BYTES, SHARED_KEPT_S
from netviz.server.live.feed import Message
from netviz.server.tally import dropped


class Holder(Protocol):
    """A browser that has messages which are shared with others."""

    def give_back(self, shared: "Shared") -> None:
        """Called when these messages take too much memory. A browser that still waits for them forgets them."""


class Shared:
    """Encoded messages. `holders` are the browsers that have received them, or wait for them."""

    def __init__(self, frames: Sequence[bytes]) -> None:
        self.messages: list[tuple[Message, int]] = [
            ({"type": "websocket.send", "text": frame.decode()}, len(frame)) for frame in frames
        ]
        self.size = sum(size for _, size in self.messages)
        self.holders: WeakSet[Holder] = WeakSet()


Make = Callable[[], Awaitable[Sequence[bytes]]]


class SharedMessages:
    """Encodes messages once for everybody who wants the same. Use this object in one event loop only."""

    def __init__(self, limit: int = SHARED_BYTES) -> None:
        self._limit = limit
        # For each subject, such as a host's snapshot: the state that its messages describe, and the task that makes
        # them.
        self._made: dict[Hashable, tuple[Hashable, asyncio.Task[Shared]]] = {}
        self._all: OrderedDict[int, Shared] = OrderedDict()  # what browsers may still wait for, oldest first

    async def turn(self, subject: Hashable, state: Callable[[], Hashable]) -> None:
        """Waits while messages of another state of the subject are being made. So if the state changes often, all who
        came meanwhile share the next messages.
        """
        while (made := self._made.get(subject)) is not None and not made[1].done() and made[0] != state():
            await asyncio.wait([made[1]])

    async def get(self, subject: Hashable, state: Hashable, make: Make) -> Shared:
        """Returns the messages of this state of the subject. Calls `make` only if nobody has them yet."""
        made = self._made.get(subject)
        if made is None or made[0] != state:
            made = state, asyncio.ensure_future(self._make(make))
            self._made[subject] = made
            made[1].add_done_callback(lambda task: self._forget_later(subject, task))
        return await asyncio.shield(made[1])

    async def _make(self, make: Make) -> Shared:
        shared = Shared(await make())
        self._limit_all(shared)
        return shared

    def _forget_later(self, subject: Hashable, task: asyncio.Task[Shared]) -> None:
        failed = task.cancelled() or task.exception() is not None
        asyncio.get_running_loop().call_later(0 if failed else SHARED_KEPT_S, self._forget, subject, task)

    def _forget(self, subject: Hashable, task: asyncio.Task[Shared]) -> None:
        if (made := self._made.get(subject)) is not None and made[1] is task:
            del self._made[subject]

    def _limit_all(self, new: Shared) -> None:
        for number in [number for number, shared in self._all.items() if not shared.holders]:
            del self._all[number]
        self._all[id(new)] = new
        while sum(shared.size for shared in self._all.values()) > self._limit and len(self._all) > 1:
            _, oldest = self._all.popitem(last=False)
            for holder in list(oldest.holders):
                dropped.add("a browser that did not read its snapshot must subscribe again")
                holder.give_back(oldest)


shared_messages = SharedMessages()
