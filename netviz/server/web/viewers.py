"""The browsers' websocket, `/ws/view/`: a plain ASGI application. It is read-only: a browser cannot change anything.

A browser subscribes to one host and receives a snapshot, then every change. It receives bulky entities (such as
netfilter rules) only for the namespaces that it watches. Access is checked at each subscription and again while the
websocket is open (`netviz.server.web.sweeper`). A browser that reads too slowly receives a `resync` and must subscribe
again.
"""

import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Hashable, MutableMapping
from typing import Any

from asgiref.sync import sync_to_async

from netviz.model.delta import Delta
from netviz.model.topology import AnyEntity
from netviz.server.decoder import decode
from netviz.server.edge.gate import ending, known
from netviz.server.history.blobs import Unreadable
from netviz.server.hosts.access import host_of
from netviz.server.limiter import Bucket
from netviz.server.limits import BROWSER_CHUNK_BYTES, BROWSER_FRAMES, BULKY_ON_THE_SPOT, USER_SOCKETS
from netviz.server.live.faults import EXPECTED, faults
from netviz.server.live.feed import Feed, now_ms
from netviz.server.live.feeds import feeds
from netviz.server.live.writer import read
from netviz.server.tally import dropped
from netviz.server.teams.models import User
from netviz.server.web.shared import shared_messages
from netviz.server.web.signed_in import visitor
from netviz.server.web.writer import Send, Writer
from netviz.wire.chunks import bulk_frames, snapshot_frames
from netviz.wire.codec import encode
from netviz.wire.frames import Answer, Ping, Problem, ReadNow, Request, Subscribe, Watch
from netviz.wire.limits import WATCH_LEASE_S, WATCHES
from netviz.wire.problems import WireError

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# Close codes of the websocket, in this order: bad frame, user not signed in (any longer), not subscribed to a host, too
# many frames or websockets, failure of the server (the database or Redis).
BAD_FRAME, SIGNED_OUT, UNUSED, TOO_MANY, TRY_LATER = 4400, 4401, 4408, 4429, 1013

# The open websockets of browsers that are connected to this process.
viewers: set["Viewer"] = set()


async def view(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of the browsers' websocket."""
    await receive()
    try:
        user, session_key = await read(visitor, scope["headers"])
    except EXPECTED as problem:
        faults.add("cannot read the session of a browser's websocket", problem)
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": TRY_LATER})
        return
    await send({"type": "websocket.accept"})
    if user is None:
        await send({"type": "websocket.send", "text": encode(Problem("signed-out", "sign in first", True)).decode()})
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    known(scope)
    await Viewer(user, session_key, receive, send, lambda: ending(scope)).run()


class Viewer(Writer):
    """One browser's websocket: handles its frames and decides what it receives."""

    __slots__ = ("_ending", "_leases", "_reading", "_receive", "feed", "session_key", "unsubscribed_since", "user")

    def __init__(
        self, user: User, session_key: str, receive: Receive, send: Send, ending: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(send)
        self._ending = ending
        self.unsubscribed_since = time.monotonic()
        self.user = user
        self.session_key = session_key
        self._receive = receive
        self.feed: Feed | None = None
        self._leases: dict[str, float] = {}
        self._reading: dict[str, str] = {}  # request id -> namespace, for `read_now` requests without an answer yet

    # -- methods that a feed calls (see `Watcher` in netviz.server.live.feed); a feed also calls `offer` of Writer

    def restart(self, reason: str) -> None:
        """Called when changes for this browser were lost. Sends it no more changes until it subscribes again."""
        super().restart(reason)
        if self.feed is not None:
            self.feed.end_leases(self)

    def watches(self, ns: str) -> bool:
        """Returns whether this browser receives the current values of this namespace: while it has a lease for the
        namespace, or waits for the answer to a request to read them.
        """
        return self._leases.get(ns, 0.0) > time.monotonic() or ns in self._reading.values()

    def end(self, code: int) -> None:
        """Closes the websocket. Nothing that waits, except answers and problems, is sent any more."""
        self._leave()
        super().end(code)
        self._ending()

    # -- the method that `netviz.server.live.requests` calls with an answer for this browser (see `Asker` there)

    def answer(self, answer: Answer) -> None:
        """Sends the browser the answer to one of its requests."""
        self._reading.pop(answer.id, None)
        self._queue_frame(encode(answer), lasting=True)

    # -- frames of the websocket

    async def run(self) -> None:
        """Runs until one side closes the websocket. Refuses it at once if the user has too many."""
        if sum(1 for other in viewers if other.user.id == self.user.id) >= USER_SOCKETS:
            dropped.add("a websocket of a user who has too many was refused", self.user)
            text = f"you have {USER_SOCKETS} pages of the map open; close some of them (NETVIZ_USER_SOCKETS)"
            return await self._refuse("too-many-pages", text, TOO_MANY)
        viewers.add(self)
        try:
            await self._read()
        except EXPECTED as problem:
            faults.add("cannot serve a browser's websocket", problem)
            await self._refuse("try-later", "The server cannot read its database at the moment.", TRY_LATER)
        finally:
            viewers.discard(self)
            self._leave()
            feeds.requests.leave(self)
            await self._end_writing()

    async def _read(self) -> None:
        bucket = Bucket(BROWSER_FRAMES)
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return None
            if self._closing:
                continue
            if not bucket.allow():
                text = f"the browser sent more than {BROWSER_FRAMES.tries} frames in {BROWSER_FRAMES.seconds:.0f} s"
                return await self._refuse("too-many", text, TOO_MANY)
            data = message.get("text")
            try:
                frame = decode(data if data is not None else message.get("bytes") or b"", "browser")
            except WireError as error:
                return await self._refuse(error.code, str(error), BAD_FRAME)
            await _HANDLERS[type(frame)](self, frame)

    async def _refuse(self, code: str, text: str, close: int) -> None:
        """Sends the reason, closes the websocket and stops reading."""
        self._queue_frame(encode(Problem(code, text, True)), lasting=True)
        self.end(close)
        while (await self._receive())["type"] == "websocket.receive":
            pass

    def _leave(self) -> None:
        if self.feed is not None:
            self.feed.leave(self)
        self.feed = None
        self.unsubscribed_since = time.monotonic()
        self._leases.clear()

    def host_id(self) -> uuid.UUID | None:
        """Returns the id of the host that the browser is subscribed to."""
        return None if self.feed is None else self.feed.host

    # -- subscription to a host

    async def _subscribe(self, frame: Subscribe) -> None:
        before = self.host_id()
        self._leave()
        self._clear()
        self._broken = False
        host = await read(host_of, self.user, frame.host)
        if before is not None and (host is None or host.id != before):
            feeds.requests.leave(
                self, Answer("", "failed", "The page switched to another host before the answer arrived.")
            )
        if host is None:
            self._queue_frame(encode(Problem("no-host", "There is no such host.")))
            return
        try:
            feed = await feeds.get(host.id)
        except Unreadable as problem:
            log.error("stored history cannot be read: %s", problem)
            text = "The history of this host cannot be read. The server's log says which part of it."
            self._queue_frame(encode(Problem("unreadable", text)))
            return
        await shared_messages.turn(feed, lambda: feed.state)
        self._broken = False
        self.feed = feed
        feed.join(self)
        first = [encode(feed.freshness)]
        await self._share(first, feed, feed.state, lambda: _snapshot_of(feed))

    async def _share(
        self, first: list[bytes], subject: Hashable, state: Hashable, make: Callable[[], Awaitable[list[bytes]]]
    ) -> None:
        """Sends `first`, and then messages that are the same for all browsers. Meanwhile, later messages wait."""
        self._hold()
        shared = None
        try:
            shared = await shared_messages.get(subject, state, make)
            shared.holders.add(self)
        finally:
            self._release([] if shared is None else first, shared)

    # -- `watch` and `request` frames for a namespace

    async def _watch(self, frame: Watch) -> None:
        now = time.monotonic()
        self._leases = {ns: end for ns, end in self._leases.items() if end > now}
        if self.feed is None:
            dropped.add("a browser's watch before it subscribed", self.user)
            return
        if len(self._leases) >= WATCHES and frame.ns not in self._leases:
            dropped.add(f"a browser's watch of more than {WATCHES} namespaces", self.user)
            return
        self._leases[frame.ns] = now + WATCH_LEASE_S
        if frame.bulky and not self._broken:
            await self._lease_bulky(self.feed, frame.ns)
        if frame.subjects and self.feed is not None:
            await feeds.watch(self.feed.host, Watch(frame.ns, frame.subjects))

    async def _lease_bulky(self, feed: Feed, ns: str) -> None:
        entities = feed.lease(self, ns)
        if entities is None:
            return
        seq = feed.seq
        if len(entities) <= BULKY_ON_THE_SPOT:
            for frame in bulk_frames(ns, seq, Delta(entities), whole=True):
                self._queue_frame(frame)
            return
        make = sync_to_async(_whole_of, thread_sensitive=False)
        await self._share([], (feed, ns), feed.state, lambda: make(ns, seq, entities))

    async def _ping(self, frame: Ping) -> None:
        if self.feed is None:
            dropped.add("a browser's ping before it subscribed", self.user)
            return
        pong = self.feed.pong(frame)
        self.offer({"type": "websocket.send", "text": pong.decode()}, len(pong))

    async def _request(self, frame: Request) -> None:
        if self.feed is None:
            self.answer(Answer(frame.id, "failed", "Subscribe to a host first."))
            return
        if isinstance(frame.ask, ReadNow):
            self._reading[frame.id] = frame.ask.ns
        await feeds.ask(self.feed.host, self, frame)


# The handler of each frame that a browser may send: one for each class in `netviz.wire.frames.BrowserFrame`.
_HANDLERS: dict[type[Any], Callable[[Viewer, Any], Awaitable[None]]] = {
    Subscribe: Viewer._subscribe,
    Watch: Viewer._watch,
    Request: Viewer._request,
    Ping: Viewer._ping,
}


async def _snapshot_of(feed: Feed) -> list[bytes]:
    seq, entities = feed.copy()
    make = sync_to_async(snapshot_frames, thread_sensitive=False)
    return await make(entities, feed.epoch, seq, now_ms(), BROWSER_CHUNK_BYTES)


def _whole_of(ns: str, seq: int, entities: tuple[AnyEntity, ...]) -> list[bytes]:
    return bulk_frames(ns, seq, Delta(entities), whole=True)
