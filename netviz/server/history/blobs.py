"""Stored changes, and the blobs of keyframes and segments.

A blob is written by the model of `PROTOCOL`. A blob of an older version is converted when it is read
(`netviz.wire.upcast`); the database keeps it as it is.
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

# Level 3 of zstd takes 5 us per delta, and compresses within a tenth of level 9.
_LEVEL = 3

# The largest size of a decompressed blob. It allows a snapshot of the maximum size with field names written out.
_BLOB_BYTES = 256 << 20


class Unreadable(Exception):
    """Means that no version can read a stored blob. The message names the place. The agent is not the cause."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a host's history. It has a seq, the server's time, the delta, and the previous values."""

    seq: int
    at_ms: int
    delta: Delta
    before: tuple[AnyEntity, ...]

    @property
    def inverse(self) -> Delta:
        """Returns the delta that undoes this change."""
        known = {entity.key for entity in self.before}
        return Delta(self.before, tuple(entity.key for entity in self.delta.put if entity.key not in known))


def change_of(world: Topology, seq: int, at_ms: int, delta: Delta) -> Change:
    """Returns the change that a delta makes to this topology."""
    touched = (*(entity.key for entity in delta.put), *delta.drop)
    return Change(seq, at_ms, delta, tuple(world[key] for key in touched if key in world))


def pack_topology(world: Topology) -> bytes:
    """Returns the blob of a keyframe."""
    return _pack(plain(entity) for entity in world.values())


def unpack_topology(blob: bytes, version: int = PROTOCOL) -> dict[str, AnyEntity]:
    """Returns the topology in a keyframe's blob. Raises Unreadable."""
    with _reading(version):
        return {entity.key: entity for entity in decode_entities(_inflate(blob), version)}


def pack_changes(changes: Iterable[Change]) -> bytes:
    """Returns the blob of a segment."""
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
    """Returns the changes in a segment's blob, in order. Raises Unreadable."""
    with _reading(version):
        rows = decode_changes(_inflate(blob), version)
    return [Change(row.seq, row.at, Delta(row.put, row.drop), row.was) for row in rows]


def present_changes(blob: bytes, version: int) -> bytes:
    """Converts a segment's blob to the current model. Raises Unreadable."""
    return blob if version == PROTOCOL else pack_changes(unpack_changes(blob, version))


def joined(blobs: Iterable[bytes]) -> bytes:
    """Joins blobs of the same version, in order."""
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
        raise Unreadable(f"model version {version} wrote the blob, but this server reads versions 1 to {PROTOCOL}")
    try:
        yield
    except WireError as problem:
        raise Unreadable(str(problem)) from None
    except zstandard.ZstdError as problem:
        raise Unreadable(f"the blob is not a complete zstd frame: {problem}") from None
