"""Requests that one connected agent has not answered yet.

Only the process with the agent's connection knows which process sent a request. So an agent can answer only the
requests that it received.
"""

import time
from collections.abc import Awaitable, Callable

from netviz.model.state import Subject
from netviz.server.live.tally import dropped
from netviz.wire import limits
from netviz.wire.frames import Answer, ReadNow, Request, State

Reply = Callable[[str, Answer], Awaitable[None]]


class AgentRequests:
    """The open requests of one agent. `reply` takes the requesting process ("" for this one) and the answer."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._open: dict[str, tuple[str, float]] = {}  # id -> (requesting process, expiry time)

    async def begin(self, request: Request, asker: str) -> bool:
        """Records a request. Returns False if too many are open; the request is answered "busy" then."""
        now = time.monotonic()
        self._open = {number: row for number, row in self._open.items() if row[1] > now}
        if len(self._open) >= limits.HOST_REQUESTS:
            await self._reply(asker, Answer(request.id, "busy"))
            return False
        self._open[request.id] = (asker, now + limits.REQUEST_S)
        return True

    async def answered(self, answer: Answer) -> None:
        """Forwards an answer of the agent. An answer to an unknown request is counted as dropped."""
        row = self._open.pop(answer.id, None)
        if row is None:
            dropped.add("an agent's answer to an unknown or expired request", answer.id)
            return
        await self._reply(row[0], answer)

    async def close(self) -> None:
        """Answers all open requests, because the agent is gone."""
        rows, self._open = self._open, {}
        for number, (asker, _) in rows.items():
            await self._reply(asker, Answer(number, "no-agent"))


class ReadNowByWatch:
    """Performs `read_now` with an agent of protocol 1, which knows only watches. A request is done when a state of each
    requested subject has arrived.
    """

    def __init__(self) -> None:
        self._left: dict[str, tuple[str, set[Subject], float]] = {}

    def begin(self, number: str, ask: ReadNow) -> None:
        """Starts to wait for the states of a request."""
        now = time.monotonic()
        self._left = {one: row for one, row in self._left.items() if row[2] > now}
        self._left[number] = (ask.ns, set(ask.subjects), now + limits.REQUEST_S)

    def state(self, frame: State) -> list[Answer]:
        """Returns the answers to the requests that waited only for this state."""
        done = []
        for number, (ns, left, _) in list(self._left.items()):
            if ns == frame.ns:
                left.discard(frame.subject)
                if not left:
                    del self._left[number]
                    done.append(Answer(number))
        return done
