"""Writes a topology as JSON, for programs."""

import json
from collections.abc import Iterable, Sequence

from netviz.model.topology import Topology
from netviz.wire.frames import State
from netviz.wire.rows import Row, row_of, state_row


def json_document(world: Topology, states: Sequence[State]) -> str:
    """Returns a JSON object with `entities`, sorted by key, and `states`, the current sockets of each namespace.

    Each entity has a line of its own. The format is that of frames (docs/wire.schema.json). Where a frame contains a
    code, an English text is added (`netviz.wire.rows`).
    """
    entities = _lines(row_of(world[key]) for key in sorted(world))
    return f'{{"entities": {entities},\n"states": {_lines(map(state_row, states))}}}'


def _lines(rows: Iterable[Row]) -> str:
    """Returns a JSON array with each row in its own line: Python's encoder is much slower when it indents."""
    encode = json.JSONEncoder().encode
    return "[\n{}\n]".format(",\n".join(map(encode, rows)))
