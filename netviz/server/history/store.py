"""Reads the current topology from the database and stores changes. The functions wait for the database, so call them
only from threads.
"""

import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone

from netviz.model.delta import apply_to
from netviz.model.topology import AnyEntity, Topology
from netviz.server.history.blobs import (
    Change,
    Unreadable,
    joined,
    pack_changes,
    pack_topology,
    present_changes,
    unpack_changes,
    unpack_topology,
    unpacked_size,
)
from netviz.server.history.models import Keyframe, Segment
from netviz.server.hosts.models import Host
from netviz.server.hosts.sessions import Superseded
from netviz.wire.frames import PROTOCOL

log = logging.getLogger(__name__)

# Small segments (runs of stored changes) are merged when they have `MERGE_AT` changes in total. To find the topology at
# some time, a reader needs half of a segment on average, so a larger number makes reading slower.
MERGE_AT = 1_024

# A segment of this many bytes (before compression) is not small, whatever the number of its changes: a merge reads and
# writes at most about twice as much.
MERGE_BYTES = 1 << 20

# Number of changes between two keyframes (stored whole topologies). With 38 bytes per change, keyframes of a host with
# 14,000 entities are a third of all stored bytes.
KEYFRAME_EVERY = 16_384

# A keyframe is also written when the changes since the last one have more bytes (before compression) than that keyframe
# itself, and more than this. So a reader replays at most about as much as it reads of the keyframe.
KEYFRAME_BYTES = 8 << 20


@dataclass(slots=True)
class Present:
    """A host's topology as it is stored after change `seq`. The agent's own number for the same change is `agent_seq`.
    This number is valid only within `epoch`: after each start, an agent uses a new epoch and new numbers. `epoch` is
    empty if a snapshot was stored only in part. `team` is the team of the host.
    """

    seq: int = 0
    epoch: str = ""
    agent_seq: int = 0
    entities: dict[str, AnyEntity] = field(default_factory=dict)
    team: uuid.UUID | None = None


def load(host: uuid.UUID) -> Present:
    """Reads the stored topology of a host. Raises Host.DoesNotExist; or Unreadable, whose message names the database
    row.
    """
    row = Host.objects.get(id=host)
    present = Present(row.seq, row.epoch, row.agent_seq, team=row.team_id)
    keyframe = Keyframe.objects.filter(host=host, seq__lte=row.seq).order_by("-seq").first()
    if keyframe is not None:
        with _row(host, "keyframe", keyframe.id, f"after change {keyframe.seq}"):
            present.entities = unpack_topology(bytes(keyframe.blob), keyframe.model_version)
    done = 0 if keyframe is None else keyframe.seq
    later = Segment.objects.filter(host=host, last__gt=done, first__lte=row.seq).order_by("first")
    for segment in later.iterator(chunk_size=16):  # all of them together may be large
        for change in _changes(segment):
            if done < change.seq <= row.seq:
                apply_to(present.entities, change.delta)
    return present


def _changes(segment: Segment) -> list[Change]:
    with _row(segment.host_id, "segment", segment.id, f"changes {segment.first} to {segment.last}"):
        return unpack_changes(bytes(segment.blob), segment.model_version)


@contextmanager
def _row(host: uuid.UUID, kind: str, number: int, what: str) -> Iterator[None]:
    try:
        yield
    except Unreadable as problem:
        raise Unreadable(f"host {host}, {kind} {number} ({what}): {problem}") from None


@transaction.atomic
def store(
    host: uuid.UUID, session: str, changes: Sequence[Change], epoch: str, agent_seq: int, blob: bytes | None = None
) -> None:
    """Stores changes that directly follow the stored ones. Also stores the number of the agent's last delta:
    `agent_seq` in the agent's numbering `epoch`. `blob` is `pack_changes(changes)`, if the caller has packed them.

    Raises Superseded if the session (an agent's connection) is no longer allowed to store changes, or if the changes do
    not follow the stored ones.
    """
    first = changes[0].seq if changes else None
    rows = Host.objects.filter(id=host, session=session, revoked=None)
    if first is not None:
        rows = rows.filter(seq=first - 1)
    moved = rows.update(
        seq=F("seq") + len(changes), epoch=epoch, agent_seq=agent_seq, seen=timezone.now(), stale_since=None
    )
    if not moved:
        raise Superseded
    if changes:
        _add_segment(host, changes, pack_changes(changes) if blob is None else blob)


@transaction.atomic
def store_keyframe(host: uuid.UUID, world: Topology | bytes, seq: int, at_ms: int) -> None:
    """Stores the whole topology after change `seq` as a keyframe. Idempotent. Replaces a keyframe that was written in
    an older protocol version. `world` is the topology, or `pack_topology` of it.
    """
    if Keyframe.objects.filter(host=host, seq=seq, model_version=PROTOCOL).exists():
        return
    blob = world if isinstance(world, bytes) else pack_topology(world)
    values = {"at_ms": at_ms, "model_version": PROTOCOL, "size": unpacked_size(blob), "blob": blob}
    Keyframe.objects.update_or_create(host_id=host, seq=seq, defaults=values)


def keyframe_due(host: uuid.UUID, seq: int) -> bool:
    """Returns whether a new keyframe (a stored whole topology) should be written: if there is none, or if many or large
    changes follow the last keyframe.

    Also returns True if the last keyframe was written in an older protocol version, because its conversion makes each
    read slower.
    """
    last = Keyframe.objects.filter(host=host).order_by("-seq").values_list("seq", "model_version", "size").first()
    if last is None:
        return True
    number, version, size = last
    if seq - number >= KEYFRAME_EVERY or version < PROTOCOL:
        return True
    since = Segment.objects.filter(host=host, last__gt=number).aggregate(size=Sum("size"))["size"] or 0
    return since >= max(size, KEYFRAME_BYTES)


def _add_segment(host: uuid.UUID, changes: Sequence[Change], blob: bytes) -> None:
    new = Segment(
        host_id=host,
        first=changes[0].seq,
        last=changes[-1].seq,
        from_ms=changes[0].at_ms,
        to_ms=changes[-1].at_ms,
        count=len(changes),
        model_version=PROTOCOL,
        size=unpacked_size(blob),
        blob=blob,
    )
    new.save()
    large = Q(count__gte=MERGE_AT) | Q(size__gte=MERGE_BYTES)
    done = Segment.objects.filter(large, host=host).aggregate(last=Max("last"))["last"] or 0
    small = Segment.objects.filter(host=host, first__gt=done)
    found = small.aggregate(segments=Count("id"), changes=Sum("count"), size=Sum("size"))
    if found["segments"] > 1 and (found["changes"] >= MERGE_AT or found["size"] >= MERGE_BYTES):
        _merge(list(small.order_by("first")))


def _merge(segments: list[Segment]) -> None:
    """Replaces several segments (runs of changes) by one segment that has the form of the current protocol.

    A segment that cannot be read stays as it is, and so do all older segments. The error is only logged, because new
    changes must still be stored.
    """
    blobs: list[bytes] = []
    start = 0
    for at, segment in enumerate(segments):
        try:
            with _row(segment.host_id, "segment", segment.id, f"changes {segment.first} to {segment.last}"):
                blobs.append(present_changes(bytes(segment.blob), segment.model_version))
        except Unreadable as problem:
            log.error("cannot merge a segment of stored history: %s", problem)
            blobs, start = [], at + 1
    merged = segments[start:]
    if len(merged) < 2:
        return
    first, last = merged[0], merged[-1]
    Segment.objects.filter(id__in=[segment.id for segment in merged[1:]]).delete()
    first.blob = joined(blobs)
    first.model_version = PROTOCOL
    first.last, first.to_ms = last.last, last.to_ms
    first.count = sum(segment.count for segment in merged)
    first.size = unpacked_size(first.blob)
    first.save()
