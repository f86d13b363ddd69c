"""Sets the last-seen time of all hosts whose agents are connected to this process, with one UPDATE for all of them.
Repeats this every `STILL_ALLOWED_S` seconds.
"""

import asyncio
import logging
from collections.abc import Callable

from netviz.server import limits
from netviz.server.hosts import sessions
from netviz.server.live.writer import write

log = logging.getLogger(__name__)


class Alive:
    """The sessions (agent connections that may store changes) of this process. Each has a callback that runs when the
    session may no longer store changes.

    Use this object in one event loop only.
    """

    def __init__(self) -> None:
        self._lost: dict[str, Callable[[], None]] = {}
        self._task: asyncio.Task[None] | None = None

    def join(self, session: str, lost: Callable[[], None]) -> None:
        """From now on, sets the last-seen time of this session's host regularly. Also checks that the session may still
        store changes, and calls `lost` if not.
        """
        self._lost[session] = lost
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def leave(self, session: str) -> None:
        """Stops setting the last-seen time of this session's host, because the session ended."""
        self._lost.pop(session, None)
        if not self._lost and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(limits.STILL_ALLOWED_S)
            try:
                await self._mark()
            except Exception:
                log.exception("cannot mark hosts as seen; trying again in %s seconds", limits.STILL_ALLOWED_S)

    async def _mark(self) -> None:
        sessions_here = list(self._lost)
        held = await write(sessions.hold, sessions_here)
        for session in sessions_here:
            if session not in held and session in self._lost:
                self._lost[session]()


alive = Alive()
