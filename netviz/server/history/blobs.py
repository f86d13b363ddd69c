"""Changes of a host's topology, and the blobs that store them: keyframes (a whole topology) and segments (runs of
changes).

A server writes a blob in the form of its own `PROTOCOL`. A blob of an older protocol is converted when it is read
(`netviz.wire.upcast`); the database keeps the older form.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import zstandard

from netviz.model.delta import Delta
from netviz.model.topology import AnyEntity, Topology
from netviz.server.decoder import decode_changes, decode_entities
from netviz.wire.codec import encode
from netviz.wire.frames import PROTOCOL
from netviz.wire.problems import WireError

# Level 3 of zstd takes 5 us per delta, and its output is at most a tenth larger than that of level 9.
_LEVEL = 3

# Maximum bytes of a decompressed blob. An earlier server wrote changes that replaced one snapshot by another and
# contained both, so two snapshots of the maximum size (`SNAPSHOT_BYTES`) must fit. To be safe, there is room for four.
_BLOB_BYTES = 256 << 20

# Lines are given to the compressor in portions of about this many bytes.
_PORTION_BYTES = 1 << 18


class Unreadable(Exception):
    """Means that a stored blob is damaged, or that a newer server wrote it. The message says what is wrong. The agent
    did not cause this error.
    """


@dataclass(frozen=True, slots=True)
class Change:
    """A change in a host's history: its number, its time by the server's clock, the delta, and the earlier values of
    the entities that the delta replaces or drops. `encoded` is its line in a segment, if that was already made.
    """

    seq: int
    at_ms: int
    delta: Delta
    before: tuple[AnyEntity, ...]
    encoded: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def inverse(self) -> Delta:
        """Returns the delta that undoes this change."""
        known = {entity.key for entity in self.before}
        return Delta(self.before, tuple(entity.key for entity in self.delta.put if entity.key not in known))

    @property
    def line(self) -> bytes:
        """Returns the line of this change in a segment, which ends with a line feed."""
        if self.encoded is not None:
            return self.encoded
        put, before = map(encode, self.delta.put), map(encode, self.before)
        return line_of(self.seq, self.at_ms, put, self.delta.drop, before)


def line_of(seq: int, at_ms: int, put: Iterable[bytes], drop: tuple[str, ...], before: Iterable[bytes]) -> bytes:
    """Returns the line of a change in a segment. `put` and `before` are encoded entities."""
    keys = json.dumps(drop, ensure_ascii=False, separators=(",", ":")).encode()
    parts = seq, at_ms, b",".join(put), keys, b",".join(before)
    return b'{"seq":%d,"at":%d,"put":[%b],"drop":%b,"was":[%b]}\n' % parts


def change_of(world: Topology, seq: int, at_ms: int, delta: Delta) -> Change:
    """Returns the change that a delta makes to this topology: the delta together with the values that it replaces or
    drops.
    """
    touched = (*(entity.key for entity in delta.put), *delta.drop)
    return Change(seq, at_ms, delta, tuple(world[key] for key in touched if key in world))


def pack_topology(world: Topology) -> bytes:
    """Packs a whole topology into the blob of a keyframe: one entity per JSON line, compressed with zstd."""
    entities = world.values()
    # Each entity is encoded twice, because the text of a large topology takes as much memory as the topology.
    size = sum(len(encode(entity)) + 1 for entity in entities)
    return _pack((encode(entity) + b"\n" for entity in entities), size)


def unpack_topology(blob: bytes, version: int = PROTOCOL) -> dict[str, AnyEntity]:
    """Returns the topology in the blob of a keyframe, as entities by key. Raises Unreadable."""
    with _reading(version):
        return {entity.key: entity for entity in decode_entities(_inflate(blob), version)}


def pack_changes(changes: Iterable[Change]) -> bytes:
    """Packs changes into the blob of a segment (a run of changes): one change per JSON line, compressed with zstd."""
    lines = [change.line for change in changes]
    return _pack(lines, sum(map(len, lines)))


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
    texts = [_inflate(blob) for blob in blobs]
    return _pack(texts, sum(map(len, texts)))


def unpacked_size(blob: bytes) -> int:
    """Returns the number of bytes of a blob after decompression, as the blob states it. Raises Unreadable."""
    try:
        return zstandard.frame_content_size(blob)
    except zstandard.ZstdError as problem:
        raise Unreadable(f"the blob is not a zstd frame: {problem}") from None


def _pack(lines: Iterable[bytes], size: int) -> bytes:
    """Compresses the lines, which have `size` bytes, in portions, so that they are not copied into one large text."""
    stream = zstandard.ZstdCompressor(level=_LEVEL).compressobj(size=size)
    out: list[bytes] = []
    portion: list[bytes] = []
    waiting = 0
    for line in lines:
        portion.append(line)
        waiting += len(line)
        if waiting >= _PORTION_BYTES:
            out.append(stream.compress(b"".join(portion)))
            portion, waiting = [], 0
    return b"".join([*out, stream.compress(b"".join(portion)), stream.flush()])


def _inflate(blob: bytes) -> bytes:
    # `max_output_size` has no effect on a frame that states its size, and all of ours do.
    if unpacked_size(blob) > _BLOB_BYTES:
        raise Unreadable(f"the blob has more than {_BLOB_BYTES} bytes after decompression")
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
