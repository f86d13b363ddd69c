"""The gate: uvicorn's protocols for HTTP and websockets, with limits for clients that send or read too slowly.

`python -m uvicorn --http netviz.server.edge.gate:Gate --ws netviz.server.edge.gate:Socket` uses them (see
`docs/operations.md`). They do not change what is sent or received. They only close connections: `doors` decides which
if there are too many, and the deadlines here decide when a client was too slow.
"""

import asyncio
from asyncio.transports import BaseTransport
from collections.abc import Callable, MutableMapping
from typing import Any, cast

import h11
from django.conf import settings
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from netviz.server import limits
from netviz.server.edge.addresses import bucket, is_trusted
from netviz.server.edge.doors import doors
from netviz.server.limiter import Bucket
from netviz.server.tally import dropped
from netviz.wire.limits import FRAME_BYTES

TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
KNOWN, ENDING, PROVING = "netviz.known", "netviz.ending", "netviz.proving"


def proving(scope: MutableMapping[str, Any]) -> None:
    """Called when a websocket has to prove who it is: until then, its connection may be closed in favour of others."""
    scope.get("extensions", {}).get(PROVING, lambda: None)()


def ending(scope: MutableMapping[str, Any]) -> None:
    """Called when the server closes a websocket. If its client does not read, so that the close does not reach it, the
    connection is reset after `CLOSE_S` seconds.
    """
    scope.get("extensions", {}).get(ENDING, lambda: None)()


def known(scope: MutableMapping[str, Any], *, has_large_frames: bool = False) -> None:
    """Called when the client of a websocket has proved who it is: from now on, its connection is not closed in favour
    of others. Its frames may be large from now on if `has_large_frames` is set.
    """
    scope.get("extensions", {}).get(KNOWN, lambda _: None)(has_large_frames)


class _Deadline:
    """Calls a function after some seconds, unless it is set again or cleared."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float, then: Callable[[], None]) -> None:
        self.clear()
        self._timer = asyncio.get_running_loop().call_later(seconds, then)

    def clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _direct(app: Any) -> Any:
    """Returns the application without uvicorn's own trust in proxies, which would believe every program on loopback.
    `netviz.server.edge.addresses` trusts only NETVIZ_TRUSTED_PROXIES.
    """
    while isinstance(app, ProxyHeadersMiddleware):
        app = app.app
    return app


def address_of(client: tuple[str, int] | None) -> str:
    """Returns the key of a client's address, "" for a trusted proxy."""
    if client is None or is_trusted(client[0], settings.TRUSTED_PROXIES):
        return ""
    return bucket(client[0])


class Gate(H11Protocol):
    """One HTTP connection. Waits for a head up to `HEAD_S` seconds, and for its client to read up to `STALL_S`."""

    is_used = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        Gate.is_used = True
        self.app = _direct(self.app)
        self.address = ""
        self._deadline = _Deadline()
        self._phase = ""
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop for a new connection."""
        super().connection_made(transport)
        self.address = address_of(self.client)
        doors.enter(self)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop when the connection has ended."""
        self._deadline.clear()
        doors.leave(self)
        super().connection_lost(exc)

    def evict(self) -> None:
        """Closes the connection at once."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Called by the event loop with bytes of the client."""
        if self.conn.their_state is h11.SEND_BODY:
            self._body_bytes += len(data)
            if self._body_bytes > 2 * limits.BODY_BYTES:
                return  # the answer was 413; what still arrives before the connection closes is not looked at
        super().data_received(data)
        if self.transport.get_protocol() is self:
            self._look()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Called when the request opens a websocket: hands the connection over to `Socket`."""
        self._deadline.clear()
        doors.leave(self)
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        """Called when the server has written a whole response. The client may still have to read it."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Called by the event loop when the client reads too slowly."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """Called by the event loop when the client has read what waited."""
        super().resume_writing()
        self._look()

    def timeout_keep_alive_handler(self) -> None:
        """Called by uvicorn when no further request came after a response."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def _look(self) -> None:
        """Finds out what the connection waits for now, and sets the deadline for it."""
        phase = self._phase_now()
        if phase == self._phase:
            return
        self._phase = phase
        self._deadline.clear()
        if phase == "work":
            self._body_bytes = 0
            doors.work(self)
            return
        doors.wait(self)
        if phase == "head":
            self._deadline.set(limits.HEAD_S, self._no_request)
        elif phase in ("read", "close"):
            self._deadline.set(limits.STALL_S, self._unread)
        # `netviz.server.edge.requests` limits the time for a body

    def _phase_now(self) -> str:
        """Returns for what the server waits: the client has to "close" the connection, "read", or send a "head" or a
        "body". Returns "work" if it does not wait for the client.
        """
        if self.transport.is_closing():
            return "close"
        if self.flow.write_paused:
            return "read"
        if self.conn.their_state is h11.IDLE:
            return "head"
        return "body" if self.conn.their_state is h11.SEND_BODY else "work"

    def _unread(self) -> None:
        dropped.add("a connection closed because its client did not read", self.address)
        self.transport.abort()

    def _no_request(self) -> None:
        dropped.add("a connection closed because no request arrived in time", self.address)
        if self.transport.get_write_buffer_size():  # the client does not read either
            self.transport.abort()
            return
        self.transport.write(TOO_SLOW)
        self.transport.close()
        self._look()


class Socket(WebSocketsSansIOProtocol):
    """One websocket. It is closed after `UNKNOWN_S` seconds if its client is not `known`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.app = _direct(self.app)
        self.address = ""
        self._deadline = _Deadline()
        self._empty_frames = Bucket(limits.EMPTY_FRAMES)
        self._set_frame_bytes(limits.HANDSHAKE_BYTES)

    def connection_made(self, transport: BaseTransport) -> None:
        """Called when an HTTP connection becomes a websocket."""
        super().connection_made(transport)
        self.address = address_of(self.client)
        self._deadline.set(limits.UNKNOWN_S, self._too_slow)
        doors.enter(self)
        doors.work(self)  # the server finds out who the client is, or asks for a proof

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop when the connection has ended."""
        self._deadline.clear()
        doors.leave(self)
        super().connection_lost(exc)

    def evict(self) -> None:
        """Closes the websocket at once."""
        self.transport.abort()

    def handle_connect(self, event: Any) -> None:
        """Called with the request that opens the websocket."""
        super().handle_connect(event)
        if hasattr(self, "scope"):  # the handshake was not refused
            extensions = cast(dict[str, Any], self.scope["extensions"])
            extensions.update({KNOWN: self._known, ENDING: self._ending, PROVING: lambda: doors.wait(self)})

    def handle_ping(self) -> None:
        """Called for a ping: answers it."""
        if self._may_go_on():
            super().handle_ping()

    def handle_pong(self, event: Any) -> None:
        """Called for a pong."""
        if self._may_go_on():
            super().handle_pong(event)

    def handle_cont(self, event: Any) -> None:
        """Called for a further fragment of a message. No limit of bytes would stop empty ones."""
        if event.data or self._may_go_on():
            super().handle_cont(event)

    def _may_go_on(self) -> bool:
        """Counts a frame that costs its sender nothing, and is no frame of netviz. Closes the websocket of a client
        that sends too many of them, or does not read the answers to its pings.
        """
        if self.transport.is_closing():
            return False
        if self._empty_frames.allow() and self.transport.get_write_buffer_size() <= limits.UNREAD_PONGS_BYTES:
            return True
        dropped.add("a websocket closed because of too many pings, pongs or empty fragments", self.address)
        self.transport.abort()
        return False

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Called when the server has nothing more to do for this websocket: its client has little time to close it."""
        super().on_task_complete(task)
        if self in doors.open:
            self._ending()

    def _ending(self) -> None:
        self._deadline.set(limits.CLOSE_S, self.transport.abort)
        doors.wait(self)

    def _set_frame_bytes(self, limit: int) -> None:
        self.conn.max_message_size = min(limit, self.config.ws_max_size)

    def _known(self, has_large_frames: bool) -> None:
        if has_large_frames:
            self._set_frame_bytes(FRAME_BYTES)
        self._deadline.clear()
        doors.work(self)

    def _too_slow(self) -> None:
        dropped.add("a websocket closed because its client did not prove who it is", self.address)
        self.transport.abort()
