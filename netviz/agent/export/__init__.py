"""Writes a topology in several formats: for programs (json, edges), for diagrams (dot, mermaid), for people (text)."""

from collections.abc import Callable, Sequence

from netviz.agent.export import diagrams, listing
from netviz.agent.export.machine import edges, json_document
from netviz.model.topology import Topology
from netviz.wire.frames import State

FORMATS: dict[str, Callable[[Topology, Sequence[State]], str]] = {
    "json": json_document,
    "dot": lambda world, states: diagrams.dot(world),
    "mermaid": lambda world, states: diagrams.mermaid(world),
    "text": listing.text_tree,
    "edges": lambda world, states: edges(world),
}

# Only these formats contain the sockets of each namespace. Sockets are current values (states), and so they are not in
# the topology.
WITH_STATES = frozenset({"json", "text"})
