"""What `run` can be told."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from netviz.launch.failure import Failure
from netviz.launch.places import STATE


@dataclass(frozen=True)
class Options:
    """`port` None: the first free one from 8000 on. `state` holds database, keys and logs."""

    listen: str
    port: int | None
    agent: bool
    practice: bool
    state: Path


class Parser(argparse.ArgumentParser):
    """Answers a wrong call with one sentence."""

    def error(self, message: str) -> NoReturn:
        raise Failure(f"{message[:1].upper()}{message[1:]}; `{self.prog} --help` lists what can be said.", 2)


def parse(arguments: Sequence[str]) -> Options:
    """Options from the command line. Raises Failure, code 2."""
    parser = Parser(prog="manage.py run", description="Sets netviz up, starts it and shows this host.")
    parser.add_argument("--port", type=_port, help="port to listen on (the first free one from 8000 on)")
    parser.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (127.0.0.1)")
    parser.add_argument("--no-agent", dest="agent", action="store_false", help="the server alone, for agents elsewhere")
    parser.add_argument("--practice", action="store_true", help="a small practice network instead of this host")
    parser.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="where database and keys are (.state)")
    said = parser.parse_args(arguments)
    return Options(said.listen, said.port, said.agent, said.practice, said.state.absolute())


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to 65535)")
    return int(text)
