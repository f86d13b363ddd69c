"""Only pages from our own origins can open a socket.

Channels' OriginValidator compares hosts and ports, and raises an exception for a port that is not a number. A browser
writes an origin in exactly one way (RFC 6454, section 6.1), so comparing text is both simpler and stricter.
"""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[Any]]


class ExactOrigin:
    """Wraps an application: rejects a websocket before it is accepted, unless it has exactly one Origin header, and
    this is one of `origins`.
    """

    def __init__(self, application: Any, origins: Sequence[str]) -> None:
        self._application = application
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Implements ASGI."""
        given = [value for name, value in scope["headers"] if name.lower() == b"origin"]
        if len(given) == 1 and given[0] in self._origins:
            await self._application(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4403})
