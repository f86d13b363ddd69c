"""Sets the last-seen time of the hosts whose agents this process hears, with one UPDATE for all of them. Repeats this
every `STILL_ALLOWED_S` seconds.
"""

import asyncio
import logging
from collections.abc import Callable

from netviz.server import limits
from netviz.server.hosts import sessions
from netviz.server.live.writer import write

log = logging.getLogger(__name__)


class Alive:
    """The sessions (agent connections that may store changes) of this process. Each has a function that returns whether
    its agent still sends heartbeats, and a callback that runs when the session may no longer store changes.

    Use this object in one event loop only.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, tuple[Callable[[], bool], Callable[[], None]]] = {}
        self._task: asyncio.Task[None] | None = None

    def join(self, session: str, heard: Callable[[], bool], lost: Callable[[], None]) -> None:
        """From now on, sets the last-seen time of this session's host regularly, while `heard` returns True. Also
        checks that the session may still store changes, and calls `lost` if not.
        """
        self._sessions[session] = heard, lost
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def leave(self, session: str) -> None:
        """Stops setting the last-seen time of this session's host, because the session ended."""
        self._sessions.pop(session, None)
        if not self._sessions and self._task is not None:
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
        sessions_here = dict(self._sessions)
        heard = [session for session, (is_heard, _) in sessions_here.items() if is_heard()]
        held = await write(sessions.hold, list(sessions_here), heard)
        for session, (_, lost) in sessions_here.items():
            if session not in held and session in self._sessions:
                lost()


alive = Alive()
