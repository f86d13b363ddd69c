"""The writing half of a browser's socket: messages in order, up to a cap for those of the stream.

A message goes out by one step of the server's `send`, in the feed's own call: as long as the browser reads, that is all
there is to do. Only a `send` that has to wait becomes a task, behind which the others queue.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Generator, MutableMapping, Sequence
from typing import Any, NamedTuple

from netviz.server.live.feed import Message, resync
from netviz.wire.limits import BROWSER_BACKLOG_BYTES, BROWSER_BACKLOG_FRAMES

Send = Callable[[MutableMapping[str, Any]], Coroutine[Any, Any, None]]


class _Waiting(NamedTuple):
    message: Message
    size: int  # of what counts for the cap; 0 for what does not
    lasting: bool  # whether it goes out even if the stream breaks: an answer


class Writer:
    """What waits for one browser, and how it goes out."""

    __slots__ = ("_broken", "_closing", "_held", "_late", "_late_bytes", "_mark", "_send", "_waiting", "_writer")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: deque[_Waiting] = deque()
        self._late = self._late_bytes = 0
        self._held = False  # something large is being encoded: what comes meanwhile waits behind it
        self._mark = 0  # how much waited when that began
        self._broken = False
        self._closing = False
        self._writer: asyncio.Task[None] | None = None

    def offer(self, message: Message, size: int) -> None:
        """Takes a message of the stream without waiting."""
        if self._broken:
            return
        if not (self._waiting or self._held or self._writer):
            self._write(message)
            return
        self._waiting.append(_Waiting(message, size, False))
        self._late += 1
        self._late_bytes += size
        if self._late > BROWSER_BACKLOG_FRAMES or self._late_bytes > BROWSER_BACKLOG_BYTES:
            self.restart("the browser was too slow")

    def restart(self, reason: str) -> None:
        """What waits is worthless: says so in its place, and nothing more until the browser subscribes again."""
        self._clear()
        self._broken = True
        self._queue_frame(resync(reason))

    def end(self, code: int) -> None:
        """Closes the socket as soon as what waits is out."""
        if not self._closing:
            self._closing = True
            self._queue({"type": "websocket.close", "code": code}, lasting=True)

    def _queue_frame(self, frame: bytes, *, lasting: bool = False) -> None:
        self._queue({"type": "websocket.send", "text": frame.decode()}, lasting=lasting)

    def _queue(self, message: Message, *, lasting: bool = False) -> None:
        """Behind what waits, whatever the cap."""
        self._waiting.append(_Waiting(message, 0, lasting))
        self._drain()

    def _hold(self) -> None:
        """Something large is being encoded, which has its place here: what comes from now on waits behind it."""
        self._held = True
        self._mark = len(self._waiting)

    def _release(self, frames: Sequence[bytes]) -> None:
        """It is encoded. Where the stream broke meanwhile it is worthless, and what waits says so."""
        self._held = False
        if not self._broken:
            self._waiting.rotate(-self._mark)
            for frame in reversed(frames):
                self._waiting.appendleft(_Waiting({"type": "websocket.send", "text": frame.decode()}, 0, False))
            self._waiting.rotate(self._mark)
        self._drain()

    def _clear(self) -> None:
        lasting = [waiting for waiting in self._waiting if waiting.lasting]
        self._waiting.clear()
        self._waiting.extend(lasting)
        self._late = self._late_bytes = 0

    def _drain(self) -> None:
        """Writes what waits, as long as nothing has to wait for the browser."""
        while self._waiting and not self._held and self._writer is None:
            message, size, _ = self._waiting.popleft()
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
        except (OSError, RuntimeError):  # the browser is gone: the reader notices
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

    async def _end_writing(self) -> None:
        self._waiting.clear()
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)


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
                    # A future that is awaited again says so by a mark, which the first step's yield left set.
                    answer = yield waits_for
                except BaseException as error:  # noqa: BLE001 - cancellation and failures are the coroutine's
                    waits_for = self._step.throw(error)
                else:
                    waits_for = self._step.send(answer)
            except StopIteration:
                return
