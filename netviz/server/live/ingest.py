"""Ingest: turns frames of one agent's connection into changes of its host's feed, and stores them in batches.

The feed and its watchers receive a change at once. The agent receives an ack when the change is stored. A frame
that arrives twice is acknowledged again and changes nothing. A connection that is no longer allowed to store changes
(`Superseded`) ends.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from netviz.model.delta import Delta, diff
from netviz.model.topology import AnyEntity, topology
from netviz.server.history import store
from netviz.server.history.blobs import Change
from netviz.server.live.feed import Feed, now_ms
from netviz.server.live.feeds import Feeds
from netviz.server.live.writer import write
from netviz.wire.frames import Ack, DeltaFrame, Resync, SnapshotBegin, SnapshotChunk, SnapshotEnd, State
from netviz.wire.limits import ENTITIES, SNAPSHOT_BYTES, SNAPSHOT_CHUNKS
from netviz.wire.problems import WireError

log = logging.getLogger(__name__)

# Changes wait for `COMMIT_S` seconds, so that several are stored together.
COMMIT_S = 0.04


class _Incoming:
    """A snapshot that has not completely arrived yet."""

    def __init__(self, begin: SnapshotBegin) -> None:
        if not 0 <= begin.chunks <= SNAPSHOT_CHUNKS:
            raise WireError(
                "bad-value", f"the snapshot has {begin.chunks} chunks; the limit is {SNAPSHOT_CHUNKS}", "chunks"
            )
        if not 0 <= begin.entities <= ENTITIES:
            raise WireError(
                "bad-value", f"the snapshot has {begin.entities} entities; the limit is {ENTITIES}", "entities"
            )
        self.begin = begin
        self.chunks = 0
        self.size = 0
        self.entities: list[AnyEntity] = []

    def add(self, chunk: SnapshotChunk, size: int) -> None:
        if chunk.index != self.chunks or chunk.index >= self.begin.chunks:
            raise WireError("bad-order", f"expected chunk {self.chunks}, received {chunk.index}", "index")
        self.chunks += 1
        self.size += size
        self.entities.extend(chunk.entities)
        if self.size > SNAPSHOT_BYTES:
            raise WireError("too-large", f"the snapshot has more than {SNAPSHOT_BYTES} bytes, which is the limit")
        if len(self.entities) > self.begin.entities:
            raise WireError(
                "bad-value", f"the snapshot has more than the announced {self.begin.entities} entities", "entities"
            )

    def whole(self) -> dict[str, AnyEntity]:
        if (self.chunks, len(self.entities)) != (self.begin.chunks, self.begin.entities):
            text = (
                f"{self.chunks} of {self.begin.chunks} chunks, {len(self.entities)} of {self.begin.entities} entities"
            )
            raise WireError("bad-order", f"the snapshot ended early: the server received {text}")
        try:
            return topology(self.entities)
        except ValueError as problem:
            raise WireError("bad-value", str(problem), "entities") from None


class Ingest:
    """Applies the frames of one agent connection to its host's feed (the topology in memory). `send` sends a frame to
    the agent.
    """

    def __init__(
        self, host: uuid.UUID, session: str, feed: Feed, feeds: Feeds, send: Callable[[Any], Awaitable[None]]
    ) -> None:
        self._host = host
        self._session = session
        self._feed = feed
        self._feeds = feeds
        self._send = send
        self._incoming: _Incoming | None = None
        self._pending: list[Change] = []
        self._awaits_snapshot = False
        self._commit: asyncio.Task[None] | None = None
        self._least_lag: int | None = None
        self._owed = False
        self._keyframe_may_be_due = False
        self._failed = asyncio.Event()
        self.failure: Exception | None = None
        self._handlers: dict[type[Any], Callable[[Any, int], Awaitable[None]]] = {
            SnapshotBegin: self._begin,
            SnapshotChunk: self._chunk,
            SnapshotEnd: self._end,
            DeltaFrame: self._delta,
            State: self._state,
        }

    def resume(self, epoch: str, since: int, seq: int) -> int | None:
        """Returns the `seq` of the delta after which the agent can resume, or None if a snapshot is needed."""
        known = self._feed.agent_epoch == epoch and since <= self._feed.agent_seq <= seq
        self._awaits_snapshot = not known
        return self._feed.agent_seq if known else None

    async def take(self, frame: Any, size: int) -> None:
        """Handles a frame of a snapshot, a delta or current values. `size` is the frame's length in bytes. Raises
        WireError if the frame is not allowed now.
        """
        handle = self._handlers.get(type(frame))
        if handle is None:
            raise WireError("bad-order", f"{frame.TAG} is not allowed now", "t")
        await handle(frame, size)

    async def _begin(self, frame: SnapshotBegin, _: int) -> None:
        self._incoming = _Incoming(frame)

    async def _chunk(self, frame: SnapshotChunk, size: int) -> None:
        self._expected("a snapshot's chunk").add(frame, size)

    async def _end(self, _: SnapshotEnd, __: int) -> None:
        await self._snapshot(self._expected("a snapshot's end"))

    async def _state(self, frame: State, _: int) -> None:
        self._feed.show_state(frame)
        await self._feeds.publish(self._host, frame)

    def _expected(self, what: str) -> _Incoming:
        if self._incoming is None:
            raise WireError("bad-order", f"{what} arrived without a snapshot_begin before it", "t")
        return self._incoming

    async def _snapshot(self, incoming: _Incoming) -> None:
        self._incoming = None
        new = incoming.whole()
        delta = diff(self._feed.entities, new)
        self._feed.agent_epoch, self._feed.agent_seq = incoming.begin.epoch, incoming.begin.seq
        self._awaits_snapshot = False
        if delta:
            await self._step(delta, incoming.begin.at_ms)
        self._schedule()

    async def _delta(self, frame: DeltaFrame, _: int) -> None:
        if self._incoming is not None:
            raise WireError("bad-order", "a delta arrived within a snapshot", "t")
        if self._awaits_snapshot:
            return
        if frame.epoch != self._feed.agent_epoch or frame.seq > self._feed.agent_seq + 1:
            self._awaits_snapshot = True
            await self._send(Resync(f"delta {frame.seq} does not follow {self._feed.agent_seq}"))
            return
        if frame.seq == self._feed.agent_seq + 1:
            keys = [*(entity.key for entity in frame.put), *frame.drop]
            if len(set(keys)) != len(keys):
                raise WireError("bad-value", "the delta has a duplicate key", "put")
            self._feed.agent_seq = frame.seq
            await self._step(Delta(frame.put, frame.drop), frame.at_ms)
        self._schedule()

    async def _step(self, delta: Delta, at_ms: int) -> None:
        # The limit here is 2 * `ENTITIES`, because the new entities may replace existing ones. The agent itself sends
        # at most `ENTITIES` entities.
        if len(self._feed.entities) + len(delta.put) > 2 * ENTITIES:
            raise WireError(
                "too-long", f"the host would have more than {2 * ENTITIES} entities, which is the limit", "put"
            )
        change, step = self._feed.step(delta, at_ms)
        self._pending.append(change)
        await self._feeds.publish_step(self._host, step)

    def lag_ms(self, at_ms: int, same_clock: bool) -> int:
        """Returns how long a change was on its way, in milliseconds; `at_ms` is the time of the change by the agent's
        clock.

        The clock of another machine may differ from ours. So for an agent on another machine, the result is how much
        longer this change took than the fastest change so far.
        """
        lag = now_ms() - at_ms
        if same_clock:
            return max(0, lag)
        self._least_lag = lag if self._least_lag is None else min(lag, self._least_lag)
        return lag - self._least_lag

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

    async def _flush(self) -> None:
        pending, self._pending = self._pending, []
        epoch, seq = self._feed.agent_epoch, self._feed.agent_seq
        await write(store.store, self._host, self._session, pending, epoch, seq)
        # a disconnected agent receives the stored seq in `welcome` when it reconnects
        with contextlib.suppress(OSError):
            await self._send(Ack(epoch, seq))
        # A check whether a new keyframe (a stored whole topology) is due costs a query. So the check is not done for
        # every batch, but only for the very first change and then once in `MERGE_AT` changes.
        if pending and (
            pending[0].seq == 1 or pending[0].seq // store.MERGE_AT != (pending[-1].seq + 1) // store.MERGE_AT
        ):
            self._keyframe_may_be_due = True
        if self._keyframe_may_be_due and not self._pending:
            self._keyframe_may_be_due = False
            await self._keyframe()

    async def _keyframe(self) -> None:
        seq, world = self._feed.seq, dict(self._feed.entities)
        if await write(store.keyframe_due, self._host, seq):
            await write(store.store_keyframe, self._host, world, seq, now_ms())

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
        if self.failure is not None:
            log.warning("host %s: the last changes from its agent could not be stored: %r", self._host, self.failure)
            await self._feeds.reload(self._feed)
