"""Agents and browsers that are connected to a real server."""

import contextlib
from collections.abc import Iterator
from typing import Any

from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket
from websockets.typing import Origin

from netviz.agent.session_process.server_url import parse
from netviz.agent.session_process.signing_key import Key
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import PROTOCOL, Ack, Challenge, Enrol, Enrolled, Hello, Proof, Welcome, proof_text
from tests.server.entities import HERE
from tests.services import Served
from tests.waiting import patient


def _opened(url: str) -> ClientConnection:
    opened: ClientConnection = open_socket(url, compression=None, proxy=None, open_timeout=patient(10))
    return opened


def receive(opened: ClientConnection, wanted: type[Any]) -> Any:
    """Returns the next frame of this type."""
    while not isinstance(found := decode(str(opened.recv(patient(5))), "server"), wanted):
        pass
    return found


@contextlib.contextmanager
def agent(served: Served, name: str = "h1", seed: int = 9) -> Iterator[ClientConnection]:
    """Provides the websocket of an agent that has proved who it is. Each agent has its own name and seed of its key."""
    url, key = parse(served.ws_url), Key(bytes([seed]) * 32)

    def proof(opened: ClientConnection) -> str:
        return key.sign(proof_text(receive(opened, Challenge).nonce, url.authority))

    with _opened(url.socket) as opened:
        token = str(served.first_run(name)["enrol_token"])
        opened.send(encode(Enrol(token, key.public, proof(opened), name)), text=True)
        receive(opened, Enrolled)
    with _opened(url.socket) as opened:
        opened.send(encode(Proof(key.public, proof(opened))), text=True)
        opened.send(encode(Hello(PROTOCOL, "test", "e", 0, 0)), text=True)
        receive(opened, Welcome)
        yield opened


def is_served(opened: ClientConnection, seq: int) -> bool:
    """Returns whether the server stores what this agent sends."""
    for text in snapshot_frames(HERE, "e", seq, 0):
        opened.send(text, text=True)
    return bool(receive(opened, Ack).seq == seq)


@contextlib.contextmanager
def browser(served: Served) -> Iterator[ClientConnection]:
    """Provides the websocket of a signed-in browser."""
    with open_socket(
        f"{served.ws_url}/ws/view/",
        origin=Origin(served.url),
        additional_headers={"Cookie": served.cookie()},
        compression=None,
        proxy=None,
        open_timeout=patient(10),
    ) as opened:
        yield opened
