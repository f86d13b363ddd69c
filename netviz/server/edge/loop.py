"""The event loop of the server: uvloop, whose TLS connections pass `doors` before their handshake."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, cast

import uvloop
from uvicorn.protocols.utils import get_remote_addr

from netviz.server import limits
from netviz.server.edge.doors import doors
from netviz.server.edge.gate import address_of


class Handshake(asyncio.Protocol):
    """A connection whose handshake of TLS is not complete. Waits for it up to `TLS_S` seconds.

    A server of uvloop that does TLS itself shows a connection only after its handshake. Clients that never begin one
    could use up the files of the process.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, factory: Callable[[], Any], context: ssl.SSLContext) -> None:
        self._loop = loop
        self._factory = factory
        self._context = context
        self._task: asyncio.Task[None] | None = None
        self.address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop for a new connection: begins the handshake."""
        self.address = address_of(get_remote_addr(cast(asyncio.Transport, transport)))
        # The connection moves to a new transport, which does TLS.
        connection = transport.get_extra_info("socket").dup()
        cast(asyncio.Transport, transport).abort()
        self._task = self._loop.create_task(self._run(connection))
        doors.enter(self)

    def evict(self) -> None:
        """Closes the connection at once."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, connection: Any) -> None:
        try:
            await self._loop.connect_accepted_socket(
                self._factory,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=limits.TLS_S,
                ssl_shutdown_timeout=limits.TLS_S,
            )
        except (OSError, asyncio.CancelledError):  # no TLS, too slow, gone, or evicted
            connection.close()
        finally:
            doors.leave(self)


class Loop(uvloop.Loop):
    """An event loop that does the handshakes of TLS by `Handshake`."""

    async def create_server(self, *arguments: Any, **named: Any) -> Any:
        """Starts a server, as `asyncio.loop.create_server` does."""
        context = named.pop("ssl", None)
        if context is None:
            return await super().create_server(*arguments, **named)
        factory, *others = arguments
        return await super().create_server(lambda: Handshake(self, factory, context), *others, **named)
