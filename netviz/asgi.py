"""The ASGI application: pages and API by Django, the websockets of agents and of browsers, and the background check of
open websockets (`sweeper`).
"""

import asyncio
import gc
import os
import sys
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netviz.settings")

from django.core.asgi import get_asgi_application

# Django warns that whitenoise streams files synchronously. The files are small, so no other request waits long.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")

_pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - needs a configured Django
from django.conf import settings  # noqa: E402

from netviz.server.edge.doors import raise_file_limit  # noqa: E402
from netviz.server.edge.requests import Edge  # noqa: E402
from netviz.server.live.agents import agents  # noqa: E402
from netviz.server.live.feeds import feeds  # noqa: E402
from netviz.server.web import sweeper  # noqa: E402
from netviz.server.web.origin import ExactOrigin  # noqa: E402
from netviz.server.web.viewers import view  # noqa: E402

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def lifespan(scope: Message, receive: Receive, send: Send) -> None:
    """Starts the background check of open websockets (`sweeper`) when the server starts, and stops it when the server
    stops.
    """
    await receive()
    raise_file_limit()
    # Threads decode, compress and store what agents send. With these values, the event loop gets its turn after one
    # millisecond instead of five, and the cycle collector visits the topologies in memory less often.
    sys.setswitchinterval(0.001)
    gc.set_threshold(10_000, 10, 10)
    task = asyncio.create_task(sweeper.run())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    task.cancel()
    await feeds.close()
    await send({"type": "lifespan.shutdown.complete"})


async def no_socket(scope: Message, receive: Receive, send: Send) -> None:
    """Closes every websocket whose path is neither `/ws/agent/` nor `/ws/view/`."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


_SOCKETS: dict[str, Any] = {
    "/ws/agent/": agents,
    "/ws/view/": ExactOrigin(view, settings.ORIGINS),
}


async def sockets(scope: Message, receive: Receive, send: Send) -> None:
    """Serves the websockets, by their paths."""
    await _SOCKETS.get(scope["path"], no_socket)(scope, receive, send)


_router: Any = ProtocolTypeRouter({"http": _pages, "websocket": sockets, "lifespan": lifespan})
application = Edge(_router)
