"""A topology for programs."""

import json

from netviz.model.graph import edge_lines
from netviz.model.topology import Topology
from netviz.wire.codec import plain


def json_document(world: Topology) -> str:
    """One JSON object: `entities`, sorted by key, each as on the wire (docs/wire.schema.json)."""
    entities = [plain(world[key]) for key in sorted(world)]
    return json.dumps({"entities": entities}, ensure_ascii=True, indent=1)


def edges(world: Topology) -> str:
    """One line for each edge of the map, sorted by bytes; see `netviz.model.graph.edge_lines`."""
    return "\n".join(edge_lines(world))
