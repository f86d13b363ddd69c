"""`dump`: reads the network of this host once and writes it to stdout.

Each function imports what it needs, because most of the time of a short output is spent on imports.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

from netviz.agent.export import FORMATS, Format
from netviz.agent.terminal import complain, write

if TYPE_CHECKING:
    from netviz.agent.live.host_reader import HostReader
    from netviz.agent.live.read_options import ReadOptions
    from netviz.model.topology import Topology
    from netviz.wire.frames import State

# The subjects from which the other ends of tunnels are found.
_TUNNEL_SUBJECTS = ("addresses", "wireguard")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `dump`."""
    from netviz.agent.settings import DEFAULT

    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="output format (default: text)")
    parser.add_argument(
        "--host-netns",
        metavar="PATH",
        help="file of the host's network namespace, if it differs from this process's",
    )
    parser.add_argument("--config", metavar="FILE", help=f"settings file (default: {DEFAULT}, if it exists)")


def main(arguments: argparse.Namespace) -> int:
    """Reads the host and writes its topology. Returns 0, or 1 after printing an error to stderr."""
    gc.disable()  # the collector would scan the many new objects repeatedly, and this process ends soon
    from netviz.agent import settings
    from netviz.agent.live.read_options import ReadOptions, all_subjects
    from netviz.agent.system.own_thread import in_own_thread

    form = FORMATS[arguments.format]
    try:
        budgets = settings.budgets(arguments.config)
        subjects = () if form.graph else all_subjects()
        options = ReadOptions(arguments.host_netns, budgets=budgets, subjects=subjects)
        world, states = in_own_thread(lambda: _read(options, form))
    except settings.BadSettingsError as error:
        complain(f"netviz: {error}")
        return 1
    except OSError as error:
        complain(f"netviz: cannot read the network of this host: {error}")
        return 1
    written = form.write(world, states)
    write(f"{written}\n".encode("utf-8", "surrogateescape") if written else b"")
    return 0


def _read(options: ReadOptions, form: Format) -> tuple[Topology, list[State]]:
    from netviz.agent.live.host_reader import HostReader

    with HostReader(options) as reader:
        reader.read_all()
        if form.graph and reader.links.tracked:
            for namespace in list(reader.namespaces.by_id.values()):
                reader.read_subjects(namespace, _TUNNEL_SUBJECTS)
            reader.settle()
        return reader.world.entities, list(_states(reader)) if form.states else []


def _states(reader: HostReader) -> Iterator[State]:
    """Yields the sockets of each namespace. A namespace without sockets is left out, unless its sockets could not be
    read.
    """
    from netviz.agent.live.current_values import Reading, read_state
    from netviz.wire.frames import State

    for ns, namespace in sorted(reader.namespaces.by_id.items()):
        found = read_state(reader, ns, "sockets") if namespace.readable else Reading()
        if found.values or found.missing:
            yield State(ns, "sockets", tuple(found.values), missing=found.missing)
