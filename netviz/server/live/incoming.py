"""A snapshot of an agent, while it arrives and while it is applied.

The chunks are checked when they arrive, and are then kept as compressed text: entities in memory would take ten times
as much. When the snapshot is complete, it is decoded again, one chunk at a time.
"""

from collections import deque
from collections.abc import Iterator

import zstandard

from netviz.model.topology import AnyEntity, Topology
from netviz.server.decoder import decode
from netviz.server.live.pieces import Piece, pieces_of
from netviz.wire.frames import PROTOCOL, SnapshotBegin, SnapshotChunk
from netviz.wire.limits import ENTITIES, FRAME_BYTES, SNAPSHOT_BYTES, SNAPSHOT_CHUNKS
from netviz.wire.problems import WireError


def packed(raw: bytes) -> bytes:
    """Compresses the text of a chunk."""
    return zstandard.ZstdCompressor(level=1).compress(raw)


class Incoming:
    """A snapshot that has not completely arrived yet, or that is being applied."""

    def __init__(self, begin: SnapshotBegin) -> None:
        if not 0 <= begin.chunks <= SNAPSHOT_CHUNKS:
            raise WireError(
                "bad-value", f"the snapshot has {begin.chunks} chunks; the limit is {SNAPSHOT_CHUNKS}", "chunks"
            )
        if not 0 <= begin.entities <= ENTITIES:
            raise WireError(
                "bad-value", f"the snapshot has {begin.entities} entities; the limit is {ENTITIES}", "entities"
            )
        self.begin = begin
        self._chunks: deque[tuple[bytes, int]] = deque()  # compressed text, protocol
        self._arrived = 0
        self._size = 0
        self._entities = 0
        self._keys: set[str] = set()

    def expect(self, chunk: SnapshotChunk) -> None:
        """Checks that this chunk is the next one. Raises WireError."""
        if chunk.index != self._arrived or chunk.index >= self.begin.chunks:
            raise WireError("bad-order", f"expected chunk {self._arrived}, received {chunk.index}", "index")

    def add(self, chunk: SnapshotChunk, size: int, text: bytes, protocol: int = PROTOCOL) -> None:
        """Adds the next chunk. `text` is its text in this protocol, as `packed` returns it; `size` is that of the
        frame. Raises WireError.
        """
        self.expect(chunk)
        self._arrived += 1
        self._size += size
        self._entities += len(chunk.entities)
        self._keys.update(entity.key for entity in chunk.entities)
        if self._size > SNAPSHOT_BYTES:
            raise WireError("too-large", f"the snapshot has more than {SNAPSHOT_BYTES} bytes, which is the limit")
        if self._entities > self.begin.entities:
            raise WireError(
                "bad-value", f"the snapshot has more than the announced {self.begin.entities} entities", "entities"
            )
        if len(self._keys) != self._entities:
            raise WireError("bad-value", "the snapshot has a duplicate key", "entities")
        self._chunks.append((text, protocol))

    def check_complete(self) -> None:
        """Raises WireError if a part of the snapshot is missing."""
        if (self._arrived, self._entities) != (self.begin.chunks, self.begin.entities):
            text = f"{self._arrived} of {self.begin.chunks} chunks, {self._entities} of {self.begin.entities} entities"
            raise WireError("bad-order", f"the snapshot ended early: the server received {text}")

    def pieces(self, world: Topology) -> Iterator[Piece | None]:
        """Yields the pieces of the change from this topology to the snapshot; `world` may receive each of them before
        the next one is requested. Yields None after each chunk, so that other work can have its turn.
        """
        gone = [key for key in world if key not in self._keys]
        return pieces_of(world, gone, self._changed(world))

    def _changed(self, world: Topology) -> Iterator[AnyEntity | None]:
        while self._chunks:
            text, protocol = self._chunks.popleft()
            raw = zstandard.ZstdDecompressor().decompress(text, max_output_size=FRAME_BYTES)
            chunk = decode(raw, "agent", protocol)
            assert isinstance(chunk, SnapshotChunk)  # noqa: S101 - only chunks are added
            yield from (entity for entity in chunk.entities if world.get(entity.key) != entity)
            yield None
