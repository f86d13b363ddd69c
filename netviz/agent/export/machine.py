"""Writes a topology as JSON, for programs."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice

from netviz.model.topology import Topology
from netviz.wire.frames import State
from netviz.wire.rows import Row, row_of, state_row

# Rows in a piece. New memory for all rows at once would take longer than encoding them.
_ROWS = 64

_encode = json.JSONEncoder(check_circular=False).encode


def json_document(world: Topology, states: Sequence[State]) -> Iterator[str]:
    """Yields, in pieces, a JSON object with `entities`, sorted by key, and `states`, the current sockets of each
    namespace.

    Each of them begins a line. The format is that of frames (docs/wire.schema.json). Where a frame contains a code, an
    English text is added (`netviz.wire.rows`).
    """
    yield '{"entities": ['
    yield from _lines(row_of(world[key]) for key in sorted(world))
    yield '], "states": ['
    yield from _lines(state_row(state) for state in states)
    yield "]}\n"


def _lines(rows: Iterator[Row]) -> Iterator[str]:
    """Yields the members of a JSON array, each on a line of its own.

    Python's encoder is several times slower when it breaks lines. In a JSON text no string contains `"` alone, so this
    finds only beginnings of objects with a tag.
    """
    before = ""
    while piece := list(islice(rows, _ROWS)):
        yield before + _encode(piece)[1:-1].replace('{"t": "', '\n{"t": "')
        before = ", "
