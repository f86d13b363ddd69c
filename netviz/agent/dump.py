"""`dump`: reads the network of this host once and writes it to stdout.

Each function imports what it needs, because most of the time of a short output is spent on imports.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING

from netviz.agent.export import FORMATS, Format
from netviz.agent.terminal import complain, write

if TYPE_CHECKING:
    from netviz.agent.live.read_options import ReadOptions
    from netviz.agent.namespaces.known import Visit
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
        states: dict[str, State] = {}
        inside = _take_sockets(states) if form.states else None
        options = ReadOptions(arguments.host_netns, budgets=budgets, subjects=subjects, inside=inside)
        world = in_own_thread(lambda: _read(options, form))
    except settings.BadSettingsError as error:
        complain(f"netviz: {error}")
        return 1
    except OSError as error:
        complain(f"netviz: cannot read the network of this host: {error}")
        return 1
    for piece in form.write(world, [states[ns] for ns in sorted(states)]):
        write(piece.encode("utf-8", "surrogateescape"))
    return 0


def _read(options: ReadOptions, form: Format) -> Topology:
    from netviz.agent.live.host_reader import HostReader

    with HostReader(options) as reader:
        reader.read_all()
        if form.graph and reader.links.tracked:
            for namespace in list(reader.namespaces.by_id.values()):
                reader.read_subjects(namespace, _TUNNEL_SUBJECTS)
            reader.settle()
        return reader.world.entities


def _take_sockets(states: dict[str, State]) -> Callable[[Visit], None]:
    """Returns a function that reads the sockets of the namespace that the calling thread is in, into `states`.

    A namespace without sockets is left out, unless its sockets could not be read.
    """
    from netviz.agent.live.current_values import read_inside
    from netviz.wire.frames import State

    def take(visit: Visit) -> None:
        ns, found = visit.namespace.id, read_inside(visit, "sockets")
        if found.values or found.missing:
            states[ns] = State(ns, "sockets", tuple(found.values), missing=found.missing)

    return take
