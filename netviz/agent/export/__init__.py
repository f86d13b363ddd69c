"""Writes a topology in several formats: for programs (json, edges), for diagrams (dot, mermaid), for people (text).

Only the module of the requested format is imported, so that a short output does not wait for the code of a long one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from netviz.model.topology import Topology
    from netviz.wire.frames import State


class Format(NamedTuple):
    """A format of `dump`, and what it needs.

    `write` returns the output in pieces. `graph` means that it writes only namespaces, links and edges, so that nothing
    else is read. Otherwise `states` says whether it contains the sockets of each namespace. Sockets are current values
    (states), and so they are not in the topology.
    """

    write: Callable[[Topology, Sequence[State]], Iterable[str]]
    graph: bool = False
    states: bool = False


def _whole(text: str) -> Iterable[str]:
    """Returns a text in one piece, with the end of its last line. A text without lines stays empty."""
    return [f"{text}\n"] if text else []


def _json(world: Topology, states: Sequence[State]) -> Iterable[str]:
    from netviz.agent.export.machine import json_document

    return json_document(world, states)


def _text(world: Topology, states: Sequence[State]) -> Iterable[str]:
    from netviz.agent.export.listing import text_tree

    return _whole(text_tree(world, states))


def _edges(world: Topology, states: Sequence[State]) -> Iterable[str]:
    from netviz.model.graph import edge_lines

    return _whole("\n".join(edge_lines(world)))


def _dot(world: Topology, states: Sequence[State]) -> Iterable[str]:
    from netviz.agent.export.diagrams import dot

    return _whole(dot(world))


def _mermaid(world: Topology, states: Sequence[State]) -> Iterable[str]:
    from netviz.agent.export.diagrams import mermaid

    return _whole(mermaid(world))


FORMATS: dict[str, Format] = {
    "dot": Format(_dot, graph=True),
    "edges": Format(_edges, graph=True),
    "json": Format(_json, states=True),
    "mermaid": Format(_mermaid, graph=True),
    "text": Format(_text, states=True),
}
