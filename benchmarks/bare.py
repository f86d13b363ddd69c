"""The lower bound of fan-out: an ASGI application that sends one prebuilt message to every socket on request."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_open: set[Send] = set()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Sends `text` to all other sockets `times` times if a socket sends {"text": ..., "times": ..., "gap_s": ...}."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    _open.add(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            _open.discard(send)
            await _tell(**json.loads(message["text"]))
            await send({"type": "websocket.send", "text": "done"})
    finally:
        _open.discard(send)


async def _tell(text: str, times: int, gap_s: float) -> None:
    message = {"type": "websocket.send", "text": text}
    loop = asyncio.get_running_loop()
    due = loop.time()
    for _ in range(times):
        for send in tuple(_open):
            await send(message)
        due += gap_s
        await asyncio.sleep(max(0.0, due - loop.time()))
