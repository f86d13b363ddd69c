"""`dump`: the network of this host, read once and written to stdout."""

import argparse
import sys
from contextlib import suppress

from netviz.agent.export import FORMATS
from netviz.agent.own_thread import in_own_thread
from netviz.agent.reader import ReadOptions, read_topology


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `dump`."""
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="how to write it (text)")
    parser.add_argument(
        "--host-netns",
        metavar="PATH",
        help="the file of the host's own network namespace, if not the one of this process",
    )


def main(arguments: argparse.Namespace) -> int:
    """Reads and writes; 0, or 1 with a sentence on stderr."""
    try:
        world = in_own_thread(lambda: read_topology(ReadOptions(arguments.host_netns)))
    except OSError as error:
        print(f"netviz: the network of this host cannot be read: {error}", file=sys.stderr)
        return 1
    written = FORMATS[arguments.format](world)
    with suppress(BrokenPipeError):
        sys.stdout.buffer.write(f"{written}\n".encode("utf-8", "surrogateescape") if written else b"")
        sys.stdout.buffer.flush()
    return 0
