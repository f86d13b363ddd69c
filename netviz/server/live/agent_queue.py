"""The queue of frames that wait to be sent to one agent. Its length is limited."""

import asyncio
from collections import deque

from netviz.server.limits import AGENT_QUEUE_FRAMES
from netviz.wire.frames import AnyFrame


class AgentQueue:
    """An ordered queue of frames. `put` waits for room; `offer` does not wait, and returns whether there was room."""

    def __init__(self, limit: int = AGENT_QUEUE_FRAMES) -> None:
        self._limit = limit
        self._frames: deque[AnyFrame] = deque()
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._closed = False

    def offer(self, frame: AnyFrame) -> bool:
        """Adds a frame if there is room; otherwise returns False."""
        if self._closed or len(self._frames) >= self._limit:
            return False
        self._frames.append(frame)
        self._filled.set()
        return True

    async def put(self, frame: AnyFrame) -> None:
        """Adds a frame as soon as there is room. Drops it if the queue is closed, because then the agent is gone."""
        while not self.offer(frame) and not self._closed:
            self._room.clear()
            await self._room.wait()

    async def take(self) -> AnyFrame:
        """Waits for the next frame and returns it."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        self._room.set()
        return self._frames.popleft()

    def close(self) -> list[AnyFrame]:
        """Closes the queue for new frames. Returns the frames that were not sent yet."""
        self._closed = True
        self._room.set()
        rest = list(self._frames)
        self._frames.clear()
        return rest
