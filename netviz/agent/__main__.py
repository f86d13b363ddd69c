"""Runs `python -m netviz.agent COMMAND`. The exit code is 0 on success, and another number after an error."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from netviz.agent.terminal import Parser, exit_code

# Maps each command to its module in this package and a summary for the help. A module has `add_arguments` and `main`.
# Only the module of the chosen command is imported.
COMMANDS: dict[str, tuple[str, str]] = {
    "dump": ("dump", "read the network of this host once and write it to stdout"),
    "enrol": ("enrol", "create this host's key and enrol it at a server with a token from stdin"),
    "run": ("run", "read the kernel and keep the server's map of this host live"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = Parser(prog="python -m netviz.agent", description="Reads this host's network.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run: Callable[[argparse.Namespace], int] | None = None
    for name, (module_name, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if words[:1] == [name]:
            module = importlib.import_module(f"netviz.agent.{module_name}")
            module.add_arguments(command)
            run = module.main
    arguments = parser.parse_args(words)
    return run(arguments) if run else 2


if __name__ == "__main__":
    code = exit_code(main)
    os._exit(code)  # without freeing the objects of a large topology one by one
