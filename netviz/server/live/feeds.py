"""The feeds of this process, and the relay that keeps those of several processes together.

With Redis each process has one channel of the layer, which hears of every host that it has a feed of. A message is one
fixed envelope (`wire_event`) with a frame of ours in it; what a client sent never becomes a message.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from redis.exceptions import RedisError

from netviz.model.delta import Delta
from netviz.server.decoder import decode
from netviz.server.history.store import Present, load
from netviz.server.hosts import freshness
from netviz.server.hosts.models import Host
from netviz.server.live.feed import Feed
from netviz.wire.codec import encode
from netviz.wire.frames import DeltaFrame, Freshness, Resync, State, Watch
from netviz.wire.limits import FRAME_BYTES

log = logging.getLogger(__name__)

# Tries to read what another process has published but not yet stored, and the time between them.
_CATCH_UP = 40
_CATCH_UP_S = 0.05


load_async = database_sync_to_async(load, thread_sensitive=False)


def _freshness_of(host: uuid.UUID) -> Freshness:
    row = Host.objects.get(id=host)
    state = freshness.state_of(row)
    since = row.stale_since or row.seen
    return Freshness(str(host), state, int(since.timestamp() * 1000) if since and state == "stale" else 0)


class Feeds:
    """The feeds of one process. Lives in one event loop."""

    def __init__(self) -> None:
        self._feeds: dict[uuid.UUID, Feed] = {}
        self._loading: dict[uuid.UUID, asyncio.Task[Feed]] = {}
        self._wishes: dict[uuid.UUID, Callable[[Watch], None]] = {}
        self._id = uuid.uuid4().hex
        self._relayed = bool(settings.REDIS_URL)
        self._listener: asyncio.Task[None] | None = None
        self._channel = ""

    async def get(self, host: uuid.UUID) -> Feed:
        """The feed of a host, read from the database at first."""
        if host in self._feeds:
            return self._feeds[host]
        if host not in self._loading:
            self._loading[host] = asyncio.create_task(self._open(host))
        return await asyncio.shield(self._loading[host])

    def held(self, host: uuid.UUID) -> Feed | None:
        """The feed of a host, if it is in memory."""
        return self._feeds.get(host)

    async def _open(self, host: uuid.UUID) -> Feed:
        try:
            await self._listen(host)
            feed = Feed(host, await load_async(host))
            feed.freshness = await database_sync_to_async(_freshness_of, thread_sensitive=False)(host)
            self._feeds[host] = feed
            return feed
        finally:
            del self._loading[host]

    async def look_who_lives(self) -> None:
        """Corrects the freshness of what is watched here where nobody told of a change: a server that was killed."""
        for feed in [feed for feed in self._feeds.values() if feed.watchers and feed.host not in self._wishes]:
            now = await database_sync_to_async(_freshness_of, thread_sensitive=False)(feed.host)
            if now.state != feed.freshness.state:
                feed.show_freshness(now)

    async def reload(self, feed: Feed) -> None:
        """Reads a feed anew, after something went wrong with the one in memory; its watchers begin again."""
        present: Present = await load_async(feed.host)
        feed.reset(present)
        feed.restart("the server's copy was read anew")

    # -- between processes

    async def publish(self, host: uuid.UUID, frame: DeltaFrame | State | Freshness | Watch, data: bytes = b"") -> None:
        """Tells the other processes of a frame; does nothing where there is only one.

        A message that is lost costs them a look into the database, so Redis may be away without harm to who writes.
        """
        if not self._relayed:
            return
        body = data or encode(frame)
        if len(body) > FRAME_BYTES:
            body = encode(Resync("more changed at once than one message holds"))
        message = {"type": "wire_event", "from": self._id, "host": str(host), "frame": body.decode()}
        try:
            await _layer().group_send(_group(host), message)
        except (OSError, RedisError) as problem:
            log.warning("Redis does not take messages: %s", problem)

    async def close(self) -> None:
        """Ends listening; the feeds are forgotten."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            await _layer().flush()
        self._listener = None
        self._feeds.clear()
        self._loading.clear()
        self._wishes.clear()

    def take_wishes(self, host: uuid.UUID, take: Callable[[Watch], None]) -> None:
        """The agent of this host is connected here: wishes to see state are handed to `take`."""
        self._wishes[host] = take

    def drop_wishes(self, host: uuid.UUID, take: Callable[[Watch], None]) -> None:
        """The agent's connection is gone."""
        if self._wishes.get(host) == take:
            del self._wishes[host]

    async def wish(self, host: uuid.UUID, watch: Watch) -> None:
        """Passes a wish to see state to the host's agent, wherever it is connected."""
        if host in self._wishes:
            self._wishes[host](watch)
        else:
            await self.publish(host, watch)

    async def _listen(self, host: uuid.UUID) -> None:
        if not self._relayed:
            return
        layer = _layer()
        if self._listener is None:
            self._channel = await layer.new_channel()
            self._listener = asyncio.create_task(self._hear())
        await layer.group_add(_group(host), self._channel)

    async def _hear(self) -> None:
        layer = _layer()
        while True:
            message = await layer.receive(self._channel)
            if message.get("from") == self._id:
                continue
            try:
                await self._take(uuid.UUID(message["host"]), message["frame"])
            except Exception:
                log.exception("a message of the channel layer was not understood")

    async def _take(self, host: uuid.UUID, body: str) -> None:
        kind, frame = _relayed_frame(body)
        if kind == "wish":
            if host in self._wishes:
                self._wishes[host](frame)
            return
        feed = self._feeds.get(host)
        if feed is None:
            return
        if isinstance(frame, DeltaFrame):
            if not feed.follow(frame.seq, Delta(frame.put, frame.drop), body.encode()):
                await self._catch_up(feed, frame.seq)
        elif isinstance(frame, Resync):
            await self._catch_up(feed, feed.seq + 1)
        elif isinstance(frame, State):
            feed.show_state(frame)
        elif isinstance(frame, Freshness):
            feed.show_freshness(frame)

    async def _catch_up(self, feed: Feed, seq: int) -> None:
        """Messages were lost: waits until what they told is stored, and reads that."""
        for _ in range(_CATCH_UP):
            present: Present = await load_async(feed.host)
            if present.seq >= seq:
                break
            await asyncio.sleep(_CATCH_UP_S)
        feed.reset(present)
        feed.restart("messages between servers were lost")


def _relayed_frame(body: str) -> tuple[str, Any]:
    if body.startswith('{"t":"watch"'):
        return "wish", decode(body, "browser")
    return "view", decode(body, "view")


def _layer() -> BaseChannelLayer:
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS has no default.")
    return layer


def _group(host: uuid.UUID) -> str:
    return f"host.{host.hex}"


feeds = Feeds()
