"""The relay: sends frames between server processes, over one channel of Channels' layer for each process.

With one process (no Redis) the relay does nothing.

A message is a dict with these fields. Input from agents and browsers appears only in `frame`.

- `type` is always "wire_event".
- `from` is the server process that sent the message.
- `host` is the id of a host. Only server processes that have a feed of this host receive the message.
- `to` is "viewers" (all browsers that watch the host), "agent" (the host's agent, whichever process it is connected to)
  or "asker" (the one browser whose request is answered).
- `process` is the server process that this one browser is connected to; it is empty if `to` is not "asker".
- `frame` is the encoded frame, as text.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

To = Literal["viewers", "agent", "asker"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message from another server process: a frame about a host, the sending process, and who receives it."""

    sender: str
    host: uuid.UUID
    to: str
    frame: str


class Relay:
    """Sends messages to the other processes, and calls `receive` with each message that arrives for this process."""

    def __init__(self, receive: Callable[[Letter], Awaitable[None]]) -> None:
        self.process = uuid.uuid4().hex
        self.active = bool(settings.REDIS_URL)
        self._receive = receive
        self._listener: asyncio.Task[None] | None = None
        self._channel = ""

    async def send(self, host: uuid.UUID, to: To, frame: bytes, process: str = "") -> bool:
        """Sends a frame to the other processes. Returns False if Redis is down: then nobody received the frame.

        If a message is lost, the receivers read the database instead, so the sender need not repeat it.
        """
        if not self.active:
            return False
        message = {
            "type": "wire_event",
            "from": self.process,
            "host": str(host),
            "to": to,
            "process": process,
            "frame": frame.decode(),
        }
        try:
            await _layer().group_send(_group(host), message)
        except (OSError, RedisError) as problem:
            log.warning("cannot send messages through Redis: %s", problem)
            return False
        return True

    async def listen(self, host: uuid.UUID) -> None:
        """Receives messages about this host from now on."""
        if not self.active:
            return
        layer = _layer()
        if self._listener is None:
            self._channel = await layer.new_channel()
            self._listener = asyncio.create_task(self._read())
        await layer.group_add(_group(host), self._channel)

    async def close(self) -> None:
        """Stops receiving."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            await _layer().flush()
        self._listener = None

    async def _read(self) -> None:
        layer = _layer()
        while True:
            message = await layer.receive(self._channel)
            if message.get("from") == self.process or message.get("process") not in ("", self.process):
                continue
            try:
                letter = Letter(message["from"], uuid.UUID(message["host"]), message["to"], message["frame"])
                await self._receive(letter)
            except Exception:
                log.exception("cannot read a message from another server process")


def _layer() -> BaseChannelLayer:
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS has no default.")
    return layer


def _group(host: uuid.UUID) -> str:
    return f"host.{host.hex}"
