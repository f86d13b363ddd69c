"""The session process of the agent: connects the agent's other process, the kernel process, to the server's websocket.
`Session` decides which frames are sent.

This process parses bytes from the network, so it has no capabilities and opens no netlink socket. It ends when the
kernel process ends.
"""

import asyncio
import logging
import socket
import ssl
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from netviz.agent.live.pacing import TokenBucket
from netviz.agent.session_process.pauses import Pauses
from netviz.agent.session_process.server_url import ServerUrl
from netviz.agent.session_process.session import Action, Close, Report, Session, Stop, ToKernel, ToServer
from netviz.wire.codec import decode
from netviz.wire.limits import FRAME_BYTES
from netviz.wire.problems import WireError
from netviz.wire.stream import Splitter, framed

log = logging.getLogger(__name__)

# An agent connects again after a random time of up to `PAUSE_S` seconds, so that not all agents return at once after a
# restart of the server: of 10,000 agents about 330 return each second. An agent on the server's own machine is alone
# and need not wait.
PAUSE_S, PAUSE_LOOPBACK_S = 30.0, 1.0

# The connection is closed if the server does not answer a ping within `PING_S` seconds: if the server's machine
# disappears, the socket reports no error by itself.
PING_S = 10.0
OPEN_S = 10.0

# The close code with which the server says that another connection of this host took over.
SUPERSEDED = 4409

_READ_BYTES = 1 << 16

_CURE = "If this machine is a copy of another one, delete the key of one of them, and enrol that one again."

# Reports that the log gets at once, and the seconds after which it may get one more.
_REPORTS, _REPORT_S = 10, 10.0

# Frames of the server that wait to be handled: few, because each may have 1 MiB.
_RECEIVED_FRAMES = 4

# A server that sends pings and reads no answers would fill this process's memory with the answers. So the connection is
# closed if more than `_UNREAD_BYTES` wait to be sent, which is checked every `_UNREAD_S` seconds. A server that is only
# slow stays far below: of our own frames, no more than one waits.
_UNREAD_BYTES, _UNREAD_S = 4 << 20, 1.0


class KernelGoneError(Exception):
    """Raised if the agent's kernel process ended."""


class RefusedError(Exception):
    """Raised if the server rejected this agent. The text is the server's message."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """The server to connect to, and the session that runs over the connection."""

    url: ServerUrl
    ca: ssl.SSLContext | None
    session: Session


async def serve(kernel: socket.socket, upstream: Upstream) -> None:
    """Runs until the agent's kernel process ends (KernelGoneError) or the server rejects the agent (RefusedError)."""
    reader, writer = await asyncio.open_connection(sock=kernel)
    try:
        await Relay(upstream, reader, writer).run()
    finally:
        writer.close()


class Relay:
    """Relays frames between the agent's kernel process and the server. Connects again after a connection was lost."""

    def __init__(self, upstream: Upstream, from_kernel: asyncio.StreamReader, to_kernel: asyncio.StreamWriter) -> None:
        self._upstream = upstream
        self._session = upstream.session
        self._from_kernel = from_kernel
        self._to_kernel = to_kernel
        self._socket: ClientConnection | None = None
        self._ready = asyncio.Event()
        self._pauses = Pauses(PAUSE_LOOPBACK_S if upstream.url.is_loopback else PAUSE_S)
        self._reports = TokenBucket(_REPORTS, _REPORT_S)
        self._unreported = 0

    async def run(self) -> None:
        """Relays frames in both directions until the agent's kernel process ends (raises KernelGoneError) or the server
        rejects the agent (raises RefusedError).
        """
        jobs = [asyncio.create_task(self._read_kernel()), asyncio.create_task(self._stay_connected())]
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            for job in done:
                job.result()
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)

    # -- the agent's kernel process

    async def _read_kernel(self) -> None:
        splitter = Splitter()
        while data := await self._from_kernel.read(_READ_BYTES):
            for raw in splitter.feed(data):
                await self._do(self._session.from_kernel(raw))
                self._ready.set()  # the first frame is `hello`, so the session knows the epoch now
        raise KernelGoneError

    # -- the server

    async def _stay_connected(self) -> None:
        await self._ready.wait()
        while True:
            code = None
            try:
                await self._one_connection()
            except (OSError, TimeoutError, WebSocketException, WireError) as problem:
                if isinstance(problem, ConnectionClosed) and problem.rcvd is not None:
                    code = problem.rcvd.code
                log.warning(
                    "connection to %s lost: %s", self._upstream.url.authority, str(problem) or type(problem).__name__
                )
            finally:
                self._socket = None
                self._session.closed()
                if self._session.dropped:
                    log.info("frames that were dropped since the start, by type: %s", dict(self._session.dropped))
            is_taken = self._session.is_taken or code == SUPERSEDED
            pause_s = self._pauses.next_s(is_taken=is_taken)
            if is_taken and self._pauses.is_contested:
                log.warning("another agent uses the key of this host; connecting again in %d s. %s", pause_s, _CURE)
            await asyncio.sleep(pause_s)

    async def _one_connection(self) -> None:
        url = self._upstream.url
        async with connect(
            url.socket,
            ssl=self._upstream.ca,
            compression=None,
            proxy=None,
            max_size=FRAME_BYTES,
            max_queue=_RECEIVED_FRAMES,
            open_timeout=OPEN_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=2,
        ) as server:
            self._socket = server
            guard = asyncio.create_task(_close_when_unread(server))
            try:
                self._pauses.began()
                await self._do(self._session.opened())
                while True:
                    data = await server.recv()
                    await self._do(self._session.from_server(decode(data, "server")))
            finally:
                guard.cancel()

    async def _do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case ToKernel(frame=frame):
                    self._to_kernel.write(framed(frame))
                    await self._to_kernel.drain()
                case ToServer(frame=frame):
                    await self._send(frame)
                case Close(reason=reason):
                    await self._close(reason)
                case Report(text=text):
                    self._report(text)
                case Stop(reason=reason):
                    raise RefusedError(reason)

    def _report(self, text: str) -> None:
        """Writes a text to the log, unless there were too many: the server decides how many there are."""
        if not self._reports.take():
            self._unreported += 1
            return
        log.warning("%s%s", text, f" (and {self._unreported} more like this)" if self._unreported else "")
        self._unreported = 0

    async def _send(self, frame: bytes) -> None:
        """Sends a frame to the server.

        If the connection is lost, the frame is dropped; `Session` sends deltas again later.
        """
        if self._socket is None:
            return
        try:
            await self._socket.send(frame, text=True)
        except ConnectionClosed:
            self._session.closed()

    async def _close(self, reason: str) -> None:
        log.warning("closing the connection: %s", reason)
        if self._socket is not None:
            await self._socket.close()


async def _close_when_unread(server: ClientConnection) -> None:
    """Closes the connection if the server does not read what the websocket library sends by itself."""
    while True:
        await asyncio.sleep(_UNREAD_S)
        if server.transport.get_write_buffer_size() > _UNREAD_BYTES:
            log.warning("the server does not read, and more than %d bytes wait for it", _UNREAD_BYTES)
            server.transport.abort()
