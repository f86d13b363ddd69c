"""Writes a topology as data for programs: JSON, or one line for each edge."""

import json
from collections.abc import Sequence

from netviz.model.graph import edge_lines
from netviz.model.topology import Topology
from netviz.wire.frames import State
from netviz.wire.rows import row_of, state_row


def json_document(world: Topology, states: Sequence[State]) -> str:
    """Returns a JSON object with `entities`, sorted by key, and `states`, the current sockets of each namespace.

    The format is that of frames (docs/wire.schema.json). Where a frame contains a code, an English text is added
    (`netviz.wire.rows`).
    """
    entities = [row_of(world[key]) for key in sorted(world)]
    return json.dumps(
        {"entities": entities, "states": [state_row(state) for state in states]}, ensure_ascii=True, indent=1
    )


def edges(world: Topology) -> str:
    """Returns a line for each edge of the map. The lines are sorted as byte strings (see
    `netviz.model.graph.edge_lines`).
    """
    return "\n".join(edge_lines(world))
