"""Only pages of our own origins get a socket.

Channels' OriginValidator compares hosts and ports, and raises on a port that is no number; a browser writes its origin
in exactly one way (RFC 6454, section 6.1), so that comparing text is both simpler and stricter.
"""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[Any]]


class ExactOrigin:
    """The application, for connections whose one Origin header is one of these; others are closed unaccepted."""

    def __init__(self, application: Any, origins: Sequence[str]) -> None:
        self._application = application
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """The ASGI interface."""
        given = [value for name, value in scope["headers"] if name.lower() == b"origin"]
        if len(given) == 1 and given[0] in self._origins:
            await self._application(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4403})
