"""The command lines and environments of what a run starts."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from netviz.launch.address import Address
from netviz.launch.places import CHECKOUT, PYTHON

Command = list[str]

FRAME_LIMIT_BYTES = 1 << 20  # as in netviz/wire/limits.py
GOODBYE_S = 3  # how long the server waits for open requests when it stops


def interpreter() -> str:
    """The Python of the checkout's environment, or the one that runs us where that has none."""
    return str(PYTHON) if PYTHON.exists() else sys.executable


def manage(*arguments: str) -> Command:
    """A command of Django's."""
    return [interpreter(), str(CHECKOUT / "manage.py"), *arguments]


def server(address: Address) -> Command:
    """The server: websockets without compression, which would be a bomb and costs twice the CPU."""
    command = [interpreter(), "-m", "uvicorn", "netviz.asgi:application"]
    command += ["--host", address.host, "--port", str(address.port)]
    command += ["--ws", "websockets-sansio", "--loop", "uvloop", "--ws-per-message-deflate", "false"]
    command += ["--ws-max-size", str(FRAME_LIMIT_BYTES), "--no-server-header", "--no-access-log"]
    command += ["--timeout-graceful-shutdown", str(GOODBYE_S), "--log-level", "warning"]
    if address.certificate:
        command += ["--ssl-certfile", address.certificate, "--ssl-keyfile", address.key]
    return command


def server_environment(state: Path, address: Address) -> dict[str, str]:
    """For the server and Django's commands: ours as it is, with the state's place and the address."""
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
    """Makes this host's key and hands its public half over for a token, which is read from stdin."""
    return [*agent("enrol", address, state), "--name", name]


def run_agent(address: Address, state: Path, practice: bool) -> Command:
    """The agent of this host, or of a practice network."""
    return [*agent("run", address, state), *(["--practice"] if practice else [])]


def agent_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The agent gets nothing that is the server's alone."""
    return {name: value for name, value in environ.items() if not name.startswith("NETVIZ_")}


def why_no_practice() -> Command:
    """Says why private namespaces are refused here, code 1; code 0 where they are not."""
    return [interpreter(), "-m", "netviz.agent.lab"]


def agent(verb: str, address: Address, state: Path) -> Command:
    """An agent's command against our server: over loopback plainly, else by the name that the certificate is for."""
    url = address.url("ws")
    if address.certificate:
        url = next(origin for origin in address.origins if origin.startswith("https://")).replace("https", "wss", 1)
    authority = os.environ.get("NETVIZ_TLS_CA")
    trust = ["--ca", authority] if authority and address.certificate else []
    return [interpreter(), "-m", "netviz.agent", verb, "--server", url, "--state", str(state), *trust]
