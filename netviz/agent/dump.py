"""`dump`: reads the network of this host once and writes it to stdout."""

import argparse
from collections.abc import Iterator

from netviz.agent import settings
from netviz.agent.export import FORMATS, WITH_STATES
from netviz.agent.live.current_values import Reading, read_state
from netviz.agent.live.host_reader import HostReader, ReadOptions
from netviz.agent.system.own_thread import in_own_thread
from netviz.agent.terminal import complain, write
from netviz.model.topology import Topology
from netviz.wire.frames import State


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `dump`."""
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="output format (default: text)")
    parser.add_argument(
        "--host-netns",
        metavar="PATH",
        help="file of the host's network namespace, if it differs from this process's",
    )
    parser.add_argument("--config", metavar="FILE", help=f"settings file (default: {settings.DEFAULT}, if it exists)")


def main(arguments: argparse.Namespace) -> int:
    """Reads the host and writes its topology. Returns 0, or 1 after printing an error to stderr."""
    try:
        options = ReadOptions(arguments.host_netns, budgets=settings.budgets(arguments.config))
        world, states = in_own_thread(lambda: _read(options, arguments.format in WITH_STATES))
    except settings.BadSettingsError as error:
        complain(f"netviz: {error}")
        return 1
    except OSError as error:
        complain(f"netviz: cannot read the network of this host: {error}")
        return 1
    written = FORMATS[arguments.format](world, states)
    write(f"{written}\n".encode("utf-8", "surrogateescape") if written else b"")
    return 0


def _read(options: ReadOptions, with_states: bool) -> tuple[Topology, list[State]]:
    with HostReader(options) as reader:
        reader.read_all()
        return reader.world.entities, list(_states(reader)) if with_states else []


def _states(reader: HostReader) -> Iterator[State]:
    """Yields the sockets of each namespace. A namespace without sockets is left out, unless its sockets could not be
    read.
    """
    for ns, namespace in sorted(reader.namespaces.by_id.items()):
        found = read_state(reader, ns, "sockets") if namespace.readable else Reading()
        if found.values or found.missing:
            yield State(ns, "sockets", tuple(found.values), missing=found.missing)
