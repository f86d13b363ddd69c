"""Ingest: turns frames of one agent's connection into changes of its host's feed, and stores them in batches.

The feed and its watchers receive a change at once. The agent receives an ack when the change is stored. A frame
that arrives twice is acknowledged again and changes nothing. A connection that is no longer allowed to store changes
(`Superseded`) ends.

The next frame is read when the one before it was handled. So an agent that sends more than is stored waits
(`netviz.server.live.unstored`).
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from netviz.model.delta import Delta
from netviz.server.history import store
from netviz.server.history.blobs import Change, pack_changes, pack_topology
from netviz.server.limits import HOST_MEMORY_BYTES, LARGE_FRAME_BYTES, TEAM_MEMORY_BYTES
from netviz.server.live.closing import TeamFull
from netviz.server.live.faults import faults
from netviz.server.live.feed import Feed, now_ms
from netviz.server.live.feeds import Feeds
from netviz.server.live.incoming import Incoming, packed
from netviz.server.live.keeping import keep_quota
from netviz.server.live.pieces import Piece, Size, pieces_of, size_of
from netviz.server.live.unstored import Unstored
from netviz.server.live.writer import work, write
from netviz.server.tally import dropped
from netviz.wire.codec import encode
from netviz.wire.frames import PROTOCOL, Ack, DeltaFrame, Resync, SnapshotBegin, SnapshotChunk, SnapshotEnd, State
from netviz.wire.limits import ENTITIES, INTEGER, SNAPSHOT_BYTES
from netviz.wire.problems import WireError

# Changes wait for `COMMIT_S` seconds, so that several are stored together.
COMMIT_S = 0.04

# When this many bytes of changes were stored, the server checks whether a keyframe is due.
_CHECK_BYTES = store.KEYFRAME_BYTES // 4

_END = object()


class Ingest:
    """Applies the frames of one agent connection to its host's feed (the topology in memory). `send` sends a frame to
    the agent, whose frames have this protocol.
    """

    def __init__(
        self,
        host: uuid.UUID,
        session: str,
        feed: Feed,
        feeds: Feeds,
        send: Callable[[Any], Awaitable[None]],
        protocol: int = PROTOCOL,
    ) -> None:
        self._host = host
        self._session = session
        self._feed = feed
        self._feeds = feeds
        self._send = send
        self._protocol = protocol
        self._incoming: Incoming | None = None
        self._pending: list[Change] = []
        self._unstored = Unstored()
        self._awaits_snapshot = False
        self._commit: asyncio.Task[None] | None = None
        self._least_lag: int | None = None
        self._owed = False
        self._keyframe_may_be_due = False
        self._unchecked = 0
        self._failed = asyncio.Event()
        self.failure: Exception | None = None
        self._handlers: dict[type[Any], Callable[[Any, int, bytes | None], Awaitable[None]]] = {
            SnapshotBegin: self._begin,
            SnapshotChunk: self._chunk,
            SnapshotEnd: self._end,
            DeltaFrame: self._delta,
            State: self._state,
        }

    def resume(self, epoch: str, since: int, seq: int) -> int | None:
        """Returns the `seq` of the delta after which the agent can resume, or None if a snapshot is needed."""
        known = bool(epoch) and self._feed.agent_epoch == epoch and since <= self._feed.agent_seq <= seq
        self._awaits_snapshot = not known
        return self._feed.agent_seq if known else None

    async def take(self, frame: Any, size: int, raw: bytes | None = None) -> None:
        """Handles a frame of a snapshot, a delta or current values. `size` is the frame's length in bytes, and `raw`
        its text, if the caller has it. Raises WireError if the frame is not allowed now.
        """
        handle = self._handlers.get(type(frame))
        if handle is None:
            raise WireError("bad-order", f"{frame.TAG} is not allowed now", "t")
        await handle(frame, size, raw)

    async def _begin(self, frame: SnapshotBegin, _: int, __: bytes | None) -> None:
        self._incoming = Incoming(frame)

    async def _chunk(self, frame: SnapshotChunk, size: int, raw: bytes | None) -> None:
        incoming = self._expected("a snapshot's chunk")
        incoming.expect(frame)
        text, protocol = (encode(frame), PROTOCOL) if raw is None else (raw, self._protocol)
        large = len(text) > LARGE_FRAME_BYTES
        incoming.add(frame, size, await work(self._host, packed, text) if large else packed(text), protocol)

    async def _end(self, _: SnapshotEnd, __: int, ___: bytes | None) -> None:
        await self._snapshot(self._expected("a snapshot's end"))

    async def _state(self, frame: State, _: int, __: bytes | None) -> None:
        self._feed.show_state(frame)
        await self._feeds.publish(self._host, frame)

    def _expected(self, what: str) -> Incoming:
        if self._incoming is None:
            raise WireError("bad-order", f"{what} arrived without a snapshot_begin before it", "t")
        return self._incoming

    async def _snapshot(self, incoming: Incoming) -> None:
        """Applies a complete snapshot, piece by piece. Meanwhile the agent's epoch is unknown: if only a part of the
        pieces is stored, the next connection needs a snapshot.
        """
        self._incoming = None
        incoming.check_complete()
        await self._measure()
        self._feed.agent_epoch, self._feed.agent_seq = "", 0
        pieces = incoming.pieces(self._feed.entities)
        piece, several = await self._next(pieces), False
        while piece is not None:
            if not self._has_room(piece.growth):
                raise WireError("too-large", f"the topology needs more than {HOST_MEMORY_BYTES} bytes of memory")
            following = await self._next(pieces)
            several = several or following is not None
            await self._step(piece, incoming.begin.at_ms, told=not several)
            piece = following
        if several:
            self._feed.restart("a change was too large for one frame")
        self._feed.agent_epoch, self._feed.agent_seq = incoming.begin.epoch, incoming.begin.seq
        self._awaits_snapshot = False
        self._schedule()

    async def _next(self, pieces: Iterator[Piece | None]) -> Piece | None:
        while (piece := await work(self._host, next, pieces, _END)) is not _END:
            if isinstance(piece, Piece):
                return piece
        return None

    async def _delta(self, frame: DeltaFrame, size: int, _: bytes | None) -> None:
        if self._incoming is not None:
            raise WireError("bad-order", "a delta arrived within a snapshot", "t")
        if self._awaits_snapshot:
            return
        if frame.epoch != self._feed.agent_epoch or frame.seq > self._feed.agent_seq + 1:
            await self._ask_for_snapshot(f"delta {frame.seq} does not follow {self._feed.agent_seq}")
            return
        if frame.seq == self._feed.agent_seq + 1:
            keys = [*(entity.key for entity in frame.put), *frame.drop]
            if len(set(keys)) != len(keys):
                raise WireError("bad-value", "the delta has a duplicate key", "put")
            if not await self._change(Delta(frame.put, frame.drop), frame, size):
                return
        self._schedule()

    async def _change(self, delta: Delta, frame: DeltaFrame, size: int) -> bool:
        """Applies a delta of the agent. Returns False if the topology would become too large: then the agent must send
        a snapshot, which it cuts to the size that a server accepts.
        """
        # Twice the limit, because the new entities may replace existing ones. The agent sends at most `ENTITIES`.
        if len(self._feed.entities) + len(delta.put) > 2 * ENTITIES:
            raise WireError(
                "too-long", f"the host would have more than {2 * ENTITIES} entities, which is the limit", "put"
            )
        await self._measure()
        make = _pieces, self._feed.entities, delta
        pieces: list[Piece] = await work(self._host, *make) if size > LARGE_FRAME_BYTES else make[0](*make[1:])
        growth = sum((piece.growth for piece in pieces), Size())
        if not self._has_room(growth):
            dropped.add("a delta was not taken, because its host would need too much memory", self._host)
            await self._ask_for_snapshot("the topology is larger than a server keeps of one host")
            return False
        for piece in pieces[:-1]:
            await self._step(piece, frame.at_ms)
        self._feed.agent_seq = frame.seq
        await self._step(pieces[-1], frame.at_ms)
        return True

    async def _ask_for_snapshot(self, reason: str) -> None:
        self._awaits_snapshot = True
        await self._send(Resync(reason))

    async def _measure(self) -> None:
        if self._feed.size is None:
            self._feed.size = await work(self._host, size_of, list(self._feed.entities.values()))

    def _has_room(self, growth: Size) -> bool:
        """Returns whether the topology of the host may grow by this much. Raises TeamFull."""
        if growth.json <= 0 and growth.memory <= 0:
            return True
        if growth.memory > 0 and self._feeds.team_memory(self._feed.team) + growth.memory > TEAM_MEMORY_BYTES:
            raise TeamFull
        new = (self._feed.size or Size()) + growth
        return new.json <= SNAPSHOT_BYTES and new.memory <= HOST_MEMORY_BYTES

    async def _step(self, piece: Piece, at_ms: int, *, told: bool = True) -> None:
        change, step = self._feed.step(piece.delta, at_ms, piece, told=told)
        self._feed.size = (self._feed.size or Size()) + piece.growth
        # Only the encoded change is kept: the entities that it replaced need not stay in memory until it is stored.
        self._pending.append(Change(change.seq, change.at_ms, Delta(), (), change.line))
        self._unstored.add(len(change.line))
        await self._feeds.publish_step(self._host, step)
        if self._unstored.is_full:
            self._schedule()
            await self._unstored.room()

    def lag_ms(self, at_ms: int, same_clock: bool) -> int:
        """Returns how long a change was on its way, in milliseconds; `at_ms` is the time of the change by the agent's
        clock.

        The clock of another machine may differ from ours. So for an agent on another machine, the result is how much
        longer this change took than the fastest change so far. The agent can send any time, so the result is limited to
        what a frame may contain.
        """
        lag = now_ms() - at_ms
        if not same_clock:
            self._least_lag = lag if self._least_lag is None else min(lag, self._least_lag)
            lag -= self._least_lag
        return min(max(0, lag), INTEGER)

    # -- storing

    def _schedule(self) -> None:
        self._owed = True
        if self._commit is None or self._commit.done():
            self._commit = asyncio.create_task(self._commit_soon())

    async def _commit_soon(self) -> None:
        while self._owed and self.failure is None:  # changes that arrive while a batch is stored form the next batch
            await asyncio.sleep(COMMIT_S)
            self._owed = False
            await self._try_flush()

    async def _try_flush(self) -> None:
        try:
            await self._flush()
        except Exception as problem:  # noqa: BLE001 - after any error, memory must not hold more than is stored
            self.failure = problem
            self._failed.set()
            self._unstored.close()

    async def _flush(self) -> None:
        pending, self._pending = self._pending, []
        epoch, seq = self._feed.agent_epoch, self._feed.agent_seq
        size = sum(len(change.line) for change in pending)
        blob = await work(self._host, pack_changes, pending) if size > LARGE_FRAME_BYTES else None
        await write(store.store, self._host, self._session, pending, epoch, seq, blob, host=self._host)
        self._unstored.remove(size)
        if epoch:  # a disconnected agent receives the stored seq in `welcome` when it reconnects
            with contextlib.suppress(OSError):
                await self._send(Ack(epoch, seq))
        self._unchecked += size
        self._feed.unchecked += size
        # A check whether a new keyframe (a stored whole topology) is due costs a query. So the check is not done for
        # every batch, but only for the very first change, then once in `MERGE_AT` changes and in `_CHECK_BYTES` bytes.
        if pending and (
            pending[0].seq == 1
            or pending[0].seq // store.MERGE_AT != (pending[-1].seq + 1) // store.MERGE_AT
            or self._unchecked > _CHECK_BYTES
        ):
            self._keyframe_may_be_due = True
        if self._keyframe_may_be_due and (epoch or self._unchecked > _CHECK_BYTES):
            self._keyframe_may_be_due = False
            self._unchecked = 0
            await self._keyframe()
        await keep_quota(self._feed)

    async def _keyframe(self) -> None:
        """Stores the present topology if a keyframe is due. Changes that it contains and that are not stored yet are
        stored first.
        """
        if not await write(store.keyframe_due, self._host, self._feed.seq, host=self._host):
            return
        seq, world, at_ms = self._feed.seq, dict(self._feed.entities), now_ms()
        blob = await work(self._host, pack_topology, world)
        if self._pending and self._pending[0].seq <= seq:
            await self._flush()
        await write(store.store_keyframe, self._host, blob, seq, at_ms, host=self._host)
        self._feed.unchecked += len(blob)

    async def failed(self) -> Exception:
        """Waits until storing fails, and returns why."""
        await self._failed.wait()
        assert self.failure is not None  # noqa: S101 - set before the event
        return self.failure

    async def close(self) -> None:
        """Stores the waiting changes. If this fails, reads the feed again, so that memory has no unstored changes."""
        if self._commit is not None:
            await asyncio.wait([self._commit])
        if self.failure is None and self._pending:
            await self._try_flush()
        self._unstored.close()
        if self.failure is not None:
            faults.add("the last changes of an agent could not be stored", self.failure)
            await self._feeds.reload(self._feed)


def _pieces(world: Any, delta: Delta) -> list[Piece]:
    """Returns the pieces of a delta; one even if the delta is empty, because its number counts."""
    pieces = [piece for piece in pieces_of(world, delta.drop, delta.put) if piece is not None]
    return pieces or [Piece(Delta(), (), [], [])]
