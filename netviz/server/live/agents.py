"""The agents' websocket, `/ws/agent/`: a plain ASGI application, because every delta passes through it.

The order of frames is in `docs/protocol.md`. An agent that is rejected, or that sends an unexpected frame, receives a
Problem, and the socket closes with a code from 4400 on; nothing that it sent before is lost.
"""

import asyncio
import contextlib
import ipaddress
import math
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from netviz.server import limits
from netviz.server.decoder import decode
from netviz.server.edge.gate import ending, known, proving
from netviz.server.hosts import enrolment, sessions
from netviz.server.hosts.models import Host
from netviz.server.live.agent_port import Port
from netviz.server.live.agent_queue import AgentQueue
from netviz.server.live.alive import alive
from netviz.server.live.closing import NO_PROOF, SUPERSEDED, TOO_SLOW, Closed, closed_by
from netviz.server.live.contests import settle
from netviz.server.live.faults import EXPECTED, faults
from netviz.server.live.feed import Feed, now_ms
from netviz.server.live.feeds import feeds, load_async
from netviz.server.live.ingest import Ingest
from netviz.server.live.pace import paces
from netviz.server.live.versions import hello_of
from netviz.server.live.writer import connection_kept, read, work, write
from netviz.server.tally import dropped
from netviz.wire.codec import encode
from netviz.wire.frames import (
    PROTOCOL,
    Answer,
    AnyFrame,
    Challenge,
    DeltaFrame,
    Enrol,
    Enrolled,
    Freshness,
    Heartbeat,
    Hello,
    Problem,
    Proof,
    SnapshotBegin,
    SnapshotChunk,
    SnapshotEnd,
    State,
    Welcome,
)
from netviz.wire.limits import SILENT_S
from netviz.wire.problems import WireError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Minimum milliseconds between two lag reports to the browsers. The lag is the time from a change on the host to its
# arrival at the server.
_LAG_EVERY_MS = 2_000

# The first protocol in which an agent sends heartbeats.
_HEARTBEATS_SINCE = 3

# The agent connections of this process, by host. A new connection of a host ends its older one.
_open: dict[uuid.UUID, "AgentConnection"] = {}


async def agents(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of the agents' websocket."""
    headers = {name.lower() for name, _ in scope["headers"]}
    await receive()
    if b"cookie" in headers or b"origin" in headers:
        await send({"type": "websocket.close", "code": NO_PROOF})
        return
    await AgentConnection(scope, receive, send).run()


class AgentConnection:
    """One connection of an agent. Its phases are challenge, proof or enrolment, hello, and the stream of changes."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._session = secrets.token_hex(16)
        self._protocol = PROTOCOL
        self._ended = asyncio.Event()
        self._over: Closed | None = None
        self._ending = asyncio.Event()
        self._reads = False
        self._awaits_agent = False
        self.heard_at = time.monotonic()
        self._reported_lag_ms = 0
        self._heard_ms = 0  # the time of the last heartbeat; 0 if there was none
        self._heard_s = -math.inf  # the same by a clock that nobody sets
        self._shown = ""  # the state of the host that the browsers were sent last
        self._queue = AgentQueue()

    async def run(self) -> None:
        """Runs the connection from accept to close."""
        await self._send({"type": "websocket.accept"})
        writer = asyncio.create_task(self._write())
        closed = Closed()
        try:
            await self._serve()
        except Exception as problem:  # noqa: BLE001 - whatever fails, the agent learns that it is to try again later
            closed = closed_by(problem)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await self._close(closed)

    async def _close(self, closed: Closed) -> None:
        rest = self._queue.close()
        if closed.code is None:
            return
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):  # the agent may have disconnected meanwhile
            async with asyncio.timeout(limits.AGENT_CLOSES_S):
                for frame in [*rest, closed.problem]:
                    if frame is not None:
                        await self._transmit(frame)
                await self._send({"type": "websocket.close", "code": closed.code})

    async def _write(self) -> None:
        """Sends queued frames until the agent disconnects, or does not read any more."""
        try:
            while True:
                frame = await self._queue.take()
                async with asyncio.timeout(limits.AGENT_READS_S):
                    await self._transmit(frame)
        except (OSError, RuntimeError, TimeoutError) as problem:
            if isinstance(problem, TimeoutError):
                dropped.add("an agent was disconnected, because it does not read", self._scope.get("client"))
            self._queue.close()
            self.end(Closed())

    async def _transmit(self, frame: AnyFrame) -> None:
        await self._send({"type": "websocket.send", "text": encode(frame).decode()})

    async def _next(self) -> bytes:
        self._awaits_agent = True
        message = await self._receive()
        self._awaits_agent = False
        if message["type"] != "websocket.receive":
            raise Closed
        self.heard_at = time.monotonic()
        text = message.get("text")
        return message.get("bytes") or b"" if text is None else text.encode("utf-8", "surrogatepass")

    async def _first_bytes(self) -> bytes:
        """Returns a frame of an agent that is not admitted yet; such frames are small."""
        data = await self._next()
        if len(data) > limits.HANDSHAKE_BYTES:
            raise WireError("too-large", f"the frame has {len(data)} bytes; the limit is {limits.HANDSHAKE_BYTES} here")
        return data

    async def _serve(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(limits.PROOF_S):
                    host, hello = await self._let_in()
                    known(self._scope, has_large_frames=True)
                    ingest, port = await self._begin(host, hello, stack)
            except TimeoutError as problem:
                if not self._awaits_agent:
                    raise
                text = f"the agent sent no proof and hello within {limits.PROOF_S} seconds"
                raise Closed(TOO_SLOW, Problem("too-slow", text, True)) from problem
            await self._first_to_end([self._read(host, ingest, port), self._until_failed(ingest)])

    # -- authentication

    async def _let_in(self) -> tuple[Host, Hello]:
        nonce = secrets.token_hex(32)
        proving(self._scope)
        await self._queue.put(Challenge(nonce))
        frame = decode(await self._first_bytes(), "agent")
        authority = _authority(self._scope)
        if isinstance(frame, Enrol):
            await self._enrol(frame, nonce, authority)
        if not isinstance(frame, Proof):
            raise Closed(NO_PROOF, Problem("bad-order", f"expected a proof, received {frame.TAG}", True))
        enrolment.check_signature(frame.key, frame.signature, nonce, authority)
        host: Host = await read(enrolment.host_by_key, frame.key)
        hello = hello_of(await self._first_bytes())
        self._protocol = hello.protocol
        return host, hello

    async def _enrol(self, frame: Enrol, nonce: str, authority: str) -> None:
        enrolment.check_signature(frame.key, frame.signature, nonce, authority)
        host: Host = await write(enrolment.enrol, frame.token, frame.key, frame.name)
        await self._queue.put(Enrolled(str(host.id), host.name))
        raise Closed(1000)

    # -- what holds while the connection is open; each part is undone when the connection ends, however it ends

    async def _begin(self, host: Host, hello: Hello, stack: contextlib.AsyncExitStack) -> tuple[Ingest, Port]:
        """Makes this connection the one of the host that may store changes, and sends the welcome."""
        await stack.enter_async_context(self._registered(host))
        await stack.enter_async_context(self._session_opened(host))
        feed = await feeds.get(host.id)
        present = await load_async(host.id)
        if (present.seq, present.epoch, present.agent_seq) != (feed.seq, feed.agent_epoch, feed.agent_seq):
            feed.reset(present)
            feed.restart("the host's agent reconnected")
        ingest = Ingest(host.id, self._session, feed, feeds, self._queue.put, self._protocol)
        stack.push_async_callback(ingest.close)
        port = Port(host.id, self._protocol, self._queue, feeds)
        stack.push_async_callback(port.close)
        feeds.attach(host.id, port)
        stack.callback(feeds.detach, host.id, port)
        alive.join(self._session, self._is_heard, lambda: self.end(closed_by(sessions.Superseded())))
        stack.callback(alive.leave, self._session)
        seq = ingest.resume(hello.epoch, hello.since, hello.seq)
        await self._queue.put(Welcome(self._protocol, str(host.id), seq))
        if self._protocol < _HEARTBEATS_SINCE:
            await self._show(host, Freshness(str(host.id), "connected"))
        return ingest, port

    @contextlib.asynccontextmanager
    async def _registered(self, host: Host) -> AsyncIterator[None]:
        """Makes this the only connection of the host in this process; ends the older one first."""
        older = _open.get(host.id)
        await settle(host, None if older is None else older.heard_at)
        _open[host.id] = self
        try:
            if older is not None:
                older.end(Closed(SUPERSEDED, Problem("superseded", "another connection replaced this one", True)))
                await self._first_to_end([older._ended.wait()])
            yield
        finally:
            if _open.get(host.id) is self:
                del _open[host.id]
            self._ended.set()

    @contextlib.asynccontextmanager
    async def _session_opened(self, host: Host) -> AsyncIterator[None]:
        await write(sessions.open_session, host.id, self._session, host=host.id)
        try:
            with connection_kept():
                yield
        finally:
            heard_ms = self._heard_ms or now_ms()
            try:
                await write(sessions.close_session, host.id, self._session, heard_ms, host=host.id)
            except EXPECTED as problem:  # the host counts as stale soon, because its last-seen time is not set any more
                faults.add("cannot mark a host as stale", problem)
            if _open.get(host.id) is self and (feed := feeds.held(host.id)) is not None:
                await self._show_in(feed, Freshness(str(host.id), "stale", heard_ms))

    def end(self, closed: Closed) -> None:
        """Ends the connection on request of another part of the server."""
        self._over = self._over or closed
        self._ending.set()
        ending(self._scope)

    # -- the stream

    async def _first_to_end(self, jobs: list[Any]) -> None:
        """Runs the jobs until one of them ends, or until `end` is called; then ends the others."""
        tasks = [asyncio.ensure_future(job) for job in (*jobs, self._until_ended())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._reads = False
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_ended(self) -> None:
        await self._ending.wait()
        if self._over is not None:
            raise self._over

    async def _read(self, host: Host, ingest: Ingest, port: Port) -> None:
        handlers: dict[type[Any], Callable[[Any, bytes], Awaitable[None]]] = {
            Heartbeat: lambda frame, raw: self._heartbeat(host),
            SnapshotBegin: lambda frame, raw: ingest.take(frame, len(raw), raw),
            SnapshotChunk: lambda frame, raw: ingest.take(frame, len(raw), raw),
            SnapshotEnd: lambda frame, raw: self._snapshot_end(host, ingest, frame, raw),
            DeltaFrame: lambda frame, raw: self._delta(host, ingest, frame, raw),
            State: lambda frame, raw: self._state(ingest, port, frame, raw),
            Answer: lambda frame, raw: port.answered(frame),
            Problem: lambda frame, raw: _problem(host, frame),
        }
        pace = paces.of(host.id, host.team_id)
        # Redis' client may lose the cancellation of a task that sends through it, so the end is checked here too.
        self._reads = True
        while self._reads:
            raw = await self._next()
            if len(raw) > limits.LARGE_FRAME_BYTES:
                frame = await work(host.id, decode, raw, "agent", self._protocol)
            else:
                frame = decode(raw, "agent", self._protocol)
            handle = handlers.get(type(frame))
            if handle is None:
                raise WireError("bad-order", f"{frame.TAG} is not allowed now", "t")
            await handle(frame, raw)
            await pace.keep(len(raw), _changes(frame))

    async def _snapshot_end(self, host: Host, ingest: Ingest, frame: SnapshotEnd, raw: bytes) -> None:
        await ingest.take(frame, len(raw), raw)
        if self._protocol >= _HEARTBEATS_SINCE:
            await self._heartbeat(host)  # the agent's kernel process made the snapshot just now

    async def _heartbeat(self, host: Host) -> None:
        feed = await feeds.get(host.id)
        feed.hear()
        self._heard_ms, self._heard_s = now_ms(), time.monotonic()
        fresh = Freshness(str(host.id), "live")
        if self._shown != "live":
            await self._show(host, fresh)
        else:
            await feeds.publish(host.id, fresh)

    def _is_heard(self) -> bool:
        return self._protocol < _HEARTBEATS_SINCE or time.monotonic() - self._heard_s < SILENT_S

    async def _delta(self, host: Host, ingest: Ingest, frame: DeltaFrame, raw: bytes) -> None:
        await ingest.take(frame, len(raw), raw)
        # Browsers first receive the change, and then how long it was on its way from the host (the lag).
        now = now_ms()
        lag = ingest.lag_ms(frame.at_ms, _is_loopback(self._scope))
        if self._shown == "live" and frame.at_ms and now - self._reported_lag_ms >= _LAG_EVERY_MS:
            self._reported_lag_ms = now
            await self._show(host, Freshness(str(host.id), "live", lag_ms=lag))

    async def _state(self, ingest: Ingest, port: Port, frame: State, raw: bytes) -> None:
        await ingest.take(frame, len(raw), raw)
        await port.saw(frame)

    async def _show(self, host: Host, freshness: Freshness) -> None:
        await self._show_in(await feeds.get(host.id), freshness)

    async def _show_in(self, feed: Feed, freshness: Freshness) -> None:
        self._shown = freshness.state
        feed.show_freshness(freshness)
        await feeds.publish(feed.host, freshness)

    async def _until_failed(self, ingest: Ingest) -> None:
        raise await ingest.failed()


def _changes(frame: AnyFrame) -> int:
    """Returns the number of entities that a frame brings, and of keys that it drops."""
    match frame:
        case DeltaFrame():
            return len(frame.put) + len(frame.drop)
        case SnapshotChunk():
            return len(frame.entities)
        case State():
            return len(frame.values)
    return 0


async def _problem(host: Host, frame: Problem) -> None:
    dropped.add(f"a problem reported by an agent ({host.id})", f"{frame.code}: {frame.text}")


def _authority(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name.lower() == b"host":
            return str(value.decode("latin-1"))
    return ""


def _is_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    if client is None:
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
