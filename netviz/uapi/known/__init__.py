"""The table of attributes: for each enum of the kernel's headers up to Linux 6.18, which attributes netviz reads, and
which it leaves out and why.

All numbers of a class of attribute numbers (such as `FRA`) are read, except those that its row here leaves out. An
attribute that has no number in its class is not known; a decoder that receives it reports this in a note on the object.
"""

from collections.abc import Mapping
from functools import cache

from netviz.uapi.attributes import Known
from netviz.uapi.known.links import LINKS
from netviz.uapi.known.routes import ROUTES
from netviz.uapi.known.row import Row

TABLE: tuple[Row, ...] = (*LINKS, *ROUTES)

_ROWS: Mapping[type, Row] = {row.cls: row for row in TABLE}


@cache
def known(cls: type) -> Known:
    """Returns the attributes of this class of attribute numbers, as a decoder needs them."""
    row = _ROWS[cls]
    return Known(row.prefix.removesuffix("_"), frozenset(row.numbers.values()))
