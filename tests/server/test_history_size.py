"""The history of a host stays within its quota, and its parts have limits."""

import uuid
from collections.abc import Callable

import pytest
import zstandard
from django.conf import settings
from django.db import connection

from netviz.model.delta import Delta
from netviz.model.link import Link
from netviz.model.topology import AnyEntity
from netviz.server.history import blobs, quota, store
from netviz.server.history.blobs import Unreadable, change_of, pack_changes, unpack_changes
from netviz.server.history.models import Segment
from netviz.server.hosts.models import Host
from netviz.server.live import ingest
from netviz.server.live.feeds import load_async
from netviz.server.tally import dropped
from netviz.wire.codec import encode
from netviz.wire.frames import Ack, DeltaFrame
from tests.server.entities import large
from tests.server.people import People
from tests.server.sockets import Agent
from tests.waiting import until


def filled(host: uuid.UUID, changes: int, text: Callable[[int], str] = str) -> dict[str, AnyEntity]:
    """Stores this many changes of one large link, with the keyframes that are due."""
    world: dict[str, AnyEntity] = {}
    for seq in range(1, changes + 1):
        new = Link("1", 1, "v1", "veth", ifalias=text(seq))
        store.store(host, "s", [change_of(world, seq, seq * 1_000, Delta((new,)))], "e", seq)
        world = {new.key: new}
        if store.keyframe_due(host, seq):
            store.store_keyframe(host, world, seq, seq * 1_000)
    return world


@pytest.fixture
def stored_host(people: People) -> uuid.UUID:
    """Provides a host whose session is ours."""
    Host.objects.filter(id=people.host.id).update(session="s")
    return people.host.id


def noise(seq: int) -> str:
    """Returns a text that does not compress well."""
    return "".join(f"{(seq * 7919 + at * 104_729) % 2**32:x}" for at in range(2_000))


def test_quota_drops_the_oldest_history_of_the_host_and_only_of_this_host(
    stored_host: uuid.UUID, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEYFRAME_BYTES", 100_000)
    monkeypatch.setattr(store, "MERGE_BYTES", 50_000)
    monkeypatch.setattr(settings, "HISTORY_MIB", 1)
    Host.objects.filter(id=people.other.id).update(session="s")
    filled(people.other.id, 3)
    other = quota.stored_bytes(people.other.id)
    world = filled(stored_host, 300, noise)
    assert quota.stored_bytes(stored_host) > 1 << 20
    assert quota.begins_ms(stored_host) == 1_000
    begin = quota.over_quota(stored_host)
    assert begin is not None
    while quota.drop_before(stored_host, begin):
        pass
    assert quota.stored_bytes(stored_host) < 1 << 20
    assert quota.stored_bytes(stored_host) > 1 << 18
    assert quota.over_quota(stored_host) is None
    assert store.load(stored_host).entities == world
    assert quota.begins_ms(stored_host) == begin * 1_000
    assert quota.stored_bytes(people.other.id) == other


async def test_history_of_a_host_stays_within_its_quota_while_its_agent_sends(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HISTORY_MIB", 1)
    monkeypatch.setattr(store, "KEYFRAME_BYTES", 100_000)
    monkeypatch.setattr(ingest, "_CHECK_BYTES", 100_000)
    for seq in range(1, 300):
        await agent.send(DeltaFrame("e", seq, (Link("1", 1, "v1", "veth", ifalias=noise(seq)),)))
    while (await agent.receive_until(Ack)).seq < 299:
        pass
    await until(lambda: stored_bytes(people.host.id) < 3 << 19, "the oldest history was dropped")
    assert quota_drops() > 0
    assert (await load_async(people.host.id)).seq == 300


def stored_bytes(host: uuid.UUID) -> int:
    """Returns the bytes of a host's history. Closes the connection to the database that its thread opened."""
    try:
        return quota.stored_bytes(host)
    finally:
        connection.close()


def quota_drops() -> int:
    return dropped.counts["the oldest history of a host was dropped, because of its quota"]


def test_keyframe_is_due_when_the_changes_since_the_last_one_are_larger_than_it(stored_host: uuid.UUID) -> None:
    filled(stored_host, 1)
    assert not store.keyframe_due(stored_host, 1)
    old = large(1, "a", 20_000)
    for seq in range(2, 300):
        change = change_of({old.key: old}, seq, seq, Delta((large(1, "b", 20_000),)))
        store.store(stored_host, "s", [change], "e", seq)
        if store.keyframe_due(stored_host, seq):
            break
    assert seq * 40_000 == pytest.approx(store.KEYFRAME_BYTES, rel=0.1)


def test_segments_with_many_bytes_are_not_merged_into_one(stored_host: uuid.UUID) -> None:
    filled(stored_host, 200, lambda seq: str(seq % 10) * 20_000)
    sizes = list(Segment.objects.filter(host=stored_host).values_list("size", flat=True))
    assert max(sizes) < 2 * store.MERGE_BYTES
    assert len(sizes) < 150
    assert store.load(stored_host).seq == 200


def test_blob_that_states_more_than_the_largest_size_is_refused_before_it_is_decompressed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blob = zstandard.ZstdCompressor().compress(bytes(10_000_000))
    monkeypatch.setattr(blobs, "_BLOB_BYTES", 1_000_000)
    with pytest.raises(Unreadable, match="more than 1000000 bytes"):
        unpack_changes(blob)


def test_segment_is_the_same_whether_its_changes_were_encoded_before_or_not() -> None:
    old, new = large(1, "a", 10), large(1, "\u00e9", 10)
    change = change_of({old.key: old}, 4, 77, Delta((new,), ("link/1/9",)))
    encoded = blobs.Change(4, 77, Delta(), (), blobs.line_of(4, 77, [encode(new)], ("link/1/9",), [encode(old)]))
    assert unpack_changes(pack_changes([change])) == unpack_changes(pack_changes([encoded])) == [change]
