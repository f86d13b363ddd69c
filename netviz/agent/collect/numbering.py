"""Numbers entities that the kernel lets exist beside each other although their identifying fields are equal."""

from dataclasses import replace
from typing import TypeVar

from netviz.model.address import FdbEntry
from netviz.model.ipsec import XfrmState
from netviz.model.multicast import MdbEntry

N = TypeVar("N", FdbEntry, MdbEntry, XfrmState)


def numbered(entity: N, seen: dict[str, int]) -> N:
    """Returns the entity with the number of entities before it that have the same key. `seen` counts them by key."""
    key = entity.key
    nth = seen.get(key, 0)
    seen[key] = nth + 1
    return replace(entity, nth=nth) if nth else entity
