"""What one connected agent was asked and has not answered yet.

The process with the agent's connection keeps to itself who asked: an agent can answer what it was asked, nothing else.
"""

import time
from collections.abc import Awaitable, Callable

from netviz.model.state import Subject
from netviz.server.live.tally import dropped
from netviz.wire import limits
from netviz.wire.frames import Answer, ReadNow, Request, State

Reply = Callable[[str, Answer], Awaitable[None]]


class AgentRequests:
    """The open requests of one agent; `reply` takes the asker's process ("" for this one) and the answer."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._open: dict[str, tuple[str, float]] = {}  # the asker's process, and when it gives up

    async def begin(self, request: Request, asker: str) -> bool:
        """Notes that the agent is asked. False where too many are open: the request is answered "busy"."""
        now = time.monotonic()
        self._open = {number: row for number, row in self._open.items() if row[1] > now}
        if len(self._open) >= limits.HOST_REQUESTS:
            await self._reply(asker, Answer(request.id, "busy"))
            return False
        self._open[request.id] = (asker, now + limits.REQUEST_S)
        return True

    async def answered(self, answer: Answer) -> None:
        """Passes on what the agent answered. What it was not asked, or answered before, is counted."""
        row = self._open.pop(answer.id, None)
        if row is None:
            dropped.add("an answer of an agent to what it was not asked, or not in time", answer.id)
            return
        await self._reply(row[0], answer)

    async def close(self) -> None:
        """The agent is gone: nothing that is open will be answered."""
        rows, self._open = self._open, {}
        for number, (asker, _) in rows.items():
            await self._reply(asker, Answer(number, "no-agent"))


class ReadNowByWatch:
    """`read_now` for an agent of protocol 1, which knows watches only: done when a state of each subject came."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[str, set[Subject], float]] = {}

    def begin(self, number: str, ask: ReadNow) -> None:
        """Waits for the states of a request."""
        now = time.monotonic()
        self._left = {one: row for one, row in self._left.items() if row[2] > now}
        self._left[number] = (ask.ns, set(ask.subjects), now + limits.REQUEST_S)

    def state(self, frame: State) -> list[Answer]:
        """The answers to the requests that waited for nothing but this state."""
        done = []
        for number, (ns, left, _) in list(self._left.items()):
            if ns == frame.ns:
                left.discard(frame.subject)
                if not left:
                    del self._left[number]
                    done.append(Answer(number))
        return done
