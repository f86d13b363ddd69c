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
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from netviz.server.frames import decode
from netviz.server.history.feed import Feed, now_ms, resync
from netviz.server.history.feeds import feeds
from netviz.server.hosts.access import host_of
from netviz.server.teams.models import User
from netviz.wire.codec import encode
from netviz.wire.frames import Problem, Subscribe, Watch
from netviz.wire.limits import BROWSER_BACKLOG_BYTES, BROWSER_BACKLOG_FRAMES, WATCH_LEASE_S, WATCHES
from netviz.wire.problems import WireError
from netviz.wire.snapshot import snapshot_frames

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Close codes: a bad frame, not signed in (any more), too many frames.
BAD_FRAME, SIGNED_OUT, TOO_MANY = 4400, 4401, 4429

# Frames a browser may send in ten seconds; it renews watches and subscribes again after a resync.
_FRAMES, _FRAMES_S = 100, 10.0

# The open sockets of this process.
viewers: set["Viewer"] = set()


async def view(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application; `scope` has the user and the session of Channels' middleware."""
    await receive()
    user = scope["user"]
    await send({"type": "websocket.accept"})
    if not user.is_authenticated:
        await send({"type": "websocket.send", "text": encode(Problem("signed-out", "sign in first", True)).decode()})
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    await Viewer(user, scope["session"].session_key or "", receive, send).run()


class Viewer:
    """One browser's socket. Frames that wait for it are kept in order, up to a cap."""

    def __init__(self, user: User, session_key: str, receive: Receive, send: Send) -> None:
        self.user = user
        self.session_key = session_key
        self._receive = receive
        self._send = send
        self.feed: Feed | None = None
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._held = False  # a snapshot is being made: what comes meanwhile waits behind it
        self._broken = False
        self._wake = asyncio.Event()
        self._leases: dict[str, float] = {}
        self._close_code: int | None = None

    # -- what a feed calls (netviz.server.history.feed.Watcher)

    def offer(self, frame: bytes) -> None:
        """Takes a frame of the stream without waiting."""
        if self._broken:
            return
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)
        if len(self._waiting) > BROWSER_BACKLOG_FRAMES or self._waiting_bytes > BROWSER_BACKLOG_BYTES:
            self.restart("the browser was too slow")
        self._wake.set()

    def restart(self, reason: str) -> None:
        """What waits is worthless: says so in its place, and nothing more until the browser subscribes again."""
        self._clear()
        self._waiting.append(resync(reason))
        self._broken = True
        self._wake.set()

    def watches(self, ns: str) -> bool:
        """Whether it looks at the state of this namespace."""
        return self._leases.get(ns, 0.0) > time.monotonic()

    # -- the socket

    def end(self, code: int) -> None:
        """Closes the socket as soon as what waits is out."""
        self._close_code = code
        self._wake.set()

    async def run(self) -> None:
        """Until one side ends it."""
        viewers.add(self)
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait([writer, reader], return_when=asyncio.FIRST_COMPLETED)
        finally:
            viewers.discard(self)
            self._leave()
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)

    async def _write(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # the browser is gone
            while self._close_code is None or (self._waiting and not self._held):
                await self._wake.wait()
                self._wake.clear()
                while self._waiting and not self._held:
                    frame = self._waiting.popleft()
                    self._waiting_bytes = max(0, self._waiting_bytes - len(frame))
                    await self._send({"type": "websocket.send", "text": frame.decode()})
            await self._send({"type": "websocket.close", "code": self._close_code})

    async def _read(self) -> None:
        times: deque[float] = deque(maxlen=_FRAMES)
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return
            if len(times) == _FRAMES and time.monotonic() - times[0] < _FRAMES_S:
                self._refuse("too-many", f"more than {_FRAMES} frames in {_FRAMES_S:.0f} s", TOO_MANY)
                break
            times.append(time.monotonic())
            data = message.get("text")
            try:
                frame = decode(data if data is not None else message.get("bytes") or b"", "browser")
            except WireError as error:
                self._refuse(error.code, str(error), BAD_FRAME)
                break
            await (self._subscribe(frame) if isinstance(frame, Subscribe) else self._watch(frame))
        await asyncio.Event().wait()  # the writer closes the socket, and ends this

    def _refuse(self, code: str, text: str, close: int) -> None:
        self._waiting.append(encode(Problem(code, text, True)))
        self.end(close)

    async def _subscribe(self, frame: Subscribe) -> None:
        self._leave()
        self._clear()
        host = await database_sync_to_async(host_of)(self.user, frame.host)
        if host is None:
            self._waiting.append(encode(Problem("no-host", "There is no such host.")))
            self._wake.set()
            return
        feed = await feeds.get(host.id)
        self._held, self._broken = True, False
        self.feed = feed
        feed.watchers.add(self)
        try:
            frames = await self._whole(feed)
        finally:
            self._held = False
        if self._broken:  # the feed broke meanwhile: what waits says so
            self._wake.set()
            return
        self._waiting.extendleft(reversed(frames))
        self._wake.set()

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
            self.feed.watchers.discard(self)
        self.feed = None
        self._leases.clear()

    def _clear(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0

    def host_id(self) -> uuid.UUID | None:
        """The host it is subscribed to."""
        return None if self.feed is None else self.feed.host
