"""The event loop of the server: uvloop, with a limit of time for the handshake of TLS."""

from typing import Any

import uvloop

from netviz.server import limits


class Loop(uvloop.Loop):
    """An event loop whose servers wait for the handshake of TLS up to `TLS_S` seconds, not up to a minute."""

    async def create_server(self, *arguments: Any, **named: Any) -> Any:
        """Starts a server, as `asyncio.loop.create_server` does."""
        if named.get("ssl") is not None:
            named.setdefault("ssl_handshake_timeout", limits.TLS_S)
            named.setdefault("ssl_shutdown_timeout", limits.TLS_S)
        return await super().create_server(*arguments, **named)
