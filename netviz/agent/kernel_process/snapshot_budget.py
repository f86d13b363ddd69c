"""Limits a snapshot to the size that a server accepts. Entities that do not fit are left out, and a `Gap` (an entity of
the host) says how many.

The server does not receive these entities before the next snapshot. That snapshot is sent when there may be room for
them: the total size of the entities that were removed from the topology since the last snapshot must be at least the
total size of the entities that were left out.
"""

from collections import Counter
from collections.abc import Callable

from netviz.model.delta import Delta
from netviz.model.entity import key_of
from netviz.model.namespace import Gap
from netviz.model.topology import AnyEntity, Topology, namespace_of
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import encode
from netviz.wire.limits import ENTITIES

SUBJECT = "snapshot"
_GAP = key_of(Gap.TAG, "", SUBJECT)

# The order in which entities are left out. First come types of which a namespace may have thousands (`_BULKY`), last
# come types on which the rest of the map depends (`_LASTING`: a higher number is left out later). Among entities of
# equal rank, those of the namespace and type with the most bytes are left out first.
_BULKY = frozenset({"nf_elements", "nf_rule", "legacy_table", "route"})
_LASTING = {"owner": 2, "link": 2, "gap": 3, "ns": 4, "host": 5}

# Bytes reserved for the `Gap`, and for what each frame of the snapshot contains besides entities.
_ROUND_BYTES = 1 << 16


class SnapshotBudget:
    """Limits snapshots to `limit_bytes`. Removes from later deltas the entities that the last snapshot left out."""

    def __init__(self, limit_bytes: int, entities: int = ENTITIES) -> None:
        self._limit = limit_bytes
        self._entities = entities
        self._sent: dict[str, int] = {}
        self._left_out: dict[str, int] = {}
        self._freed = 0
        self._gap: Gap | None = None
        self._since_ms = 0
        self._was_whole = False

    def snapshot(self, world: Topology, epoch: str, seq: int, at_ms: int) -> list[bytes]:
        """Returns the frames of a snapshot. If not all entities fit into the limit, the snapshot contains those that
        fit, and a `Gap` with the number of the others.
        """
        self._sent, self._left_out, self._freed = {}, {}, 0
        self._gap = None
        frames = snapshot_frames(world.values(), epoch, seq, at_ms)
        if sum(map(len, frames)) <= self._limit and len(world) <= self._entities:
            self._was_whole = True
            return frames
        del frames
        if self._was_whole:  # what is left out now was shown before
            self._since_ms, self._was_whole = at_ms, False
        self._sent = {key: len(encode(entity)) + 1 for key, entity in world.items()}
        self._leave_out(world)
        kept = [entity for key, entity in world.items() if key in self._sent]
        self._gap = self._count()
        return snapshot_frames([*kept, self._gap], epoch, seq, at_ms)

    def delta(self, delta: Delta) -> Delta:
        """Returns the part of a delta to send: entities that the last snapshot left out are removed from it.

        If the number of these entities changes, the updated `Gap` is added.
        """
        if not self._left_out:
            return delta
        drop = tuple(key for key in delta.drop if self._left_out.pop(key, None) is None)
        self._freed += sum(self._sent.pop(key, 0) for key in drop)
        put = tuple(entity for entity in delta.put if entity.key not in self._left_out)
        for entity in put:
            self._sent.setdefault(entity.key, 0)
        if not self._left_out:
            self._was_whole = True
            return Delta(put, (*drop, _GAP))
        last, self._gap = self._gap, self._count()
        return Delta(put if self._gap == last else (*put, self._gap), drop)

    @property
    def has_room(self) -> bool:
        """Returns whether a new snapshot may have room for the entities that were left out.

        This is so if the entities that were removed since the last snapshot had at least the same total size.
        """
        return bool(self._left_out) and self._freed >= sum(self._left_out.values())

    def _leave_out(self, world: Topology) -> None:
        """Leaves out entities in the order of `_last_first` until the others fit into the limit."""
        sizes: Counter[tuple[str, str]] = Counter()
        for key, size in self._sent.items():
            sizes[_group(world[key])] += size
        order = sorted(self._sent, key=_last_first(world, sizes))
        size = sum(self._sent.values())
        while order and (size > self._limit - _ROUND_BYTES or len(order) >= self._entities):
            key = order.pop()
            self._left_out[key] = self._sent.pop(key)
            size -= self._left_out[key]

    def _count(self) -> Gap:
        left_out, total = len(self._left_out), len(self._left_out) + len(self._sent)
        return Gap("", SUBJECT, "snapshot-size", (f"{self._limit:,}",), total - left_out, total, self._since_ms)


def _group(entity: AnyEntity) -> tuple[str, str]:
    return namespace_of(entity), entity.TAG


def _last_first(world: Topology, sizes: Counter[tuple[str, str]]) -> Callable[[str], tuple[int, int, tuple[str, str]]]:
    """Returns the function by which entities are sorted before some are left out: the last one is left out first."""

    def rank(key: str) -> tuple[int, int, tuple[str, str]]:
        group = _group(world[key])
        return -_LASTING.get(group[1], 0 if group[1] in _BULKY else 1), sizes[group], group

    return rank
