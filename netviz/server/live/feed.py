"""A host's feed: its topology in this process's memory, and those who watch it.

A change is encoded once and handed to every watcher, whose own `offer` never waits. A change that comes alone goes at
once; of a stream of changes, all of `MESSAGE_S` go as one message, a frame a line, so that a message costs each watcher
little. A watcher that joins receives the whole and then every change without a gap.

Bulky entities are the exception: a watcher receives those of a namespace while it has a lease of it, as `bulk` frames
that stand behind the delta that they belong to. Watchers with the same leases share one message too.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from netviz.model.delta import Delta, apply_to
from netviz.model.topology import AnyEntity
from netviz.server.history.blobs import Change, change_of
from netviz.server.history.store import Present
from netviz.server.live.bulky import Bulky, Part, without_bulky
from netviz.wire.chunks import bulk_frames
from netviz.wire.codec import encode
from netviz.wire.frames import DeltaFrame, Freshness, Resync, State
from netviz.wire.limits import ARRAY_ITEMS, FRAME_BYTES, WATCH_LEASE_S

# Seconds between two messages of one feed, and bytes that a message may hold until it goes before that.
MESSAGE_S = 0.033
MESSAGE_BYTES = 1 << 18

# A crowd of watchers gets messages less often: handing out takes one part in `_SHARE` of the loop's time at most.
_SHARE = 2

Message = MutableMapping[str, Any]


class Watcher(Protocol):
    """Who watches a feed."""

    def offer(self, message: Message, size: int) -> None:
        """Takes a message of the stream, of `size` bytes, without waiting."""

    def restart(self, reason: str) -> None:
        """The stream broke: the watcher must subscribe again."""

    def watches(self, ns: str) -> bool:
        """Whether it wants the state of this namespace."""


def now_ms() -> int:
    """This server's clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Step:
    """A change on its way out: its frame, and the bytes of that, encoded once and only if somebody needs them."""

    def __init__(self, frame: DeltaFrame, base: Delta, encoded: bytes | None = None) -> None:
        self.frame = frame
        self._base = base
        self._encoded = encoded

    @cached_property
    def whole(self) -> bytes:
        """The frame with everything: for the other server processes."""
        return self._encoded or encode(self.frame)

    @cached_property
    def base(self) -> bytes:
        """The frame without the bulky entities: for every browser."""
        frame, base = self.frame, self._base
        if base.put is frame.put and base.drop is frame.drop:
            return self.whole
        return encode(DeltaFrame(frame.epoch, frame.seq, base.put, base.drop, frame.at_ms))

    def fits(self) -> bool:
        """Whether a browser's decoder takes it as one frame."""
        return len(self._base.put) + len(self._base.drop) <= ARRAY_ITEMS and len(self.base) <= FRAME_BYTES


class Feed:
    """The topology of one host, after change `seq` of the stream `epoch`, and its watchers.

    Numbers of changes are the history's own, the same in every process; so the stream's epoch is the host's id. Where a
    number may come to mean something else (changes that could not be stored) watchers must begin again.
    """

    def __init__(self, host: uuid.UUID, present: Present, clock: Callable[[], float] = time.monotonic) -> None:
        self.host = host
        self.epoch = host.hex
        self.watchers: set[Watcher] = set()
        self._clock = clock
        self._frames: list[bytes] = []
        self._bulk: list[tuple[int, str, bytes]] = []  # behind how many of the frames, of which namespace
        self._leases: dict[str, dict[Watcher, float]] = {}
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
        self._bulky = Bulky(present.entities)

    # -- changes

    def step(self, delta: Delta, at_ms: int) -> tuple[Change, Step]:
        """Applies a delta as the next change and passes it on; returns the change to store, and what was passed on."""
        change = change_of(self.entities, self.seq + 1, now_ms(), delta)
        frame = DeltaFrame(self.epoch, change.seq, delta.put, delta.drop, at_ms)
        return change, self._apply(frame, None)

    def follow(self, frame: DeltaFrame, encoded: bytes) -> bool:
        """Applies a change that another process made; False where one before it is missing."""
        if frame.seq > self.seq + 1:
            return False
        if frame.seq == self.seq + 1:
            self._apply(frame, encoded)
        return True

    def _apply(self, frame: DeltaFrame, encoded: bytes | None) -> Step:
        delta = Delta(frame.put, frame.drop)
        base, parts = self._bulky.split(delta, self.entities)
        step = Step(frame, base, encoded)
        apply_to(self.entities, delta)
        self._bulky.apply(parts)
        self.seq += 1
        if not self.watchers:
            return step
        if not step.fits():
            self.restart("more changed at once than one frame holds")
        else:
            self.send(step.base, self._leased_parts(parts))
        return step

    def _leased_parts(self, parts: Mapping[str, Part]) -> list[tuple[str, bytes]]:
        """The `bulk` frames of what changed in namespaces that somebody has a lease of."""
        if not (parts and self._leases):
            return []
        now = self._clock()
        leased = [ns for ns in parts if any(until > now for until in self._leases.get(ns, {}).values())]
        return [(ns, frame) for ns in leased for frame in bulk_frames(ns, self.seq, parts[ns].delta)]

    # -- watchers

    def join(self, watcher: Watcher) -> None:
        """From now on this watcher receives every change; what still waits to go out is older, and not for it."""
        self._flush()
        self.watchers.add(watcher)

    def leave(self, watcher: Watcher) -> None:
        """This watcher receives nothing more."""
        self.watchers.discard(watcher)
        self.end_leases(watcher)

    def lease(self, watcher: Watcher, ns: str) -> tuple[AnyEntity, ...] | None:
        """Gives or renews a watcher's lease of a namespace's bulky entities.

        Where it is new, returns all of them as they are after `seq`; the watcher has every change before that by then.
        """
        now = self._clock()
        renewed = self._leases.get(ns, {}).get(watcher, 0.0) > now
        if not renewed:
            self._flush()
            self._keep_leases(lambda other, until: until > now)
        self._leases.setdefault(ns, {})[watcher] = now + WATCH_LEASE_S
        return None if renewed else self._bulky.of(ns)

    def end_leases(self, watcher: Watcher) -> None:
        """Ends all leases of bulky entities that this watcher has."""
        if self._leases:
            self._keep_leases(lambda other, until: other is not watcher)

    def _keep_leases(self, keep: Callable[[Watcher, float], bool]) -> None:
        kept = {ns: {one: end for one, end in rows.items() if keep(one, end)} for ns, rows in self._leases.items()}
        self._leases = {ns: rows for ns, rows in kept.items() if rows}

    # -- messages

    def send(self, frame: bytes, bulk: Sequence[tuple[str, bytes]] = ()) -> None:
        """Hands a frame to every watcher: at once, or within `MESSAGE_S` where the last one went just now."""
        if not self.watchers:
            return
        self._frames.append(frame)
        self._size += len(frame)
        for ns, part in bulk:
            self._bulk.append((len(self._frames), ns, part))
            self._size += len(part)
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
        frames, self._frames = self._frames, []
        bulk, self._bulk = self._bulk, []
        self._size = 0
        loop = asyncio.get_running_loop()
        began = loop.time()
        message, size = _message(frames)
        special = self._with_bulk(frames, bulk) if bulk else {}
        for watcher in tuple(self.watchers):
            if special and watcher in special:
                for own, own_size in special[watcher]:
                    watcher.offer(own, own_size)
            else:
                watcher.offer(message, size)
        self._next_at = began + max(MESSAGE_S, _SHARE * (loop.time() - began))

    def _with_bulk(
        self, frames: list[bytes], bulk: list[tuple[int, str, bytes]]
    ) -> dict[Watcher, list[tuple[Message, int]]]:
        """The messages of those who have a lease of some of this, made once for each set of namespaces."""
        now = self._clock()
        namespaces: dict[Watcher, tuple[str, ...]] = {}
        for ns in sorted({ns for _, ns, _ in bulk}):
            for watcher, until in self._leases.get(ns, {}).items():
                if until > now:
                    namespaces[watcher] = (*namespaces.get(watcher, ()), ns)
        made: dict[tuple[str, ...], list[tuple[Message, int]]] = {}
        for wanted in namespaces.values():
            if wanted not in made:
                made[wanted] = _messages(_interleaved(frames, [part for part in bulk if part[1] in wanted]))
        return {watcher: made[wanted] for watcher, wanted in namespaces.items()}

    def restart(self, reason: str) -> None:
        """Makes every watcher begin again; all leases end."""
        self._flush()
        self._leases.clear()
        for watcher in tuple(self.watchers):
            watcher.restart(reason)

    def show_state(self, state: State) -> None:
        """Hands current values to those who watch them."""
        watching = [watcher for watcher in self.watchers if watcher.watches(state.ns)]
        if watching:
            frame = encode(state)
            message = {"type": "websocket.send", "text": frame.decode()}
            for watcher in watching:
                watcher.offer(message, len(frame))

    def show_freshness(self, freshness: Freshness) -> None:
        """Keeps how fresh the map is, and reports it."""
        self.freshness = freshness
        self.send(encode(freshness))

    def copy(self) -> tuple[int, list[AnyEntity]]:
        """The number of the last change, and the entities after it but the bulky ones: safe to read elsewhere."""
        return self.seq, without_bulky(self.entities.values())


def _message(frames: Sequence[bytes]) -> tuple[Message, int]:
    data = b"\n".join(frames)
    return {"type": "websocket.send", "text": data.decode()}, len(data)


def _messages(frames: Sequence[bytes]) -> list[tuple[Message, int]]:
    """One message, or several where one would be much larger than `MESSAGE_BYTES`."""
    out: list[tuple[Message, int]] = []
    group: list[bytes] = []
    size = 0
    for frame in frames:
        if group and size + len(frame) > 2 * MESSAGE_BYTES:
            out.append(_message(group))
            group, size = [], 0
        group.append(frame)
        size += len(frame)
    return [*out, _message(group)]


def _interleaved(frames: list[bytes], bulk: list[tuple[int, str, bytes]]) -> list[bytes]:
    """The frames, each followed by the parts that belong to it."""
    out: list[bytes] = []
    at = 0
    for behind, _, part in bulk:
        out += frames[at:behind]
        at = behind
        out.append(part)
    return out + frames[at:]


def resync(reason: str) -> bytes:
    """The frame that makes a browser begin again."""
    return encode(Resync(reason))
