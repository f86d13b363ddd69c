"""Encodes a topology as frames: a snapshot in chunks, and deltas, all within the size of a frame.

Each entity is encoded once.
"""

from collections.abc import Iterable, Iterator, Sequence

from netviz.model.delta import Delta
from netviz.model.topology import AnyEntity
from netviz.wire.codec import encode
from netviz.wire.frames import Bulk, DeltaFrame, SnapshotBegin, SnapshotEnd
from netviz.wire.limits import ARRAY_ITEMS, CHUNK_BYTES, FRAME_BYTES


def snapshot_frames(
    entities: Iterable[AnyEntity], epoch: str, seq: int, at_ms: int, chunk_bytes: int = CHUNK_BYTES
) -> list[bytes]:
    """Returns the encoded frames of a snapshot of these entities: begin, chunks of about `chunk_bytes`, end."""
    count = 0
    chunks: list[bytes] = []
    for group in _grouped(entities, chunk_bytes):
        chunks.append(b'{"t":"snapshot_chunk","index":%d,"entities":[%b]}' % (len(chunks), b",".join(group)))
        count += len(group)
    begin = encode(SnapshotBegin(epoch, seq, len(chunks), count, at_ms))
    return [begin, *chunks, encode(SnapshotEnd())]


def delta_frames(delta: Delta, epoch: str, seq: int, at_ms: int) -> list[bytes]:
    """Returns the encoded frames of a delta. Most deltas need only one frame.

    The first frame has this `seq`, and `seq` increases by one in each further frame. Dropped keys come first; the order
    has no effect, because no key is both in `put` and in `drop`.
    """
    drops = list(_cut(delta.drop, CHUNK_BYTES))
    puts = list(_grouped(delta.put, CHUNK_BYTES))
    frames: list[bytes] = []
    if len(drops) <= 1 and len(puts) <= 1:
        frame = delta_frame(epoch, seq, puts[0] if puts else [], drops[0] if drops else (), at_ms)
        if len(frame) <= FRAME_BYTES:
            return [frame]
    for part in drops:
        frames.append(delta_frame(epoch, seq + len(frames), [], part, at_ms))
    for group in puts:
        frames.append(delta_frame(epoch, seq + len(frames), group, (), at_ms))
    return frames


def bulk_frames(ns: str, seq: int, delta: Delta, *, whole: bool = False) -> list[bytes]:
    """Returns the encoded `bulk` frames for a change of one namespace's bulky entities (such as netfilter rules).

    All frames have the same `seq`. In all frames but the last, `more` is true.

    If `whole` is true, the first frame makes the browser discard the bulky entities that it has of the namespace. So
    there is a frame even if `delta` is empty.
    """
    drops, puts = list(_cut(delta.drop, CHUNK_BYTES)), list(_grouped(delta.put, CHUNK_BYTES))
    if len(drops) <= 1 and len(puts) <= 1:
        frame = _with_put(encode(Bulk(ns, seq, drop=drops[0] if drops else (), whole=whole)), puts[0] if puts else ())
        if len(frame) <= FRAME_BYTES:
            return [frame]
    parts: list[tuple[Sequence[bytes], tuple[str, ...]]] = [((), keys) for keys in drops]
    parts += [(group, ()) for group in puts]
    frames = []
    for at, (put, drop) in enumerate(parts, 1):
        frame = encode(Bulk(ns, seq, drop=drop, whole=whole and at == 1, more=at < len(parts)))
        frames.append(_with_put(frame, put))
    return frames


def delta_frame(epoch: str, seq: int, put: Sequence[bytes], drop: tuple[str, ...], at_ms: int) -> bytes:
    """Returns the encoded frame of a delta. `put` has the encoded entities."""
    frame = encode(DeltaFrame(epoch, seq, drop=drop, at_ms=at_ms))
    return _with_put(frame, put)


def delta_parts(epoch: str, seq: int, put: Iterable[bytes], drop: tuple[str, ...], at_ms: int) -> list[bytes]:
    """Returns the encoded frames of a delta, all with the same `seq`: together they are the delta. `put` has the
    encoded entities.
    """
    frames = [delta_frame(epoch, seq, [], keys, at_ms) for keys in _cut(drop, CHUNK_BYTES)]
    frames += [delta_frame(epoch, seq, group, (), at_ms) for group in _groups(put, CHUNK_BYTES)]
    return frames or [delta_frame(epoch, seq, [], (), at_ms)]


def _with_put(frame: bytes, put: Sequence[bytes]) -> bytes:
    return frame[:-1] + b',"put":[%b]}' % b",".join(put) if put else frame


def _cut(keys: tuple[str, ...], limit_bytes: int) -> Iterator[tuple[str, ...]]:
    """Returns keys in groups that have at most `limit_bytes` in JSON and `ARRAY_ITEMS` items."""
    group: list[str] = []
    size = 0
    for key in keys:
        longest = 2 * len(key.encode()) + 3  # JSON writes each backslash as two, so a key may become twice as long
        if group and (size + longest > limit_bytes or len(group) == ARRAY_ITEMS):
            yield tuple(group)
            group, size = [], 0
        group.append(key)
        size += longest
    if group:
        yield tuple(group)


def _grouped(entities: Iterable[AnyEntity], limit_bytes: int) -> Iterator[list[bytes]]:
    """Returns encoded entities in groups of about `limit_bytes` and up to `ARRAY_ITEMS` items."""
    return _groups((encode(entity) for entity in entities), limit_bytes)


def _groups(encoded: Iterable[bytes], limit_bytes: int) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    size = 0
    for data in encoded:
        if group and (size + len(data) > limit_bytes or len(group) == ARRAY_ITEMS):
            yield group
            group, size = [], 0
        group.append(data)
        size += len(data) + 1
    if group:
        yield group
