"""Writes a topology as JSON, for programs."""

import json
from collections.abc import Sequence

from netviz.model.topology import Topology
from netviz.wire.frames import State
from netviz.wire.rows import row_of, state_row


def json_document(world: Topology, states: Sequence[State]) -> str:
    """Returns a JSON object with `entities`, sorted by key, and `states`, the current sockets of each namespace.

    Each of them begins a line. The format is that of frames (docs/wire.schema.json). Where a frame contains a code, an
    English text is added (`netviz.wire.rows`).
    """
    rows = {
        "entities": [row_of(world[key]) for key in sorted(world)],
        "states": [state_row(state) for state in states],
    }
    # Python's encoder is several times slower when it breaks lines. In a JSON text no string contains `"` alone, so
    # this finds only beginnings of objects with a tag.
    return json.dumps(rows).replace('{"t": "', '\n{"t": "')
