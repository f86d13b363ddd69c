"""Changes of a host's topology, and the blobs that store them: keyframes (a whole topology) and segments (runs of
changes).

A server writes a blob in the form of its own `PROTOCOL`. A blob of an older protocol is converted when it is read
(`netviz.wire.upcast`); the database keeps the older form.
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

# Level 3 of zstd takes 5 us per delta, and its output is at most a tenth larger than that of level 9.
_LEVEL = 3

# Maximum bytes of a decompressed blob. The largest change replaces one snapshot by another and contains both, so two
# snapshots of the maximum size (`SNAPSHOT_BYTES`) must fit. To be safe, the limit has room for four.
_BLOB_BYTES = 256 << 20


class Unreadable(Exception):
    """Means that a stored blob is damaged, or that a newer server wrote it. The message says what is wrong. The agent
    did not cause this error.
    """


@dataclass(frozen=True, slots=True)
class Change:
    """A change in a host's history: its number, its time by the server's clock, the delta, and the earlier values of
    the entities that the delta replaces or drops.
    """

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
    """Returns the change that a delta makes to this topology: the delta together with the values that it replaces or
    drops.
    """
    touched = (*(entity.key for entity in delta.put), *delta.drop)
    return Change(seq, at_ms, delta, tuple(world[key] for key in touched if key in world))


def pack_topology(world: Topology) -> bytes:
    """Packs a whole topology into the blob of a keyframe: one entity per JSON line, compressed with zstd."""
    return _pack(plain(entity) for entity in world.values())


def unpack_topology(blob: bytes, version: int = PROTOCOL) -> dict[str, AnyEntity]:
    """Returns the topology in the blob of a keyframe, as entities by key. Raises Unreadable."""
    with _reading(version):
        return {entity.key: entity for entity in decode_entities(_inflate(blob), version)}


def pack_changes(changes: Iterable[Change]) -> bytes:
    """Packs changes into the blob of a segment (a run of changes): one change per JSON line, compressed with zstd."""
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
    """Returns the changes in the blob of a segment (a run of changes), in order. Raises Unreadable."""
    with _reading(version):
        rows = decode_changes(_inflate(blob), version)
    return [Change(row.seq, row.at, Delta(row.put, row.drop), row.was) for row in rows]


def present_changes(blob: bytes, version: int) -> bytes:
    """Converts the blob of a segment (a run of changes) from the protocol `version` to the current one. Raises
    Unreadable.
    """
    return blob if version == PROTOCOL else pack_changes(unpack_changes(blob, version))


def joined(blobs: Iterable[bytes]) -> bytes:
    """Joins the blobs of segments (runs of changes), in order. All of them must be written in the same protocol
    version.
    """
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
        raise Unreadable(f"the blob has model version {version}, but this server reads versions 1 to {PROTOCOL}")
    try:
        yield
    except WireError as problem:
        raise Unreadable(str(problem)) from None
    except zstandard.ZstdError as problem:
        raise Unreadable(f"the blob is not a complete zstd frame: {problem}") from None
