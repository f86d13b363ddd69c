"""History in the database: read the present, store changes. Blocking; called from threads."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, F, Max, Sum
from django.utils import timezone

from netviz.model.delta import apply_to
from netviz.model.topology import AnyEntity, Topology
from netviz.server.history.blobs import Change, joined, pack_changes, pack_topology, unpack_changes, unpack_topology
from netviz.server.history.models import Keyframe, Segment
from netviz.server.hosts.models import Host

# Small segments are joined when they hold this many changes: reading a state unpacks half of it on average.
MERGE_AT = 1_024

# Changes between two keyframes: at 38 bytes a change a keyframe of 14,000 objects is a third of the whole.
KEYFRAME_EVERY = 16_384


class Superseded(Exception):
    """Another connection writes for this host by now, or the host was revoked."""


@dataclass(slots=True)
class Present:
    """A host's topology as stored: after change `seq`, which the agent called `agent_seq` of `epoch`."""

    seq: int = 0
    epoch: str = ""
    agent_seq: int = 0
    entities: dict[str, AnyEntity] = field(default_factory=dict)


def load(host: uuid.UUID) -> Present:
    """What is stored of a host, as of now. Raises Host.DoesNotExist."""
    row = Host.objects.get(id=host)
    present = Present(row.seq, row.epoch, row.agent_seq)
    keyframe = Keyframe.objects.filter(host=host, seq__lte=row.seq).order_by("-seq").first()
    if keyframe is not None:
        present.entities = unpack_topology(bytes(keyframe.blob))
    done = 0 if keyframe is None else keyframe.seq
    for segment in Segment.objects.filter(host=host, last__gt=done, first__lte=row.seq).order_by("first"):
        for change in unpack_changes(bytes(segment.blob)):
            if done < change.seq <= row.seq:
                apply_to(present.entities, change.delta)
    return present


@transaction.atomic
def open_session(host: uuid.UUID, session: str) -> None:
    """From now on only this session may write for the host."""
    Host.objects.filter(id=host).update(session=session, stale_since=None, seen=timezone.now())


def close_session(host: uuid.UUID, session: str) -> None:
    """The session's connection is gone: the host is stale, unless another has taken its place."""
    Host.objects.filter(id=host, session=session).update(stale_since=timezone.now(), session="")


def holds(host: uuid.UUID, session: str) -> bool:
    """Whether the session may still write; marks the host as seen if so."""
    return bool(Host.objects.filter(id=host, session=session, revoked=None).update(seen=timezone.now()))


@transaction.atomic
def store(host: uuid.UUID, session: str, changes: Sequence[Change], epoch: str, agent_seq: int) -> None:
    """Stores changes that follow on what is stored, and what the agent called the last. Raises Superseded."""
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
        _add_segment(host, changes)


@transaction.atomic
def store_keyframe(host: uuid.UUID, world: Topology, seq: int, at_ms: int) -> None:
    """Stores the whole topology after change `seq`; storing it again does nothing."""
    Keyframe.objects.get_or_create(host_id=host, seq=seq, defaults={"at_ms": at_ms, "blob": pack_topology(world)})


def keyframe_due(host: uuid.UUID, seq: int) -> bool:
    """Whether so much has changed since the last keyframe that reading the present takes long."""
    last = Keyframe.objects.filter(host=host).order_by("-seq").values_list("seq", flat=True).first()
    return last is None or seq - last >= KEYFRAME_EVERY


def _add_segment(host: uuid.UUID, changes: Sequence[Change]) -> None:
    new = Segment(
        host_id=host,
        first=changes[0].seq,
        last=changes[-1].seq,
        from_ms=changes[0].at_ms,
        to_ms=changes[-1].at_ms,
        count=len(changes),
        blob=pack_changes(changes),
    )
    new.save()
    done = Segment.objects.filter(host=host, count__gte=MERGE_AT).aggregate(last=Max("last"))["last"] or 0
    small = Segment.objects.filter(host=host, first__gt=done)
    found = small.aggregate(segments=Count("id"), changes=Sum("count"))
    if found["segments"] > 1 and found["changes"] >= MERGE_AT:
        _merge(list(small.order_by("first")))


def _merge(segments: list[Segment]) -> None:
    first, last = segments[0], segments[-1]
    Segment.objects.filter(id__in=[segment.id for segment in segments[1:]]).delete()
    first.blob = joined(bytes(segment.blob) for segment in segments)
    first.last, first.to_ms = last.last, last.to_ms
    first.count = sum(segment.count for segment in segments)
    first.save()
