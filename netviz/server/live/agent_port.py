"""Sends `watch` and `request` frames to one connected agent. If the agent has an older protocol, converts the frames to
the agent's protocol.
"""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from netviz.model.entity import key_of
from netviz.model.namespace import Namespace
from netviz.server.live.agent_queue import AgentQueue
from netviz.server.live.agent_requests import AgentRequests, ReadNowByWatch
from netviz.server.live.feeds import Feeds
from netviz.server.tally import dropped
from netviz.wire.frames import Answer, ReadNow, Request, State, Watch
from netviz.wire.upcast import subjects_for

# The first protocol in which an agent answers requests.
_REQUESTS_SINCE = 2


class Port:
    """Sends the server's frames to one connected agent, as `netviz.server.live.feeds.AgentPort` requires."""

    def __init__(self, host: uuid.UUID, protocol: int, queue: AgentQueue, feeds: Feeds) -> None:
        self._host = host
        self._protocol = protocol
        self._queue = queue
        self._feeds = feeds
        self._requests = AgentRequests(lambda asker, answer: feeds.answer(host, asker, answer))
        self._by_watch = ReadNowByWatch()
        self._handlers: dict[type[Any], Callable[[Any, str], Awaitable[None]]] = {
            Watch: self._watch,
            Request: self._request,
        }
        self._older: dict[type[Any], Callable[[str, Any], Awaitable[None]]] = {ReadNow: self._read_now_by_watch}

    async def receive(self, frame: Watch | Request, asker: str) -> None:
        """Receives a `watch` or `request` frame for the agent, and sends it to the agent.

        `asker` is the id of the server process that receives the answer to a request, or "" if this process receives
        it. If the request cannot be sent to the agent, the answer is an error such as "busy".
        """
        await self._handlers[type(frame)](frame, asker)

    async def answered(self, answer: Answer) -> None:
        """Handles the agent's answer to a request."""
        await self._requests.answered(answer)

    async def saw(self, state: State) -> None:
        """Handles current values (such as counters) that the agent sent, because an open request may wait for them."""
        for answer in self._by_watch.state(state):
            await self._requests.answered(answer)

    async def close(self) -> None:
        """Answers all open requests, because the agent is gone."""
        await self._requests.close()

    async def _watch(self, frame: Watch, _: str) -> None:
        subjects = subjects_for(self._protocol, frame.subjects)
        if subjects and not self._queue.offer(Watch(frame.ns, subjects)):
            dropped.add("a watch was dropped because the agent's queue is full; its browser renews it", self._host)

    async def _request(self, frame: Request, asker: str) -> None:
        if not await self._requests.begin(frame, asker):
            return
        if self._protocol < _REQUESTS_SINCE:
            await self._older[type(frame.ask)](frame.id, frame.ask)
        elif not self._queue.offer(frame):
            await self._requests.answered(Answer(frame.id, "busy"))

    async def _read_now_by_watch(self, number: str, ask: ReadNow) -> None:
        feed = self._feeds.held(self._host)
        if feed is not None and key_of(Namespace.TAG, ask.ns) not in feed.entities:
            await self._requests.answered(Answer(number, "unknown-namespace"))
        elif subjects_for(self._protocol, ask.subjects) != ask.subjects:
            await self._requests.answered(Answer(number, "failed", "The agent is too old for this. Upgrade it."))
        elif not ask.subjects:
            await self._requests.answered(Answer(number))
        elif not self._queue.offer(Watch(ask.ns, ask.subjects)):
            await self._requests.answered(Answer(number, "busy"))
        else:
            self._by_watch.begin(number, ask)
