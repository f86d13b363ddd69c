"""A host's feed: its topology in this process's memory, and the browsers that receive its changes (its watchers).

A change is encoded once and passed to every watcher; a watcher's `offer` never waits. A single change is sent at once.
Changes in quick succession are collected for `MESSAGE_S` seconds and sent as one message with one frame per line,
because each message to each watcher costs time. A new watcher receives the whole topology, and then every change.

Bulky entities (such as netfilter rules) are the exception: a watcher receives those of a namespace only while it has a
lease for the namespace (a `watch` frame starts or renews a lease, which ends after `WATCH_LEASE_S` seconds). They are
sent in `bulk` frames after the delta that changed them. Watchers with leases for the same namespaces share their
messages too.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from netviz.model.delta import Delta, apply_to
from netviz.model.topology import AnyEntity
from netviz.server.history.blobs import Change, change_of, line_of
from netviz.server.history.store import Present
from netviz.server.live.bulky import Bulky, Part, without_bulky
from netviz.server.live.pieces import Piece, Size
from netviz.wire.chunks import bulk_frames, delta_frame, delta_parts
from netviz.wire.codec import encode
from netviz.wire.frames import DeltaFrame, Freshness, Ping, Pong, Resync, State
from netviz.wire.limits import ARRAY_ITEMS, FRAME_BYTES, INTEGER, WATCH_LEASE_S

# Seconds between two messages of one feed. A message that exceeds `MESSAGE_BYTES` is sent earlier.
MESSAGE_S = 0.033
MESSAGE_BYTES = 1 << 18

# With many watchers, messages are sent less often: after a message that took t seconds to send, the next one starts at
# least `_SHARE` * t seconds later. So sending takes at most half of the event loop's time.
_SHARE = 2

Message = MutableMapping[str, Any]


class Watcher(Protocol):
    """A receiver of a feed's messages: the websocket of one browser."""

    def offer(self, message: Message, size: int) -> None:
        """Accepts a message of `size` bytes without waiting."""

    def restart(self, reason: str) -> None:
        """Asks the watcher to subscribe again, because it did not receive all changes."""

    def watches(self, ns: str) -> bool:
        """Returns whether the watcher wants the current values of this namespace."""


def now_ms() -> int:
    """Returns the time of this server in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Step:
    """A change in the form in which it is sent: the frame, and the encoded bytes, which are computed once and only if
    needed. `lines` has the encoded entities of the change by key, if they are known.
    """

    def __init__(
        self,
        frame: DeltaFrame,
        base: Delta,
        encoded: bytes | None = None,
        lines: Mapping[str, bytes] | None = None,
    ) -> None:
        self.frame = frame
        self._base = base
        self._encoded = encoded
        self._lines = lines

    @cached_property
    def whole(self) -> bytes:
        """Returns the encoded frame with all entities, for the other server processes."""
        return self._encoded or self._frame(Delta(self.frame.put, self.frame.drop))

    def parts(self) -> list[bytes]:
        """Returns the encoded change in frames for the other server processes: one, or several with the same number."""
        frame = self.frame
        if len(frame.put) + len(frame.drop) <= ARRAY_ITEMS and len(self.whole) <= FRAME_BYTES:
            return [self.whole]
        return delta_parts(frame.epoch, frame.seq, self._encoded_put(frame.put), frame.drop, frame.at_ms)

    @cached_property
    def base(self) -> bytes:
        """Returns the encoded frame without bulky entities (such as netfilter rules). Every browser receives it."""
        frame, base = self.frame, self._base
        return self.whole if base.put is frame.put and base.drop is frame.drop else self._frame(base)

    def _frame(self, delta: Delta) -> bytes:
        frame = self.frame
        return delta_frame(frame.epoch, frame.seq, self._encoded_put(delta.put), delta.drop, frame.at_ms)

    def _encoded_put(self, put: tuple[AnyEntity, ...]) -> list[bytes]:
        return [encode(entity) if self._lines is None else self._lines[entity.key] for entity in put]

    def fits(self) -> bool:
        """Returns whether the change fits into one frame for a browser (without rules and other bulky entities)."""
        return len(self._base.put) + len(self._base.drop) <= ARRAY_ITEMS and len(self.base) <= FRAME_BYTES


class Feed:
    """The topology of one host after change `seq`, and the watchers that receive its changes.

    Every process uses the change numbers of the stored history. Frames to browsers contain such a number, and an
    `epoch`: numbers can be compared only if their epochs are equal. So `epoch` is also the same in every process; it is
    derived from the host's id. If changes could not be stored, their numbers are used again for other changes; so
    watchers must then subscribe again.
    """

    def __init__(self, host: uuid.UUID, present: Present, clock: Callable[[], float] = time.monotonic) -> None:
        self.host = host
        self.epoch = host.hex
        self.watchers: set[Watcher] = set()
        self._clock = clock
        self._frames: list[bytes] = []
        # For each `bulk` frame: the number of `_frames` that are sent before it, its namespace, its bytes.
        self._bulk: list[tuple[int, str, bytes]] = []
        self._leases: dict[str, dict[Watcher, float]] = {}
        self._size = 0
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.freshness = Freshness(str(host), "never")
        self._heard_at: float | None = None
        self._resets = 0
        self.used_at = time.monotonic()
        # Bytes of history that were stored since the quota was checked.
        self.unchecked = 0
        self.reset(present)

    def reset(self, present: Present) -> None:
        """Replaces the topology in memory by the stored one."""
        self.team = present.team
        self._resets += 1
        # The size of the topology. None if nobody needed it yet, because it takes time to compute.
        self.size: Size | None = None
        self.seq = present.seq
        self.agent_epoch = present.epoch
        self.agent_seq = present.agent_seq
        self.entities: dict[str, AnyEntity] = present.entities
        self._bulky = Bulky(present.entities)
        # The number of the last change that was sent to the watchers. Later changes are still being collected.
        self._sent_seq = present.seq

    @property
    def state(self) -> tuple[int, int]:
        """Returns what identifies the present topology: after a reset, the same number may mean another topology."""
        return self._resets, self.seq

    # -- changes

    def step(self, delta: Delta, at_ms: int, piece: Piece | None = None, *, told: bool = True) -> tuple[Change, Step]:
        """Applies a delta as the next change, and sends it to the watchers. Returns the change for the stored history,
        and the same change as a `Step` for the other server processes. `piece` has the encoded entities of the delta,
        if they are known. If `told` is false, the watchers receive nothing; the caller calls `restart` later.
        """
        seq, now = self.seq + 1, now_ms()
        if piece is None:
            change = change_of(self.entities, seq, now, delta)
        else:
            change = Change(seq, now, delta, piece.before, line_of(seq, now, piece.put, delta.drop, piece.was))
        lines = None if piece is None else {entity.key: line for entity, line in zip(delta.put, piece.put, strict=True)}
        frame = DeltaFrame(self.epoch, seq, delta.put, delta.drop, at_ms)
        return change, self._apply(frame, None, lines, told=told)

    def follow(self, frame: DeltaFrame, encoded: bytes | None) -> bool:
        """Applies a change that another process made. Returns False if an earlier change is missing. `encoded` is the
        encoded frame, if it is known.
        """
        if frame.seq > self.seq + 1:
            return False
        if frame.seq == self.seq + 1:
            self._apply(frame, encoded)
        return True

    def _apply(
        self,
        frame: DeltaFrame,
        encoded: bytes | None,
        lines: Mapping[str, bytes] | None = None,
        *,
        told: bool = True,
    ) -> Step:
        delta = Delta(frame.put, frame.drop)
        base, parts = self._bulky.split(delta, self.entities)
        step = Step(frame, base, encoded, lines)
        apply_to(self.entities, delta)
        self._bulky.apply(parts)
        self.seq += 1
        if not (self.watchers and told):
            return step
        if not step.fits():
            self.restart("a change was too large for one frame")
        else:
            self.send(step.base, self._leased_parts(parts))
        return step

    def _leased_parts(self, parts: Mapping[str, Part]) -> list[tuple[str, bytes]]:
        """Returns `bulk` frames with the changes of bulky entities (such as netfilter rules), each with its namespace.

        Leaves out namespaces for which no watcher has a lease.
        """
        if not (parts and self._leases):
            return []
        now = self._clock()
        leased = [ns for ns in parts if any(until > now for until in self._leases.get(ns, {}).values())]
        return [(ns, frame) for ns in leased for frame in bulk_frames(ns, self.seq, parts[ns].delta)]

    # -- watchers

    def join(self, watcher: Watcher) -> None:
        """Sends this watcher every change from now on.

        First sends the collected changes to the other watchers: the new watcher receives them in its snapshot, and must
        not receive them twice.
        """
        self._flush()
        self.watchers.add(watcher)

    def leave(self, watcher: Watcher) -> None:
        """Stops sending to this watcher."""
        self.watchers.discard(watcher)
        self.end_leases(watcher)

    def lease(self, watcher: Watcher, ns: str) -> tuple[AnyEntity, ...] | None:
        """Gives a watcher a lease for the bulky entities (such as rules) of a namespace, or renews its lease.

        For a new lease, first sends the collected changes, so that the watcher has received every change. Then returns
        all bulky entities of the namespace as they are now. For a renewed lease, returns None.
        """
        now = self._clock()
        renewed = self._leases.get(ns, {}).get(watcher, 0.0) > now
        if not renewed:
            self._flush()
            self._keep_leases(lambda other, until: until > now)
        self._leases.setdefault(ns, {})[watcher] = now + WATCH_LEASE_S
        return None if renewed else self._bulky.of(ns)

    def end_leases(self, watcher: Watcher) -> None:
        """Ends all leases for bulky entities (such as netfilter rules) that this watcher has."""
        if self._leases:
            self._keep_leases(lambda other, until: other is not watcher)

    def _keep_leases(self, keep: Callable[[Watcher, float], bool]) -> None:
        kept = {ns: {one: end for one, end in rows.items() if keep(one, end)} for ns, rows in self._leases.items()}
        self._leases = {ns: rows for ns, rows in kept.items() if rows}

    # -- messages

    def send(self, frame: bytes, bulk: Sequence[tuple[str, bytes]] = ()) -> None:
        """Sends a frame to every watcher: at once, or within `MESSAGE_S` if the last message was sent just before."""
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
        self._sent_seq = self.seq
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
        """Creates the messages for watchers with leases (which also receive bulky entities of some namespaces).

        Watchers with leases for the same namespaces share their messages.
        """
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
        """Asks all watchers to subscribe again, because they did not receive all changes. Ends all leases."""
        self._flush()
        self._leases.clear()
        for watcher in tuple(self.watchers):
            watcher.restart(reason)

    def show_state(self, state: State) -> None:
        """Sends current values (such as counters) of a namespace to the watchers that want them."""
        watching = [watcher for watcher in self.watchers if watcher.watches(state.ns)]
        if watching:
            frame = encode(state)
            message = {"type": "websocket.send", "text": frame.decode()}
            for watcher in watching:
                watcher.offer(message, len(frame))

    def show_freshness(self, freshness: Freshness) -> None:
        """Stores whether the map is live or stale, and sends this to the watchers."""
        self.freshness = freshness
        self.send(encode(freshness))

    def hear(self, ago_s: float = 0.0) -> None:
        """Records that a heartbeat of the host's agent arrived `ago_s` seconds ago."""
        self._heard_at = self._clock() - ago_s

    def silent_ms(self) -> int:
        """Returns the milliseconds since the last heartbeat of the host's agent arrived. Returns the largest integer of
        a frame if there was none.
        """
        if self._heard_at is None:
            return INTEGER
        return min(INTEGER, max(0, int((self._clock() - self._heard_at) * 1_000)))

    def pong(self, ping: Ping) -> bytes:
        """Returns the answer to a browser's ping."""
        return encode(Pong(ping.id, self.silent_ms(), self._sent_seq))

    def copy(self) -> tuple[int, list[AnyEntity]]:
        """Returns the number of the last change, and the entities without bulky ones (such as netfilter rules).

        The list is a copy, because a thread reads it.
        """
        return self.seq, without_bulky(self.entities.values())


def _message(frames: Sequence[bytes]) -> tuple[Message, int]:
    data = b"\n".join(frames)
    return {"type": "websocket.send", "text": data.decode()}, len(data)


def _messages(frames: Sequence[bytes]) -> list[tuple[Message, int]]:
    """Joins the frames to one message, or to several if one would be much larger than `MESSAGE_BYTES`."""
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
    """Returns the delta frames, each followed by the `bulk` frames that belong to it."""
    out: list[bytes] = []
    at = 0
    for behind, _, part in bulk:
        out += frames[at:behind]
        at = behind
        out.append(part)
    return out + frames[at:]


def resync(reason: str) -> bytes:
    """Returns a `resync` frame. It makes a browser subscribe again and receive a new snapshot."""
    return encode(Resync(reason))
