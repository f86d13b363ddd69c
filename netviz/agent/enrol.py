"""`enrol`: creates this host's key and registers it at the server with a single-use token."""

import argparse
import asyncio
import sys
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from netviz.agent.session_process import server_url, signing_key
from netviz.agent.terminal import complain, say
from netviz.wire.codec import decode, encode
from netviz.wire.frames import Challenge, Enrol, Enrolled, Problem, ServerFrame, proof_text
from netviz.wire.limits import FRAME_BYTES
from netviz.wire.problems import WireError

ANSWER_S = 20


class EnrolmentError(Exception):
    """Raised if the server did not enrol this host; the message says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `enrol`."""
    parser.add_argument("--server", required=True, help="wss://HOST[:PORT], or ws:// on this machine")
    parser.add_argument("--state", required=True, type=Path, help="folder that holds this host's key")
    parser.add_argument("--name", required=True, help="display name of this host")
    parser.add_argument("--ca", help="file of the certificate authority to trust instead of the system's")


def main(arguments: argparse.Namespace) -> int:
    """Enrols this host and returns the exit code.

    The token is read from stdin, because every user of the host can see command lines.
    """
    token = sys.stdin.readline().strip()
    if not token:
        complain("netviz-agent: no enrolment token on stdin. Pipe the token into this command.")
        return 2
    try:
        url = server_url.parse(arguments.server)
        key = signing_key.load_or_make(arguments.state)
        answer = asyncio.run(enrol(url, key, token, arguments.name, arguments.ca))
    except (server_url.BadUrlError, signing_key.UnusableKeyError) as error:
        complain(f"netviz-agent: {error}")
        return 2
    except (EnrolmentError, OSError, TimeoutError, WebSocketException, WireError) as error:
        reason = str(error) or f"the server did not answer within {ANSWER_S} seconds"
        complain(f"netviz-agent: {url.authority} did not enrol this host: {reason}")
        return 3
    say(f"enrolled as {answer.name}")
    return 0


async def enrol(url: server_url.ServerUrl, key: signing_key.Key, token: str, name: str, ca: str | None) -> Enrolled:
    """Enrols this host and returns the server's confirmation. Raises EnrolmentError, and errors of the connection."""
    async with (
        asyncio.timeout(ANSWER_S),
        connect(url.socket, ssl=url.tls(ca), compression=None, proxy=None, max_size=FRAME_BYTES) as server,
    ):
        challenge = _answer(await server.recv())
        if not isinstance(challenge, Challenge):
            raise EnrolmentError(f"the server sent {challenge.TAG} instead of {Challenge.TAG}")
        signature = key.sign(proof_text(challenge.nonce, url.authority))
        await server.send(encode(Enrol(token, key.public, signature, name)), text=True)
        answer = _answer(await server.recv())
        if not isinstance(answer, Enrolled):
            raise EnrolmentError(f"the server sent {answer.TAG} instead of {Enrolled.TAG}")
        return answer


def _answer(data: bytes | str) -> ServerFrame:
    frame = decode(data, "server")
    if isinstance(frame, Problem):
        raise EnrolmentError(frame.text)
    return frame
