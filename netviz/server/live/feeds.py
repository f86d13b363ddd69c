"""The feeds of this process (topologies in memory, with the browsers that watch them), its connected agents, and the
messages to and from other processes.

If a host's agent is connected to another process, the relay (`netviz.server.live.relay`) brings changes, current values
and freshness from that process, and sends `watch` and `request` frames to that process.
"""

import asyncio
import math
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol

from django.utils import timezone

from netviz.server import limits
from netviz.server.decoder import decode
from netviz.server.history.blobs import Unreadable
from netviz.server.history.store import Present, load
from netviz.server.hosts import freshness
from netviz.server.hosts.models import Host
from netviz.server.limits import COMPARE_S
from netviz.server.live.faults import EXPECTED, faults
from netviz.server.live.feed import Feed, Step
from netviz.server.live.relay import Letter, Relay
from netviz.server.live.requests import Asker, Requests
from netviz.server.live.writer import read
from netviz.server.tally import dropped
from netviz.wire.codec import encode
from netviz.wire.frames import Ack, Answer, DeltaFrame, Freshness, Request, Resync, State, Watch

# Another process may publish a change before it stores it. So a process that needs the change from the database reads
# up to `_CATCH_UP` times, with pauses of `_CATCH_UP_S` seconds.
_CATCH_UP = 40
_CATCH_UP_S = 0.05

# The estimate for the memory of one entity of a topology whose size nobody has computed.
_ENTITY_BYTES = 700

# Seconds for which the sum of the memory of a team's topologies is used again.
_TEAM_S = 1.0


async def load_async(host: uuid.UUID) -> Present:
    """Reads the stored topology of a host, as `netviz.server.history.store.load` does. Raises TimeoutError after
    `DATABASE_S`.
    """
    present: Present = await read(load, host)
    return present


def _freshness_of(host: uuid.UUID) -> tuple[Freshness, float]:
    """Returns how fresh the stored topology of a host is, and the seconds since its agent was last heard."""
    row = Host.objects.filter(id=host).first()
    if row is None:  # it was deleted meanwhile
        return Freshness(str(host), "never"), math.inf
    state = freshness.state_of(row)
    since = row.stale_since or row.seen
    ago_s = max(0.0, (timezone.now() - row.seen).total_seconds()) if row.seen else math.inf
    return Freshness(str(host), state, int(since.timestamp() * 1000) if since and state == "stale" else 0), ago_s


class AgentPort(Protocol):
    """An agent's connection, for code that sends frames to the agent."""

    async def receive(self, frame: Watch | Request, asker: str) -> None:
        """Handles a frame for the agent.

        `asker` is the id of the server process that receives the answer to a request, or "" if this process receives
        it.
        """


class Feeds:
    """The feeds of one process: for each host its topology in memory and its watchers. Use this object in one event
    loop only.
    """

    def __init__(self) -> None:
        self._feeds: dict[uuid.UUID, Feed] = {}
        self._loading: dict[uuid.UUID, asyncio.Task[Feed]] = {}
        self._agents: dict[uuid.UUID, AgentPort] = {}
        self._team_memory: dict[uuid.UUID | None, tuple[int, float]] = {}  # bytes, when they were computed
        self._relay = Relay(self._receive)
        self._parts: dict[uuid.UUID, list[DeltaFrame]] = {}  # the parts of a change that have arrived
        self._tending: asyncio.Task[None] | None = None
        self.requests = Requests(self._relay.process)
        # How to handle messages from other server processes. The key is the field `to` of the message (see
        # netviz.server.live.relay). The value has the name of the decoder for the message's frame ("view": a frame for
        # a browser, "server": a frame for an agent), and a handler for each class of frames.
        self._letters: dict[
            str, tuple[Literal["view", "server"], dict[type[Any], Callable[[Letter, Any], Awaitable[None]]]]
        ] = {
            "viewers": (
                "view",
                {
                    DeltaFrame: self._follow,
                    Resync: self._missed,
                    State: self._show_state,
                    Freshness: self._show_freshness,
                },
            ),
            "feeds": ("server", {Ack: self._compare}),
            "agent": ("server", {Watch: self._to_agent, Request: self._to_agent}),
            "asker": ("view", {Answer: self._answered}),
        }

    async def get(self, host: uuid.UUID) -> Feed:
        """Returns the feed of a host. The first call reads the feed from the database. Raises Unreadable; or
        TimeoutError or an error of the database, if that does not answer.
        """
        if self._tending is None or self._tending.done():
            self._tending = asyncio.create_task(self._tend())
        if host in self._feeds:
            self._feeds[host].used_at = time.monotonic()
            return self._feeds[host]
        if host not in self._loading:
            self._loading[host] = asyncio.create_task(self._open(host))
        return await asyncio.shield(self._loading[host])

    def held(self, host: uuid.UUID) -> Feed | None:
        """Returns the feed (the topology in memory) of a host, or None if this process has not loaded it."""
        return self._feeds.get(host)

    async def _open(self, host: uuid.UUID) -> Feed:
        try:
            await self._relay.listen(host)
            feed = Feed(host, await load_async(host))
            feed.freshness, ago_s = await read(_freshness_of, host)
            if feed.freshness.state == "live":
                feed.hear(ago_s)
            self._feeds[host] = feed
            return feed
        finally:
            del self._loading[host]

    async def correct_freshness(self) -> None:
        """Reads from the database whether each watched host is still live.

        Needed if the server process with a host's agent was killed: then no message reports that the agent's connection
        ended.
        """
        for feed in [feed for feed in self._feeds.values() if feed.watchers and feed.host not in self._agents]:
            now, ago_s = await read(_freshness_of, feed.host)
            if now.state != feed.freshness.state:
                if now.state == "live":
                    feed.hear(ago_s)
                feed.show_freshness(now)

    async def reload(self, feed: Feed) -> None:
        """Reads a host's topology from the database again, because the one in memory is wrong. The watchers must
        subscribe again. If the database does not answer, the feed is forgotten, and the next use of it reads it.
        """
        try:
            present = await load_async(feed.host)
        except (*EXPECTED, Unreadable) as problem:
            faults.add("cannot read the topology of a host again", problem)
            self.forget(feed)
        else:
            feed.reset(present)
        feed.restart("the server read its copy again")

    def forget(self, feed: Feed) -> None:
        """Removes a feed from memory. The next use reads it from the database."""
        if self._feeds.get(feed.host) is feed:
            del self._feeds[feed.host]

    def team_memory(self, team: uuid.UUID | None) -> int:
        """Returns the bytes of memory that the topologies of a team take in this process, as of the last second."""
        now = time.monotonic()
        known, at = self._team_memory.get(team, (0, -_TEAM_S))
        if now - at >= _TEAM_S:
            feeds = [feed for feed in self._feeds.values() if feed.team == team]
            known = sum(feed.size.memory if feed.size else len(feed.entities) * _ENTITY_BYTES for feed in feeds)
            self._team_memory[team] = known, now
        return known

    async def close(self) -> None:
        """Stops the relay, and removes all feeds, agents and requests from memory."""
        if self._tending is not None:
            self._tending.cancel()
            await asyncio.gather(self._tending, return_exceptions=True)
            self._tending = None
        await self._relay.close()
        self.requests.clear()
        self._parts.clear()
        self._feeds.clear()
        self._loading.clear()
        self._agents.clear()

    # -- what is sent to browsers that are connected to other server processes

    async def publish(self, host: uuid.UUID, frame: State | Freshness) -> None:
        """Sends a frame to the browsers that are connected to other processes. If there is only one process, does
        nothing.
        """
        if self._relay.active:
            await self._relay.send(host, "viewers", encode(frame))

    async def publish_step(self, host: uuid.UUID, step: Step) -> None:
        """Sends a change to the other server processes, in several messages if it is too large for one frame."""
        if not self._relay.active:
            return
        frames = step.parts()
        for part, frame in enumerate(frames):
            if not await self._relay.send(host, "viewers", frame, part=part, parts=len(frames)):
                return

    # -- from time to time

    async def _tend(self) -> None:
        """Every `COMPARE_S` seconds: tells the other processes which change is the last one, listens to hosts for which
        Redis was away, and removes feeds that nobody uses.
        """
        while True:
            await asyncio.sleep(COMPARE_S)
            try:
                await self._relay.listen_again()
                for host in list(self._agents):
                    if (feed := self._feeds.get(host)) is not None and self._relay.active:
                        await self._relay.send(host, "feeds", encode(Ack(feed.epoch, feed.seq)))
                await self._release_unused()
            except Exception as problem:  # noqa: BLE001 - this must go on
                faults.add("cannot tend the topologies in memory", problem)

    async def _release_unused(self) -> None:
        now = time.monotonic()
        for feed in list(self._feeds.values()):
            if feed.watchers or feed.host in self._agents:
                feed.used_at = now
            elif now - feed.used_at > limits.UNUSED_FEED_S:
                self.forget(feed)
                await self._relay.leave(feed.host)

    async def _compare(self, letter: Letter, frame: Ack) -> None:
        """Compares the number of this process's last change with that of the process of the host's agent, which sent
        all its changes before.
        """
        feed = self._feeds.get(letter.host)
        if feed is not None and letter.host not in self._agents and feed.seq != frame.seq:
            dropped.add("changes from another server process were lost, and read from the database", letter.host)
            await self._catch_up(feed, frame.seq)

    # -- to the agent

    def attach(self, host: uuid.UUID, agent: AgentPort) -> None:
        """Registers the connection of this host's agent."""
        self._agents[host] = agent

    def detach(self, host: uuid.UUID, agent: AgentPort) -> None:
        """Removes the connection of this host's agent."""
        if self._agents.get(host) is agent:
            del self._agents[host]

    async def watch(self, host: uuid.UUID, frame: Watch) -> None:
        """Sends a watch (a request for current values until its lease ends) to the host's agent, even if
        the agent is connected to another server process.

        If no agent is connected, the watch is dropped.
        """
        if host in self._agents:
            await self._agents[host].receive(frame, "")
        else:
            await self._relay.send(host, "agent", encode(frame))

    async def ask(self, host: uuid.UUID, asker: Asker, request: Request) -> None:
        """Sends a request to the host's agent, even if that is connected to another server process. `asker` receives
        exactly one answer."""
        own = self.requests.open(host, asker, request)
        if own is None:
            return
        feed = self._feeds.get(host)
        if host in self._agents:
            await self._agents[host].receive(own, "")
        elif not self._relay.active or feed is None or feed.freshness.state != "live":
            self.requests.answered(host, Answer(own.id, "no-agent"))
        elif not await self._relay.send(host, "agent", encode(own)):
            self.requests.answered(host, Answer(own.id, "failed", "The server has lost Redis. Try again later."))

    async def answer(self, host: uuid.UUID, asker: str, answer: Answer) -> None:
        """Sends an agent's answer to the server process `asker`. If `asker` is "", the answer is for this process."""
        if asker:
            await self._relay.send(host, "asker", encode(answer), asker)
        else:
            self.requests.answered(host, answer)

    # -- from other processes

    async def _receive(self, letter: Letter) -> None:
        direction, handlers = self._letters[letter.to]
        frame: Any = decode(letter.frame, direction)
        handle = handlers.get(type(frame))
        if handle is None:
            dropped.add("an unexpected frame from another server process", frame.TAG)
        else:
            await handle(letter, frame)

    async def _to_agent(self, letter: Letter, frame: Watch | Request) -> None:
        # If the agent is connected to another process, that process received the same message.
        if letter.host in self._agents:
            await self._agents[letter.host].receive(frame, letter.sender)

    async def _answered(self, letter: Letter, frame: Answer) -> None:
        self.requests.answered(letter.host, frame)

    async def _follow(self, letter: Letter, frame: DeltaFrame) -> None:
        parts = self._parts.pop(letter.host, [])
        feed = self._feeds.get(letter.host)
        if feed is None:
            return
        if letter.parts == 1:
            complete = feed.follow(frame, letter.frame.encode())
        elif letter.part != len(parts) or any(part.seq != frame.seq for part in parts):
            complete = False
        elif letter.part < letter.parts - 1:
            self._parts[letter.host] = [*parts, frame]
            return
        else:
            parts.append(frame)
            put = tuple(entity for part in parts for entity in part.put)
            drop = tuple(key for part in parts for key in part.drop)
            complete = feed.follow(DeltaFrame(frame.epoch, frame.seq, put, drop, frame.at_ms), None)
        if not complete:
            await self._catch_up(feed, frame.seq)

    async def _missed(self, letter: Letter, frame: Resync) -> None:
        feed = self._feeds.get(letter.host)
        if feed is not None:
            await self._catch_up(feed, feed.seq + 1)

    async def _show_state(self, letter: Letter, frame: State) -> None:
        feed = self._feeds.get(letter.host)
        if feed is not None:
            feed.show_state(frame)

    async def _show_freshness(self, letter: Letter, frame: Freshness) -> None:
        feed = self._feeds.get(letter.host)
        if feed is None:
            return
        if frame.state == "live":
            feed.hear()
        if frame.state != feed.freshness.state or frame.lag_ms:
            feed.show_freshness(frame)

    async def _catch_up(self, feed: Feed, seq: int) -> None:
        """Called when messages with changes from another server process were lost. Waits a limited time until the
        database contains these changes, then reads the topology from the database.
        """
        for _ in range(_CATCH_UP):
            try:
                present: Present = await load_async(feed.host)
            except (*EXPECTED, Unreadable) as problem:  # the next comparison of numbers tries it again
                faults.add("cannot read the changes of another server process", problem)
                return
            if present.seq >= seq:
                break
            await asyncio.sleep(_CATCH_UP_S)
        feed.reset(present)
        feed.restart("messages between servers were lost")


feeds = Feeds()
