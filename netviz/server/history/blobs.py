"""A change as it is stored, and the blobs of keyframes and segments.

A blob is written by the model of `PROTOCOL`. One of an older version is brought to the present model when it is read
(`netviz.wire.upcast`); it stays in the database as it was written.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import zstandard

from netviz.model.delta import Delta
from netviz.model.topology import AnyEntity, Topology
from netviz.server.decoder import decode_changes, decode_entities
from netviz.wire.codec import plain
from netviz.wire.frames import PROTOCOL
from netviz.wire.problems import WireError

# zstd's level 3 costs 5 us a delta here and comes within a tenth of level 9.
_LEVEL = 3

# The most a blob may grow to when it is read: a snapshot's cap, with the names of its fields written out.
_BLOB_BYTES = 256 << 20


class Unreadable(Exception):
    """A blob that no version's reader understands. The text says where. No agent is to blame."""


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


def unpack_topology(blob: bytes, version: int = PROTOCOL) -> dict[str, AnyEntity]:
    """The topology of a keyframe's blob. Raises Unreadable."""
    with _reading(version):
        return {entity.key: entity for entity in decode_entities(_inflate(blob), version)}


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


def unpack_changes(blob: bytes, version: int = PROTOCOL) -> list[Change]:
    """The changes of a segment's blob, in their order. Raises Unreadable."""
    with _reading(version):
        rows = decode_changes(_inflate(blob), version)
    return [Change(row.seq, row.at, Delta(row.put, row.drop), row.was) for row in rows]


def present_changes(blob: bytes, version: int) -> bytes:
    """A segment's blob as the present model writes it. Raises Unreadable."""
    return blob if version == PROTOCOL else pack_changes(unpack_changes(blob, version))


def joined(blobs: Iterable[bytes]) -> bytes:
    """One blob of several of the same version, in their order."""
    return _compress(b"".join(_inflate(blob) for blob in blobs))


def _pack(values: Iterable[object]) -> bytes:
    lines = (json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for value in values)
    return _compress(b"".join(lines))


def _compress(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(data)


def _inflate(blob: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(blob, max_output_size=_BLOB_BYTES)


@contextmanager
def _reading(version: int) -> Iterator[None]:
    if not 1 <= version <= PROTOCOL:
        raise Unreadable(f"it was written by model version {version}; this server reads 1 to {PROTOCOL}")
    try:
        yield
    except WireError as problem:
        raise Unreadable(str(problem)) from None
    except zstandard.ZstdError as problem:
        raise Unreadable(f"not a whole zstd frame: {problem}") from None
