"""Cuts a change of a topology into pieces that fit into one frame, and encodes each entity once: for the browsers, for
the other server processes, and for the stored history.

Also estimates how much memory the entities take. All of this takes a few microseconds for an entity, so it is done in a
thread if there are many (`netviz.server.live.writer.work`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from netviz.model.delta import Delta
from netviz.model.topology import AnyEntity, Topology
from netviz.server.limits import PART_BYTES, PIECE_BYTES, PIECE_ITEMS
from netviz.server.live.bulky import is_bulky
from netviz.wire.codec import encode
from netviz.wire.limits import ARRAY_ITEMS

# The estimate for the memory of one entity: for the object, its key and its place in a dict; for each object and each
# member or item in its JSON; and for each byte of its JSON. Python needs 4 bytes for each character of a text of which
# one character is not in the first planes of Unicode, and a text may be stored three times: in a field, and in the key.
# A test compares the estimate with what Python allocates.
_ENTITY_BYTES = 400
_OBJECT_BYTES = 200
_ITEM_BYTES = 24
_ASCII_BYTES, _OTHER_BYTES = 2, 12


@dataclass(frozen=True, slots=True)
class Size:
    """The size of some entities: the bytes of their JSON, and an estimate of the memory that they take."""

    json: int = 0
    memory: int = 0

    def __add__(self, other: "Size") -> "Size":
        """Returns the size of both together."""
        return Size(self.json + other.json, self.memory + other.memory)

    def __sub__(self, other: "Size") -> "Size":
        """Returns the size without the other."""
        return Size(self.json - other.json, self.memory - other.memory)


def size_of_encoded(entity: bytes) -> Size:
    """Returns the size of the entity that is encoded in these bytes."""
    memory = _ENTITY_BYTES + len(entity) * (_ASCII_BYTES if entity.isascii() else _OTHER_BYTES)
    return Size(len(entity), memory + entity.count(b"{") * _OBJECT_BYTES + entity.count(b",") * _ITEM_BYTES)


def size_of(entities: Iterable[AnyEntity]) -> Size:
    """Returns the size of these entities."""
    return _size([encode(entity) for entity in entities])


def _size(encoded: Iterable[bytes]) -> Size:
    total = Size()
    for line in encoded:
        total += size_of_encoded(line)
    return total


@dataclass(slots=True)
class Piece:
    """A part of a change. `put` and `was` are the encoded entities of `delta.put` and of `before`, the earlier values
    of the entities that this part replaces or drops.
    """

    delta: Delta
    before: tuple[AnyEntity, ...]
    put: list[bytes]
    was: list[bytes]
    growth: Size = field(init=False)

    def __post_init__(self) -> None:
        """Computes how much larger the topology becomes; negative if it becomes smaller."""
        self.growth = _size(self.put) - _size(self.was)


def pieces_of(world: Topology, drop: Iterable[str], put: Iterable[AnyEntity | None]) -> Iterator[Piece | None]:
    """Yields the pieces of a change of this topology: first the keys to drop, then the entities to put. Yields None for
    each None in `put`.

    `world` may receive each piece before the next one is requested, because no key is in two of them.
    """
    group = _Group()
    for row in _rows(world, drop, put):
        if row is None:
            yield None
            continue
        if not group.has_room(row):
            yield group.piece()
            group = _Group()
        group.add(row)
    if group.items:
        yield group.piece()


class _Row(NamedTuple):
    """One entity or key of a change, with the earlier value of the entity."""

    key: str
    entity: AnyEntity | None
    line: bytes
    old: AnyEntity | None
    was: bytes

    @property
    def size(self) -> int:
        return len(self.key) + len(self.line) + len(self.was)


def _rows(world: Topology, drop: Iterable[str], put: Iterable[AnyEntity | None]) -> Iterator[_Row | None]:
    for key in drop:
        old = world.get(key)
        yield _Row(key, None, b"", old, b"" if old is None else encode(old))
    for entity in put:
        if entity is None:
            yield None
            continue
        key = entity.key
        old = world.get(key)
        yield _Row(key, entity, encode(entity), old, b"" if old is None else encode(old))


class _Group:
    def __init__(self) -> None:
        self.items = self._size = 0
        self._base_items = self._base_size = 0  # without bulky entities, which browsers receive in frames of their own
        self._rows: list[_Row] = []

    def has_room(self, row: _Row) -> bool:
        if not self.items:
            return True
        if self.items == PIECE_ITEMS or self._size + row.size > PIECE_BYTES:
            return False
        full = self._base_items == ARRAY_ITEMS or self._base_size + row.size > PART_BYTES
        return not full or is_bulky(row.key)

    def add(self, row: _Row) -> None:
        self.items += 1
        self._size += row.size
        if not is_bulky(row.key):
            self._base_items += 1
            self._base_size += row.size
        self._rows.append(row)

    def piece(self) -> Piece:
        put = [(row.entity, row.line) for row in self._rows if row.entity is not None]
        drop = tuple(row.key for row in self._rows if row.entity is None)
        before = [(row.old, row.was) for row in self._rows if row.old is not None]
        delta = Delta(tuple(entity for entity, _ in put), drop)
        lines, was = [line for _, line in put], [line for _, line in before]
        return Piece(delta, tuple(old for old, _ in before), lines, was)
