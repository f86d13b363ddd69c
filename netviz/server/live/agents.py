"""The agents' websocket, `/ws/agent/`: a bare ASGI application, as every delta passes here.

The order of frames is in `docs/protocol.md`. An agent that may not come in, or that says what it may not, hears a
Problem and the socket closes with a code of the 4400s; nothing that it said before is lost.
"""

import asyncio
import contextlib
import ipaddress
import logging
import secrets
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from netviz import __version__
from netviz.server.decoder import decode
from netviz.server.history import store
from netviz.server.hosts import enrolment
from netviz.server.hosts.enrolment import Refused
from netviz.server.hosts.models import Host
from netviz.server.live.feed import now_ms
from netviz.server.live.feeds import feeds, load_async
from netviz.server.live.ingest import Ingest, write
from netviz.wire.codec import encode
from netviz.wire.frames import (
    PROTOCOL,
    AnyFrame,
    Challenge,
    DeltaFrame,
    Enrol,
    Enrolled,
    Freshness,
    Hello,
    Problem,
    Proof,
    Watch,
    Welcome,
)
from netviz.wire.limits import FRAMES_PER_SECOND
from netviz.wire.problems import WireError

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Close codes: a bad frame, no proof, not let in, no word in time, another connection of the same host, server trouble.
BAD_FRAME, NO_PROOF, REFUSED, TOO_SLOW, SUPERSEDED, TRY_LATER = 4400, 4401, 4403, 4408, 4409, 1013

# Seconds an agent has to prove itself, and between two looks at whether it still may write.
PROOF_S = 10
STILL_ALLOWED_S = 4

# Milliseconds between two words on the lag to those who watch.
_LAG_EVERY_MS = 2_000

# The connections of this process by host, so that a newer one ends the older.
_open: dict[uuid.UUID, "AgentConnection"] = {}


class Closed(Exception):
    """The connection is over; with a code it is we who close it."""

    def __init__(self, code: int | None = None, problem: Problem | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problem = problem


async def agents(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    headers = {name.lower() for name, _ in scope["headers"]}
    await receive()
    if b"cookie" in headers or b"origin" in headers:
        await send({"type": "websocket.close", "code": NO_PROOF})
        return
    await AgentConnection(scope, receive, send).run()


class AgentConnection:
    """One connection: challenge, proof or enrolment, hello, then the stream."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._session = secrets.token_hex(16)
        self._ended = asyncio.Event()
        self._over: Closed | None = None
        self._ending = asyncio.Event()
        self._told_lag_ms = 0
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """From accept to close."""
        await self._send({"type": "websocket.accept"})
        try:
            await self._serve()
        except Closed as closed:
            await self._close(closed)
        except WireError as error:
            await self._close(Closed(BAD_FRAME, Problem(error.code, str(error), True)))
        except Refused as refused:
            await self._close(Closed(REFUSED, Problem(refused.code, refused.text, True)))

    async def _close(self, closed: Closed) -> None:
        if closed.code is None:
            return
        with contextlib.suppress(OSError, RuntimeError):  # the other side may have gone meanwhile
            if closed.problem is not None:
                await self.say(closed.problem)
            await self._send({"type": "websocket.close", "code": closed.code})

    async def say(self, frame: AnyFrame) -> None:
        """Sends a frame."""
        async with self._sending:
            await self._send({"type": "websocket.send", "text": encode(frame).decode()})

    async def _hear(self) -> tuple[AnyFrame, int]:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            raise Closed
        data = message.get("text")
        if data is None:
            data = message.get("bytes") or b""
        return decode(data, "agent"), len(data)

    async def _serve(self) -> None:
        try:
            async with asyncio.timeout(PROOF_S):
                host, hello = await self._let_in()
        except TimeoutError:
            text = f"no proof and hello within {PROOF_S} s"
            raise Closed(TOO_SLOW, Problem("too-slow", text, True)) from None
        await self._take_over(host)
        try:
            await self._stream(host, hello)
        finally:
            if _open.get(host.id) is self:
                del _open[host.id]
            self._ended.set()

    # -- who is it

    async def _let_in(self) -> tuple[Host, Hello]:
        nonce = secrets.token_hex(32)
        await self.say(Challenge(nonce))
        frame, _ = await self._hear()
        authority = _authority(self._scope)
        if isinstance(frame, Enrol):
            await self._enrol(frame, nonce, authority)
        if not isinstance(frame, Proof):
            raise Closed(NO_PROOF, Problem("bad-order", f"{frame.TAG} where a proof should come", True))
        enrolment.check_signature(frame.key, frame.signature, nonce, authority)
        host: Host = await write(enrolment.host_by_key, frame.key)
        hello, _ = await self._hear()
        if not isinstance(hello, Hello):
            raise WireError("bad-order", f"{hello.TAG} where hello should come", "t")
        if hello.protocol != PROTOCOL:
            text = f"the agent speaks protocol {hello.protocol}, this server {PROTOCOL} (netviz {__version__})"
            raise Refused("protocol", text)
        return host, hello

    async def _enrol(self, frame: Enrol, nonce: str, authority: str) -> None:
        enrolment.check_signature(frame.key, frame.signature, nonce, authority)
        host: Host = await write(enrolment.enrol, frame.token, frame.key, frame.name)
        await self.say(Enrolled(str(host.id), host.name))
        raise Closed(1000)

    async def _take_over(self, host: Host) -> None:
        older = _open.get(host.id)
        _open[host.id] = self
        if older is not None:
            older.end(Closed(SUPERSEDED, Problem("superseded", "another connection of this host took its place", True)))
            await older._ended.wait()
        await write(store.open_session, host.id, self._session)

    def end(self, closed: Closed) -> None:
        """Ends the connection from outside."""
        self._over = self._over or closed
        self._ending.set()

    # -- the stream

    async def _stream(self, host: Host, hello: Hello) -> None:
        feed = await feeds.get(host.id)
        present = await load_async(host.id)
        if (present.seq, present.epoch, present.agent_seq) != (feed.seq, feed.agent_epoch, feed.agent_seq):
            feed.reset(present)
            feed.restart("the host's agent came back")
        ingest = Ingest(host.id, self._session, feed, feeds, self.say)
        await self.say(Welcome(PROTOCOL, str(host.id), ingest.resume(hello.epoch, hello.since, hello.seq)))
        wishes = asyncio.Queue[Watch](64)
        take = _offer(wishes)
        feeds.take_wishes(host.id, take)
        await self._show(host, Freshness(str(host.id), "live"))
        jobs = [
            self._read(host, ingest),
            self._pass_wishes(wishes),
            self._stay_allowed(host),
            self._until_failed(ingest),
        ]
        try:
            await self._first_to_end(jobs)
        finally:
            feeds.drop_wishes(host.id, take)
            await ingest.close()
            await write(store.close_session, host.id, self._session)
            if _open.get(host.id) is self:
                await self._show(host, Freshness(str(host.id), "stale", now_ms()))

    async def _first_to_end(self, jobs: list[Any]) -> None:
        """Runs the jobs until one ends, or the connection is ended from outside; that ends the others too."""
        tasks = [asyncio.ensure_future(job) for job in (*jobs, self._until_ended())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_ended(self) -> None:
        await self._ending.wait()
        if self._over is not None:
            raise self._over

    async def _read(self, host: Host, ingest: Ingest) -> None:
        pace = Pace(FRAMES_PER_SECOND)
        while True:
            frame, size = await self._hear()
            await ingest.take(frame, size)
            if isinstance(frame, DeltaFrame):  # after the change itself, which is not to wait for it
                await self._tell_lag(host, ingest, frame.at_ms)
            await pace.keep()

    async def _tell_lag(self, host: Host, ingest: Ingest, at_ms: int) -> None:
        now = now_ms()
        lag = ingest.lag_ms(at_ms, _is_loopback(self._scope))
        if at_ms and now - self._told_lag_ms >= _LAG_EVERY_MS:
            self._told_lag_ms = now
            await self._show(host, Freshness(str(host.id), "live", lag_ms=lag))

    async def _show(self, host: Host, freshness: Freshness) -> None:
        (await feeds.get(host.id)).show_freshness(freshness)
        await feeds.publish(host.id, freshness)

    async def _pass_wishes(self, wishes: asyncio.Queue[Watch]) -> None:
        while True:
            await self.say(await wishes.get())

    async def _until_failed(self, ingest: Ingest) -> None:
        raise _closing(await ingest.failed())

    async def _stay_allowed(self, host: Host) -> None:
        while True:
            await asyncio.sleep(STILL_ALLOWED_S)
            if not await write(store.holds, host.id, self._session):
                raise _closing(store.Superseded())


def _closing(failure: BaseException) -> Closed:
    if isinstance(failure, store.Superseded):
        return Closed(SUPERSEDED, Problem("superseded", "the host was revoked, or another connection took over", True))
    log.error("an agent's changes could not be stored: %r", failure)
    return Closed(TRY_LATER, Problem("try-later", "the server cannot store changes at the moment", True))


def _offer(wishes: asyncio.Queue[Watch]) -> Callable[[Watch], None]:
    def take(watch: Watch) -> None:
        # A wish that finds no room is renewed by its browser anyway.
        with contextlib.suppress(asyncio.QueueFull):
            wishes.put_nowait(watch)

    return take


class Pace:
    """Holds a reader to so many frames a second, with one second's worth of them at once; nothing is lost, it waits."""

    def __init__(self, per_second: int) -> None:
        self._gap = 1 / per_second
        self._burst = 1.0
        self._free = 0.0

    async def keep(self) -> None:
        """Waits until the next frame may be read."""
        now = asyncio.get_running_loop().time()
        self._free = max(self._free, now - self._burst) + self._gap
        if self._free > now:
            await asyncio.sleep(self._free - now)


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
