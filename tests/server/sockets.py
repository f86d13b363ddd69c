"""Agents and browsers on the server's websockets, by ASGI calls in this process."""

import asyncio
from collections import deque
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from netviz.agent.session_process.signing_key import Key
from netviz.asgi import application
from netviz.model.topology import AnyEntity
from netviz.server.hosts import enrolment
from netviz.server.hosts.models import Host
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Challenge,
    DeltaFrame,
    Hello,
    Problem,
    Proof,
    Resync,
    SnapshotEnd,
    Subscribe,
    Welcome,
    proof_text,
)
from tests.waiting import WAIT_S, patient

AUTHORITY = "127.0.0.1:8000"
ORIGIN = "http://127.0.0.1:8000"

Headers = list[tuple[bytes, bytes]]


class Closed(Exception):
    """Means that the server closed the socket with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """One websocket."""

    direction: Any = "view"

    def __init__(self, path: str, headers: Headers) -> None:
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", AUTHORITY.encode()), *headers],
            "client": ("127.0.0.1", 40_000),
            "server": ("127.0.0.1", 8_000),
            "subprotocols": [],
        }
        self._asgi = ApplicationCommunicator(application, scope)
        self._frames: deque[str] = deque()

    async def open(self) -> None:
        """Opens the socket. Raises Closed if the server does not accept it."""
        await self._asgi.send_input({"type": "websocket.connect"})
        message = await self._asgi.receive_output(patient(WAIT_S))
        if message["type"] == "websocket.close":
            raise Closed(message.get("code", 1000))

    async def send(self, frame: Any) -> None:
        """Sends a frame, or text or bytes unchanged."""
        if isinstance(frame, bytes):
            await self._asgi.send_input({"type": "websocket.receive", "bytes": frame})
        else:
            text = frame if isinstance(frame, str) else encode(frame).decode()
            await self._asgi.send_input({"type": "websocket.receive", "text": text})

    async def receive(self) -> Any:
        """Returns the next frame. Raises Closed."""
        if not self._frames:
            message = await self._asgi.receive_output(patient(WAIT_S))
            if message["type"] == "websocket.close":
                raise Closed(message.get("code", 1000))
            self._frames.extend(message["text"].split("\n"))
        return decode(self._frames.popleft(), self.direction)

    async def raw(self) -> str:
        """Returns the text of the next frame; it must be the only one in its message. Raises Closed."""
        assert not self._frames
        message = await self._asgi.receive_output(WAIT_S)
        if message["type"] == "websocket.close":
            raise Closed(message.get("code", 1000))
        return str(message["text"])

    async def receive_until(self, wanted: type[Any]) -> Any:
        """Returns the next frame of this type; skips others before it."""
        while not isinstance(frame := await self.receive(), wanted):
            pass
        return frame

    async def quiet(self, seconds: float = 0.15) -> bool:
        """Returns whether no frame arrives within this time."""
        return bool(await self._asgi.receive_nothing(seconds, 0.01))

    async def end(self) -> int:
        """Receives until the server closes the socket, and returns the code."""
        try:
            while True:
                await self.receive()
        except Closed as closed:
            return closed.code

    async def leave(self) -> None:
        """Disconnects without closing, like a client whose connection broke."""
        await self._asgi.send_input({"type": "websocket.disconnect", "code": 1006})
        await asyncio.wait_for(self._asgi.wait(patient(WAIT_S)), patient(WAIT_S))


class Agent(Socket):
    """An agent with a key of its own."""

    direction = "server"

    def __init__(self, seed: int = 1, headers: Headers | None = None) -> None:
        super().__init__("/ws/agent/", headers or [])
        self.key = Key(bytes([seed]) * 32)
        self.nonce = ""

    async def challenged(self) -> None:
        """Opens the socket and receives the challenge."""
        await self.open()
        challenge = await self.receive()
        assert isinstance(challenge, Challenge)
        self.nonce = challenge.nonce

    def signature(self, authority: str = AUTHORITY) -> str:
        """Returns the proof of the key, for this authority."""
        return self.key.sign(proof_text(self.nonce, authority))

    async def prove(self, epoch: str = "e", since: int = 0, seq: int = 0, protocol: int = PROTOCOL) -> None:
        """Sends proof and hello."""
        await self.send(Proof(self.key.public, self.signature()))
        await self.send(Hello(protocol, "test", epoch, since, seq))

    async def greet(self, epoch: str = "e", since: int = 0, seq: int = 0, protocol: int = PROTOCOL) -> Welcome:
        """Opens the socket, sends proof and hello, and returns the welcome."""
        await self.challenged()
        await self.prove(epoch, since, seq, protocol)
        welcome = await self.receive()
        assert isinstance(welcome, Welcome), welcome
        return welcome

    async def snapshot(self, *entities: AnyEntity, epoch: str = "e", seq: int = 0) -> Ack:
        """Sends a snapshot and waits until it is stored."""
        for frame in snapshot_frames(entities, epoch, seq, 0):
            await self.send(frame.decode())
        while (ack := await self.receive_until(Ack)).epoch != epoch:
            pass  # it acknowledges deltas that were sent before
        assert isinstance(ack, Ack)
        return ack

    async def delta(
        self, seq: int, *put: AnyEntity, drop: tuple[str, ...] = (), epoch: str = "e"
    ) -> Ack | Resync | Problem:
        """Sends a delta and waits for the answer."""
        await self.send(DeltaFrame(epoch, seq, put, drop))
        answer: Ack | Resync | Problem = await self.receive()
        return answer


class Browser(Socket):
    """A browser."""

    def __init__(self, cookie: str = "", origin: str | None = ORIGIN) -> None:
        headers = [(b"cookie", cookie.encode())] if cookie else []
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        super().__init__("/ws/view/", headers)

    async def subscribe(self, host: Host) -> list[AnyEntity]:
        """Subscribes and returns the snapshot."""
        await self.send(Subscribe(str(host.id)))
        return await self.take_snapshot()

    async def take_snapshot(self) -> list[AnyEntity]:
        """Receives a complete snapshot."""
        found: list[AnyEntity] = []
        while not isinstance(frame := await self.receive(), SnapshotEnd):
            found.extend(getattr(frame, "entities", ()) if frame.TAG == "snapshot_chunk" else ())
        return found


async def known(agent: Agent, host: Host) -> Host:
    """Gives the agent's key to this host."""
    await Host.objects.filter(id=host.id).aupdate(key=agent.key.public)
    return await Host.objects.aget(id=host.id)


enrol_token = sync_to_async(enrolment.make_token)
