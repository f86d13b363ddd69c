"""Sends messages to a browser's websocket in order, and limits how many changes and current values can wait to be sent.

To send a message, `_write` runs the coroutine of the server's `send` up to its first wait. While the browser reads fast
enough, the coroutine ends without a wait, so no task is created. Only a `send` that has to wait becomes a task, and
later messages wait in a queue behind it.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Generator, MutableMapping, Sequence
from typing import Any, NamedTuple

from netviz.server.limits import BROWSER_WAITING_BYTES
from netviz.server.live.feed import Message, resync
from netviz.server.tally import dropped
from netviz.server.web.shared import Shared
from netviz.wire.limits import BROWSER_BACKLOG_BYTES, BROWSER_BACKLOG_FRAMES

Send = Callable[[MutableMapping[str, Any]], Coroutine[Any, Any, None]]


# Close code of the websocket: the browser does not read what was sent to it.
TOO_SLOW = 4413


class _Waiting(NamedTuple):
    message: Message
    size: int  # number of bytes
    late: bool = False  # true if the message counts towards the limit of changes and current values
    lasting: bool = False  # true if the message, such as an answer, is sent even to a browser that must subscribe again
    last_of: Shared | None = None  # set for the last of several messages that are shared with other browsers


class Writer:
    """Sends messages to one browser, and queues the messages that have to wait."""

    __slots__ = (
        "__weakref__",
        "_broken",
        "_closing",
        "_held",
        "_late",
        "_late_bytes",
        "_mark",
        "_send",
        "_size",
        "_waiting",
        "_writer",
    )

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: deque[_Waiting] = deque()
        self._late = self._late_bytes = self._size = 0
        self._held = False  # whether something large is being encoded, so that later messages must wait
        self._mark = 0  # while something large is being encoded: its position in the queue
        self._broken = False
        self._closing = False
        self._writer: asyncio.Task[None] | None = None

    def offer(self, message: Message, size: int) -> None:
        """Sends or queues a message with changes or current values, without waiting."""
        if self._broken:
            return
        if not (self._waiting or self._held or self._writer):
            self._write(message)
            return
        self._add(_Waiting(message, size, late=True))
        if self._late > BROWSER_BACKLOG_FRAMES or self._late_bytes > BROWSER_BACKLOG_BYTES:
            self.restart("the browser was too slow")

    def restart(self, reason: str) -> None:
        """Replaces the waiting changes and current values by a `resync`. Sends no more of them until the browser
        subscribes again.
        """
        self._clear()
        self._broken = True
        self._queue_frame(resync(reason))

    def end(self, code: int) -> None:
        """Closes the websocket after the waiting messages are sent."""
        if not self._closing:
            self._closing = True
            self._clear()
            self._broken = True
            self._queue({"type": "websocket.close", "code": code}, lasting=True)

    def _queue_frame(self, frame: bytes, *, lasting: bool = False) -> None:
        self._queue({"type": "websocket.send", "text": frame.decode()}, lasting=lasting)

    def _queue(self, message: Message, *, lasting: bool = False) -> None:
        """Queues a message that does not count towards the limit of changes and current values. Then sends queued
        messages, in their order, until one of them has to wait for the browser.
        """
        self._add(_Waiting(message, len(message.get("text", "")), lasting=lasting))
        self._drain()

    def _add(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)
        self._count(waiting, 1)
        if self._size > BROWSER_WAITING_BYTES and not self._closing:
            dropped.add("a browser was disconnected, because it does not read")
            self._waiting.clear()
            self._late = self._late_bytes = self._size = 0
            self._broken = True
            self.end(TOO_SLOW)

    def _count(self, waiting: _Waiting, sign: int) -> None:
        self._size += sign * waiting.size
        if waiting.late:
            self._late += sign
            self._late_bytes += sign * waiting.size

    def _hold(self) -> None:
        """Reserves a place in the queue for messages that are still being encoded, such as a snapshot. Later messages
        wait.
        """
        self._held = True
        self._mark = len(self._waiting)

    def _release(self, first: Sequence[bytes], shared: Shared | None = None) -> None:
        """Puts the encoded messages into the queue at the place that `_hold` reserved for them: `first`, and then those
        that are shared with other browsers. Drops them instead if the browser must subscribe again.
        """
        self._held = False
        if not self._broken:
            made = [_Waiting({"type": "websocket.send", "text": frame.decode()}, len(frame)) for frame in first]
            made += [_Waiting(*message) for message in (shared.messages if shared else ())]
            if made and shared is not None:
                made[-1] = made[-1]._replace(last_of=shared)
            self._waiting.rotate(-self._mark)
            self._waiting.extendleft(reversed(made))
            self._waiting.rotate(self._mark)
            for waiting in made:
                self._count(waiting, 1)
        self._drain()

    def give_back(self, shared: Shared) -> None:
        """Forgets the waiting messages of a snapshot that takes too much memory: the browser must subscribe again."""
        if any(waiting.last_of is shared for waiting in self._waiting):
            self.restart("the browser was too slow")

    def _clear(self) -> None:
        lasting = [waiting for waiting in self._waiting if waiting.lasting]
        for waiting in self._waiting:
            if waiting.last_of is not None:
                waiting.last_of.holders.discard(self)
        self._waiting.clear()
        self._late = self._late_bytes = self._size = 0
        for waiting in lasting:
            self._add(waiting)

    def _drain(self) -> None:
        """Sends waiting messages until one of them has to wait for the browser."""
        while self._waiting and not self._held and self._writer is None:
            waiting = self._waiting.popleft()
            self._count(waiting, -1)
            if waiting.last_of is not None:
                waiting.last_of.holders.discard(self)
            self._write(waiting.message)

    def _write(self, message: Message) -> None:
        step = self._send(message)
        try:
            waits_for = step.send(None)
        except StopIteration:
            return
        except (OSError, RuntimeError):  # the browser is gone; the code that reads from the websocket handles this
            return
        self._writer = asyncio.create_task(self._rest(step, waits_for))

    async def _rest(self, step: Coroutine[Any, Any, None], waits_for: Any) -> None:
        """Waits until a started `send` ends, then sends the messages that were queued in the meantime."""
        try:
            with contextlib.suppress(OSError, RuntimeError):
                await _Begun(step, waits_for)
        finally:
            self._writer = None
        self._drain()

    async def _end_writing(self) -> None:
        self._waiting.clear()
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)


class _Begun:
    """Awaits the rest of a coroutine that was started by hand: the coroutine has run up to its first wait, and waits
    for the future `waits_for`.
    """

    def __init__(self, step: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._step = step
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                try:
                    # asyncio waits for a future that is yielded only if `_asyncio_future_blocking` is set. The future
                    # has set it when `_write` received it, so it can be yielded as it is.
                    answer = yield waits_for
                except BaseException as error:  # noqa: BLE001 - the coroutine handles cancellation and failures
                    waits_for = self._step.throw(error)
                else:
                    waits_for = self._step.send(answer)
            except StopIteration:
                return
