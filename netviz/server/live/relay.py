"""The relay: sends frames between server processes, over one channel of Channels' layer for each process.

With one process (no Redis) the relay does nothing.

A message is a dict with these fields. Input from agents and browsers appears only in `frame`.

- `type` is always "wire_event". - `from` is the server process that sent the message. - `host` is the id of a host.
Only server processes that have a feed of this host receive the message. - `to` is "viewers" (all browsers that watch
the host), "agent" (the host's agent, whichever process it is connected to),
  "asker" (the one browser whose request is answered) or "feeds" (the other processes' copies of the host's topology).
- `process` is the server process that this one browser is connected to; it is empty if `to` is not "asker".
- `frame` is the encoded frame, as text.
- `part` and `parts`: a change that is too large for one frame is sent as several messages, part 0 of `parts` first.

Messages are lost while Redis is away. Nothing waits for it then: the other processes notice the gap in the numbers of
the changes, and read the database.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from netviz.server.limits import REDIS_PAUSE_S, REDIS_S
from netviz.server.live.faults import EXPECTED, faults
from netviz.server.tally import dropped

To = Literal["viewers", "agent", "asker", "feeds"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message from another server process: a frame about a host, the sending process, and who receives it."""

    sender: str
    host: uuid.UUID
    to: str
    frame: str
    part: int = 0
    parts: int = 1


class Relay:
    """Sends messages to the other processes, and calls `receive` with each message that arrives for this process."""

    def __init__(self, receive: Callable[[Letter], Awaitable[None]]) -> None:
        self.process = uuid.uuid4().hex
        self.active = bool(settings.REDIS_URL)
        self._receive = receive
        self._listener: asyncio.Task[None] | None = None
        self._channel = ""
        self._wanted: set[uuid.UUID] = set()
        self._heard: set[uuid.UUID] = set()  # the hosts of which this process receives messages
        self._away_until = 0.0

    async def send(
        self, host: uuid.UUID, to: To, frame: bytes, process: str = "", part: int = 0, parts: int = 1
    ) -> bool:
        """Sends a frame to the other processes. Returns False if Redis is down: then nobody received the frame, and
        nothing is sent for a moment, so that agents do not wait for Redis.

        If a message is lost, the receivers read the database instead, so the sender need not repeat it.
        """
        if not self.active:
            return False
        if time.monotonic() < self._away_until:
            dropped.add("a message to the other server processes, because Redis is away", host)
            return False
        message = {
            "type": "wire_event",
            "from": self.process,
            "host": str(host),
            "to": to,
            "process": process,
            "frame": frame.decode(),
            "part": part,
            "parts": parts,
        }
        try:
            async with asyncio.timeout(REDIS_S):
                await _layer().group_send(_group(host), message)
        except EXPECTED as problem:
            self._away_until = time.monotonic() + REDIS_PAUSE_S
            faults.add("cannot send messages through Redis; browsers of other server processes wait", problem)
            return False
        return True

    @property
    def is_away(self) -> bool:
        """Returns whether Redis did not accept the last message, or this process does not receive all messages."""
        return self.active and (time.monotonic() < self._away_until or self._wanted != self._heard)

    async def listen(self, host: uuid.UUID) -> None:
        """Receives messages about this host from now on. If Redis is away, `listen_again` tries it again."""
        if self.active:
            self._wanted.add(host)
            await self.listen_again()

    async def listen_again(self) -> None:
        """Begins to receive the messages about hosts for which this was not possible before."""
        missing = self._wanted - self._heard
        if not missing or time.monotonic() < self._away_until:
            return
        layer = _layer()
        try:
            async with asyncio.timeout(REDIS_S):
                if self._listener is None:
                    self._channel = await layer.new_channel()
                    self._listener = asyncio.create_task(self._read())
                for host in missing:
                    await layer.group_add(_group(host), self._channel)
                    self._heard.add(host)
        except EXPECTED as problem:
            self._away_until = time.monotonic() + REDIS_PAUSE_S
            faults.add("cannot receive messages through Redis", problem)

    async def leave(self, host: uuid.UUID) -> None:
        """Stops receiving messages about this host."""
        self._wanted.discard(host)
        if host in self._heard:
            self._heard.discard(host)
            with contextlib.suppress(*EXPECTED):
                async with asyncio.timeout(REDIS_S):
                    await _layer().group_discard(_group(host), self._channel)

    async def close(self) -> None:
        """Stops receiving."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)
            with contextlib.suppress(*EXPECTED):
                async with asyncio.timeout(REDIS_S):
                    await _layer().flush()
        self._wanted.clear()
        self._heard.clear()

    async def _read(self) -> None:
        layer = _layer()
        while True:
            try:
                message = await layer.receive(self._channel)
            except EXPECTED as problem:
                faults.add("cannot receive messages through Redis", problem)
                await asyncio.sleep(REDIS_PAUSE_S)
                continue
            if message.get("from") == self.process or message.get("process") not in ("", self.process):
                continue
            try:
                letter = Letter(
                    message["from"],
                    uuid.UUID(message["host"]),
                    message["to"],
                    message["frame"],
                    message.get("part", 0),
                    message.get("parts", 1),
                )
                await self._receive(letter)
            except Exception as problem:  # noqa: BLE001 - the next message may be a good one
                faults.add("cannot read a message from another server process", problem)


def _layer() -> BaseChannelLayer:
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS has no default.")
    return layer


def _group(host: uuid.UUID) -> str:
    return f"host.{host.hex}"
