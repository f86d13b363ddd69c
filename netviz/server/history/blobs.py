"""A change as it is stored, and the blobs of keyframes and segments."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import zstandard

from netviz.model.delta import Delta
from netviz.model.topology import AnyEntity, Topology
from netviz.server.decoder import decode_entity
from netviz.wire.codec import plain

# zstd's level 3 costs 5 us a delta here and comes within a tenth of level 9.
_LEVEL = 3

# The most a blob may grow to when it is read: a snapshot's cap, with the names of its fields written out.
_BLOB_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a host's history: its number, when the server had it, what was put and dropped, what was before."""

    seq: int
    at_ms: int
    delta: Delta
    before: tuple[AnyEntity, ...]

    @property
    def inverse(self) -> Delta:
        """The delta that leads back over this change."""
        known = {entity.key for entity in self.before}
        return Delta(self.before, tuple(entity.key for entity in self.delta.put if entity.key not in known))


def change_of(world: Topology, seq: int, at_ms: int, delta: Delta) -> Change:
    """The change that a delta makes of this topology."""
    touched = (*(entity.key for entity in delta.put), *delta.drop)
    return Change(seq, at_ms, delta, tuple(world[key] for key in touched if key in world))


def pack_topology(world: Topology) -> bytes:
    """The blob of a keyframe."""
    return _pack(plain(entity) for entity in world.values())


def unpack_topology(blob: bytes) -> dict[str, AnyEntity]:
    """The topology of a keyframe's blob."""
    entities = (decode_entity(line) for line in _lines(blob))
    return {entity.key: entity for entity in entities}


def pack_changes(changes: Iterable[Change]) -> bytes:
    """The blob of a segment."""
    return _pack(
        {
            "seq": change.seq,
            "at": change.at_ms,
            "put": [plain(entity) for entity in change.delta.put],
            "drop": change.delta.drop,
            "was": [plain(entity) for entity in change.before],
        }
        for change in changes
    )


def unpack_changes(blob: bytes) -> Iterator[Change]:
    """The changes of a segment's blob, in their order."""
    for line in _lines(blob):
        row = json.loads(line)
        put = tuple(decode_entity(json.dumps(value)) for value in row["put"])
        was = tuple(decode_entity(json.dumps(value)) for value in row["was"])
        yield Change(row["seq"], row["at"], Delta(put, tuple(row["drop"])), was)


def joined(blobs: Iterable[bytes]) -> bytes:
    """One blob of several, in their order."""
    return _compress(b"".join(_inflate(blob) for blob in blobs))


def _pack(values: Iterable[object]) -> bytes:
    lines = (json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for value in values)
    return _compress(b"".join(lines))


def _compress(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(data)


def _inflate(blob: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(blob, max_output_size=_BLOB_BYTES)


def _lines(blob: bytes) -> list[bytes]:
    return _inflate(blob).splitlines()
