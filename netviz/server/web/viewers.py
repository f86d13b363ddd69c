"""The browsers' websocket, `/ws/view/`: a bare ASGI application; read-only, so that nothing is ever changed by it.

A browser subscribes to one host and gets the whole, then every change. What it may see is asked at each subscription
and again while the socket is open (`netviz.server.web.sweeper`). A reader that is too slow is told to begin again; the
feed never waits for it.
"""

import asyncio
import contextlib
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from netviz.server.decoder import decode
from netviz.server.hosts.access import host_of
from netviz.server.live.feed import Feed, Message, now_ms, resync
from netviz.server.live.feeds import feeds
from netviz.server.teams.models import User
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import encode
from netviz.wire.frames import Problem, Subscribe, Watch
from netviz.wire.limits import BROWSER_BACKLOG_BYTES, BROWSER_BACKLOG_FRAMES, WATCH_LEASE_S, WATCHES
from netviz.wire.problems import WireError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Coroutine[Any, Any, None]]

# Close codes: a bad frame, not signed in (any more), too many frames.
BAD_FRAME, SIGNED_OUT, TOO_MANY = 4400, 4401, 4429

# Frames a browser may send in ten seconds; it renews watches and subscribes again after a resync.
_FRAMES, _FRAMES_S = 100, 10.0

# The open sockets of this process.
viewers: set["Viewer"] = set()


async def view(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application; `scope` has the user and the session of Channels' middleware, and the `send` before it."""
    send = scope["bare_send"]
    await receive()
    user = scope["user"]
    await send({"type": "websocket.accept"})
    if not user.is_authenticated:
        await send({"type": "websocket.send", "text": encode(Problem("signed-out", "sign in first", True)).decode()})
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    await Viewer(user, scope["session"].session_key or "", receive, send).run()


class Viewer:
    """One browser's socket. Messages that wait for it are kept in order, up to a cap.

    A message goes out by one step of the server's `send`, in the feed's own call: as long as the browser reads, that is
    all there is to do. Only a `send` that has to wait becomes a task, behind which the others queue.
    """

    __slots__ = (
        "_broken",
        "_closing",
        "_held",
        "_late",
        "_late_bytes",
        "_leases",
        "_receive",
        "_send",
        "_waiting",
        "_writer",
        "feed",
        "session_key",
        "user",
    )

    def __init__(self, user: User, session_key: str, receive: Receive, send: Send) -> None:
        self.user = user
        self.session_key = session_key
        self._receive = receive
        self._send = send
        self.feed: Feed | None = None
        self._waiting: deque[tuple[Message, int]] = deque()  # with the size of what counts for the cap
        self._late = self._late_bytes = 0
        self._held = False  # a snapshot is being made: what comes meanwhile waits behind it
        self._broken = False
        self._closing = False
        self._writer: asyncio.Task[None] | None = None
        self._leases: dict[str, float] = {}

    # -- what a feed calls (netviz.server.live.feed.Watcher)

    def offer(self, message: Message, size: int) -> None:
        """Takes a message of the stream without waiting."""
        if self._broken:
            return
        if not (self._waiting or self._held or self._writer):
            self._write(message)
            return
        self._waiting.append((message, size))
        self._late += 1
        self._late_bytes += size
        if self._late > BROWSER_BACKLOG_FRAMES or self._late_bytes > BROWSER_BACKLOG_BYTES:
            self.restart("the browser was too slow")

    def restart(self, reason: str) -> None:
        """What waits is worthless: says so in its place, and nothing more until the browser subscribes again."""
        self._clear()
        self._broken = True
        self._say(resync(reason))

    def watches(self, ns: str) -> bool:
        """Whether it looks at the state of this namespace."""
        return self._leases.get(ns, 0.0) > time.monotonic()

    # -- the socket

    def end(self, code: int) -> None:
        """Closes the socket as soon as what waits is out."""
        if not self._closing:
            self._closing = True
            self._queue({"type": "websocket.close", "code": code})

    async def run(self) -> None:
        """Until one side ends it."""
        viewers.add(self)
        try:
            await self._read()
        finally:
            viewers.discard(self)
            self._leave()
            self._clear()
            if self._writer is not None:
                self._writer.cancel()
                await asyncio.gather(self._writer, return_exceptions=True)

    def _say(self, frame: bytes) -> None:
        self._queue({"type": "websocket.send", "text": frame.decode()})

    def _queue(self, message: Message) -> None:
        """Behind what waits, whatever the cap."""
        self._waiting.append((message, 0))
        self._drain()

    def _drain(self) -> None:
        """Writes what waits, as long as nothing has to wait for the browser."""
        while self._waiting and not self._held and self._writer is None:
            message, size = self._waiting.popleft()
            if size:
                self._late -= 1
                self._late_bytes -= size
            self._write(message)

    def _write(self, message: Message) -> None:
        step = self._send(message)
        try:
            waits_for = step.send(None)
        except StopIteration:
            return
        except (OSError, RuntimeError):  # the browser is gone: the reader hears of it
            return
        self._writer = asyncio.create_task(self._rest(step, waits_for))

    async def _rest(self, step: Coroutine[Any, Any, None], waits_for: Any) -> None:
        """Goes on with a `send` that has to wait, then with what came meanwhile."""
        try:
            with contextlib.suppress(OSError, RuntimeError):
                await _Begun(step, waits_for)
        finally:
            self._writer = None
        self._drain()

    async def _read(self) -> None:
        times: deque[float] = deque(maxlen=_FRAMES)
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return None
            if len(times) == _FRAMES and time.monotonic() - times[0] < _FRAMES_S:
                return await self._refuse("too-many", f"more than {_FRAMES} frames in {_FRAMES_S:.0f} s", TOO_MANY)
            times.append(time.monotonic())
            data = message.get("text")
            try:
                frame = decode(data if data is not None else message.get("bytes") or b"", "browser")
            except WireError as error:
                return await self._refuse(error.code, str(error), BAD_FRAME)
            await (self._subscribe(frame) if isinstance(frame, Subscribe) else self._watch(frame))

    async def _refuse(self, code: str, text: str, close: int) -> None:
        """Tells why, closes, and reads no more."""
        self._say(encode(Problem(code, text, True)))
        self.end(close)
        while (await self._receive())["type"] == "websocket.receive":
            pass

    async def _subscribe(self, frame: Subscribe) -> None:
        self._leave()
        self._clear()
        self._broken = False
        host = await database_sync_to_async(host_of)(self.user, frame.host)
        if host is None:
            self._say(encode(Problem("no-host", "There is no such host.")))
            return
        feed = await feeds.get(host.id)
        self._held, self._broken = True, False
        self.feed = feed
        feed.join(self)
        try:
            frames = await self._whole(feed)
        finally:
            self._held = False
        if not self._broken:  # where the feed broke meanwhile, what waits says so
            self._waiting.extendleft(
                ({"type": "websocket.send", "text": frame.decode()}, 0) for frame in reversed(frames)
            )
        self._drain()

    async def _whole(self, feed: Feed) -> list[bytes]:
        freshness = encode(feed.freshness)
        seq, entities = feed.copy()
        make = sync_to_async(snapshot_frames, thread_sensitive=False)
        return [freshness, *await make(entities, feed.epoch, seq, now_ms())]

    async def _watch(self, frame: Any) -> None:
        assert isinstance(frame, Watch)  # noqa: S101 - the codec lets nothing else through
        now = time.monotonic()
        self._leases = {ns: end for ns, end in self._leases.items() if end > now}
        if self.feed is None or (len(self._leases) >= WATCHES and frame.ns not in self._leases):
            return
        self._leases[frame.ns] = now + WATCH_LEASE_S
        await feeds.wish(self.feed.host, frame)

    def _leave(self) -> None:
        if self.feed is not None:
            self.feed.leave(self)
        self.feed = None
        self._leases.clear()

    def _clear(self) -> None:
        self._waiting.clear()
        self._late = self._late_bytes = 0

    def host_id(self) -> uuid.UUID | None:
        """The host it is subscribed to."""
        return None if self.feed is None else self.feed.host


class _Begun:
    """A coroutine of which one step is done: it waits for `waits_for`, and then for whatever it asks for next."""

    def __init__(self, step: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._step = step
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                try:
                    # A future that is awaited anew says so by a mark, which the first step's yield left set.
                    answer = yield waits_for
                except BaseException as error:  # noqa: BLE001 - cancellation and failures are the coroutine's
                    waits_for = self._step.throw(error)
                else:
                    waits_for = self._step.send(answer)
            except StopIteration:
                return
