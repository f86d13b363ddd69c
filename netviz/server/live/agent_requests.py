"""Requests that one connected agent has not answered yet.

The server process that has the agent's connection stores, for each request, which server process sent it. So an agent
can answer only the requests that it received, and an answer goes only to the process that asked.
"""

import time
from collections.abc import Awaitable, Callable

from netviz.model.state import Subject
from netviz.server.tally import dropped
from netviz.wire import limits
from netviz.wire.frames import Answer, ReadNow, Request, State

Reply = Callable[[str, Answer], Awaitable[None]]


class AgentRequests:
    """The requests that one agent has not answered yet.

    `reply(asker, answer)` sends an answer to the server process with the id `asker`. If `asker` is "", this process
    made the request and receives the answer.
    """

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
    """Performs `read_now` (read current values once) with an agent of protocol 1, which does not know this request.

    The agent receives a watch instead. The request is done when current values of each requested subject (for example
    counters or sockets) have arrived.
    """

    def __init__(self) -> None:
        self._left: dict[str, tuple[str, set[Subject], float]] = {}

    def begin(self, number: str, ask: ReadNow) -> None:
        """Begins to wait for the current values that a request asks for."""
        now = time.monotonic()
        self._left = {one: row for one, row in self._left.items() if row[2] > now}
        self._left[number] = (ask.ns, set(ask.subjects), now + limits.REQUEST_S)

    def state(self, frame: State) -> list[Answer]:
        """Handles current values from the agent. Returns the answers to the requests that these values complete."""
        done = []
        for number, (ns, left, _) in list(self._left.items()):
            if ns == frame.ns:
                left.discard(frame.subject)
                if not left:
                    del self._left[number]
                    done.append(Answer(number))
        return done
