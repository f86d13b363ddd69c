"""The command lines and environments of the processes that the command `run` starts."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from netviz.launch.address import Address
from netviz.launch.paths import CHECKOUT, PYTHON

Command = list[str]

FRAME_LIMIT_BYTES = 1 << 20  # the same value as FRAME_BYTES in netviz/wire/limits.py
SHUTDOWN_S = 3  # seconds that a stopping server waits for open requests


def interpreter() -> str:
    """Returns the Python of the checkout's environment, or the current Python if there is no environment."""
    return str(PYTHON) if PYTHON.exists() else sys.executable


def manage(*arguments: str) -> Command:
    """Returns the command line of a Django command."""
    return [interpreter(), str(CHECKOUT / "manage.py"), *arguments]


def server(address: Address) -> Command:
    """Returns the server's command line. Websockets are not compressed: compression costs twice the CPU, and allows
    decompression bombs. `netviz.server.edge` limits connections, and decides which proxies are trusted.
    """
    command = [interpreter(), "-m", "uvicorn", "netviz.asgi:application"]
    command += ["--host", address.host, "--port", str(address.port)]
    command += ["--http", "netviz.server.edge.gate:Gate", "--ws", "netviz.server.edge.gate:Socket"]
    command += ["--loop", "netviz.server.edge.loop:Loop", "--no-proxy-headers", "--ws-per-message-deflate", "false"]
    command += ["--ws-max-size", str(FRAME_LIMIT_BYTES), "--no-server-header", "--no-access-log"]
    command += ["--timeout-graceful-shutdown", str(SHUTDOWN_S), "--log-level", "warning"]
    if address.certificate:
        command += ["--ssl-certfile", address.certificate, "--ssl-keyfile", address.key]
    return command


def server_environment(state: Path, address: Address) -> dict[str, str]:
    """Returns the environment of the server and of Django's commands: that of this process, with the state folder, the
    origins and the host names added.
    """
    hosts = [h for h in os.environ.get("NETVIZ_ALLOWED_HOSTS", "").split(",") if h]
    hosts += [origin.split("://", 1)[1].rsplit(":", 1)[0] for origin in address.origins]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "netviz.settings",
        "NETVIZ_STATE_DIR": str(state),
        "NETVIZ_ORIGINS": ",".join(address.origins),
        "NETVIZ_ALLOWED_HOSTS": ",".join(dict.fromkeys(hosts)),
    }


def enrol(address: Address, state: Path, name: str) -> Command:
    """Returns the command that creates this host's key and enrols the host. The command reads the token from stdin."""
    return [*agent("enrol", address, state), "--name", name]


def run_agent(address: Address, state: Path, practice: bool) -> Command:
    """Returns the command line of the agent for this host, or for a practice network (an example in private
    namespaces).
    """
    return [*agent("run", address, state), *(["--practice"] if practice else [])]


def agent_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Returns the agent's environment, which does not contain the server's settings."""
    return {name: value for name, value in environ.items() if not name.startswith("NETVIZ_")}


def check_private_namespaces() -> Command:
    """Returns a command that checks whether this user can create private namespaces. If not, it fails and prints the
    reason.
    """
    return [interpreter(), "-m", "netviz.agent.lab"]


def agent(verb: str, address: Address, state: Path) -> Command:
    """Returns an agent command that connects to our server. If the server has a certificate, the URL is our first https
    origin, because the certificate is for the host name of this origin.
    """
    url = address.url("ws")
    if address.certificate:
        url = next(origin for origin in address.origins if origin.startswith("https://")).replace("https", "wss", 1)
    authority = os.environ.get("NETVIZ_TLS_CA")
    trust = ["--ca", authority] if authority and address.certificate else []
    return [interpreter(), "-m", "netviz.agent", verb, "--server", url, "--state", str(state), *trust]
