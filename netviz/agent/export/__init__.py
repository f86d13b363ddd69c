"""Ways to write a topology: for programs (json, edges), for pictures (dot, mermaid), for people (text)."""

from collections.abc import Callable

from netviz.agent.export import diagrams, listing
from netviz.agent.export.machine import edges, json_document
from netviz.model.topology import Topology

FORMATS: dict[str, Callable[[Topology], str]] = {
    "json": json_document,
    "dot": diagrams.dot,
    "mermaid": diagrams.mermaid,
    "text": listing.text_tree,
    "edges": edges,
}
