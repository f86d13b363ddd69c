"""The command-line options of `run`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from netviz.launch.failure import Failure
from netviz.launch.paths import STATE


@dataclass(frozen=True)
class Options:
    """The options. If `port` is None, the first free port from 8000 on is used. `state` is the folder of database and
    keys.
    """

    listen: str
    port: int | None
    agent: bool
    practice: bool
    state: Path


class Parser(argparse.ArgumentParser):
    """Reports wrong arguments in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise Failure(f"{message[:1].upper()}{message[1:]}; `{self.prog} --help` lists the options.", 2)


def parse(arguments: Sequence[str]) -> Options:
    """Parses the command line. Raises Failure with code 2."""
    parser = Parser(prog="manage.py run", description="Sets netviz up, starts it and shows this host.")
    parser.add_argument("--port", type=_port, help="port to listen on (default: the first free port from 8000 on)")
    parser.add_argument(
        "--listen", default="127.0.0.1", metavar="ADDRESS", help="IP address to listen on (default: 127.0.0.1)"
    )
    parser.add_argument(
        "--no-agent", dest="agent", action="store_false", help="start only the server, without an agent"
    )
    parser.add_argument("--practice", action="store_true", help="show a small practice network instead of this host")
    parser.add_argument(
        "--state", type=Path, default=STATE, metavar="DIR", help="folder of the database and keys (default: .state)"
    )
    parsed = parser.parse_args(arguments)
    return Options(parsed.listen, parsed.port, parsed.agent, parsed.practice, parsed.state.absolute())


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid port (1 to 65535)")
    return int(text)
