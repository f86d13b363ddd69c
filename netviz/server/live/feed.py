"""A host's feed: its topology in this process's memory, and those who watch it.

A change is encoded once and handed to every watcher, whose own `offer` never waits. A change that comes alone goes at
once; of a stream of them, all of 33 ms go as one message, a frame a line, so that a message costs every watcher little.
A watcher that joins gets the whole and then every change without a gap.
"""

import asyncio
import time
import uuid
from collections.abc import MutableMapping
from typing import Any, Protocol

from netviz.model.delta import Delta, apply_to
from netviz.model.topology import AnyEntity
from netviz.server.history.blobs import Change, change_of
from netviz.server.history.store import Present
from netviz.wire.codec import encode
from netviz.wire.frames import DeltaFrame, Freshness, Resync, State
from netviz.wire.limits import ARRAY_ITEMS, FRAME_BYTES

# Seconds between two messages of one feed, and how much a message may hold until it goes before that.
MESSAGE_S = 0.033
MESSAGE_BYTES = 1 << 18

# A crowd of watchers gets messages less often: handing out takes one part in so many of the loop's time at most.
_SHARE = 2

Message = MutableMapping[str, Any]


class Watcher(Protocol):
    """Who watches a feed."""

    def offer(self, message: Message, size: int) -> None:
        """Takes a message of the stream, of `size` bytes, without waiting."""

    def restart(self, reason: str) -> None:
        """Is told that the stream broke: it must begin again."""

    def watches(self, ns: str) -> bool:
        """Whether it looks at the state of this namespace."""


def now_ms() -> int:
    """This server's clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Feed:
    """The topology of one host, after change `seq` of the stream `epoch`, and its watchers.

    Numbers of changes are the history's own, the same in every process; so the stream's epoch is the host's id. Where a
    number may come to mean something else (changes that could not be stored) watchers are told to begin again.
    """

    def __init__(self, host: uuid.UUID, present: Present) -> None:
        self.host = host
        self.epoch = host.hex
        self.watchers: set[Watcher] = set()
        self._frames: list[bytes] = []
        self._size = 0
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.freshness = Freshness(str(host), "never")
        self.reset(present)

    def reset(self, present: Present) -> None:
        """Starts over from what is stored."""
        self.seq = present.seq
        self.agent_epoch = present.epoch
        self.agent_seq = present.agent_seq
        self.entities: dict[str, AnyEntity] = present.entities

    def step(self, delta: Delta, at_ms: int) -> tuple[Change, bytes]:
        """Applies a delta as the next change and passes it on; gives the change to store, and the frame sent."""
        change = change_of(self.entities, self.seq + 1, now_ms(), delta)
        frame = self._frame(delta, change.seq, at_ms)
        self._apply(delta, frame)
        return change, frame

    def follow(self, seq: int, delta: Delta, frame: bytes) -> bool:
        """Applies a change that another process made; False where one before it is missing."""
        if seq > self.seq + 1:
            return False
        if seq == self.seq + 1:
            self._apply(delta, frame)
        return True

    def _apply(self, delta: Delta, frame: bytes) -> None:
        apply_to(self.entities, delta)
        self.seq += 1
        if len(frame) > FRAME_BYTES or len(delta.put) + len(delta.drop) > ARRAY_ITEMS:
            self.restart("more changed at once than one frame holds")
        else:
            self.send(frame)

    def _frame(self, delta: Delta, seq: int, at_ms: int) -> bytes:
        return encode(DeltaFrame(self.epoch, seq, delta.put, delta.drop, at_ms))

    def join(self, watcher: Watcher) -> None:
        """From now on this watcher hears of every change; what waits to be told is older and not for it."""
        self._flush()
        self.watchers.add(watcher)

    def leave(self, watcher: Watcher) -> None:
        """This watcher hears no more."""
        self.watchers.discard(watcher)

    def send(self, frame: bytes) -> None:
        """Hands a frame to every watcher: at once, or within `MESSAGE_S` where the last one went just now."""
        if not self.watchers:
            return
        self._frames.append(frame)
        self._size += len(frame)
        if self._timer is not None and self._size <= MESSAGE_BYTES:
            return
        loop = asyncio.get_running_loop()
        wait = self._next_at - loop.time()
        if wait <= 0 or self._size > MESSAGE_BYTES:
            self._flush()
        else:
            self._timer = loop.call_later(wait, self._flush)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._frames:
            return
        text = b"\n".join(self._frames).decode()
        size, self._size = self._size, 0
        self._frames = []
        loop = asyncio.get_running_loop()
        began = loop.time()
        message = {"type": "websocket.send", "text": text}
        for watcher in tuple(self.watchers):
            watcher.offer(message, size)
        self._next_at = began + max(MESSAGE_S, _SHARE * (loop.time() - began))

    def restart(self, reason: str) -> None:
        """Tells every watcher to begin again."""
        self._flush()
        for watcher in tuple(self.watchers):
            watcher.restart(reason)

    def show_state(self, state: State) -> None:
        """Hands current values to those who look at them."""
        looking = [watcher for watcher in self.watchers if watcher.watches(state.ns)]
        if looking:
            frame = encode(state)
            message = {"type": "websocket.send", "text": frame.decode()}
            for watcher in looking:
                watcher.offer(message, len(frame))

    def show_freshness(self, freshness: Freshness) -> None:
        """Keeps how fresh the map is, and tells."""
        self.freshness = freshness
        self.send(encode(freshness))

    def copy(self) -> tuple[int, list[AnyEntity]]:
        """The number of the last change, and the entities after it: safe to read elsewhere."""
        return self.seq, list(self.entities.values())


def resync(reason: str) -> bytes:
    """The frame that tells a browser to begin again."""
    return encode(Resync(reason))
