"""History: what is read equals what was stored, by every path."""

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netviz.model.delta import Delta, apply, diff
from netviz.model.link import Link
from netviz.model.topology import AnyEntity
from netviz.server.history import store
from netviz.server.history.blobs import (
    Change,
    change_of,
    joined,
    pack_changes,
    pack_topology,
    unpack_changes,
    unpack_topology,
)
from netviz.server.history.models import Keyframe, Segment
from netviz.server.hosts.models import Host
from netviz.server.hosts.sessions import Superseded
from tests.entities import changed, topologies
from tests.server.people import People

World = dict[str, AnyEntity]


@given(topologies)
def test_topology_is_the_same_after_packing_into_a_keyframe_and_unpacking(world: World) -> None:
    assert unpack_topology(pack_topology(world)) == world


@given(st.lists(changed(), max_size=4))
def test_changes_are_the_same_after_packing_into_a_segment_of_history_and_unpacking(
    pairs: list[tuple[World, World]],
) -> None:
    changes = [change_of(old, seq, 1_000 + seq, diff(old, new)) for seq, (old, new) in enumerate(pairs)]
    assert list(unpack_changes(pack_changes(changes))) == changes


@given(changed())
def test_inverse_of_a_change_restores_the_previous_topology(pair: tuple[World, World]) -> None:
    old, new = pair
    change = change_of(old, 1, 0, diff(old, new))
    assert apply(new, change.inverse) == old


@given(st.lists(changed(), min_size=2, max_size=4))
def test_joined_segments_of_history_contain_all_changes_in_order(pairs: list[tuple[World, World]]) -> None:
    changes = [change_of(old, seq, seq, diff(old, new)) for seq, (old, new) in enumerate(pairs)]
    blobs = [pack_changes([change]) for change in changes]
    assert list(unpack_changes(joined(blobs))) == changes


def fresh(host: Host) -> uuid.UUID:
    """Returns the host with an empty history and our session."""
    Segment.objects.filter(host=host).delete()
    Keyframe.objects.filter(host=host).delete()
    Host.objects.filter(id=host.id).update(seq=0, session="s")
    return host.id


def store_all(host: uuid.UUID, worlds: list[World]) -> None:
    """Stores the steps from nothing through these topologies, in batches of three changes."""
    before: World = {}
    changes: list[Change] = []
    for seq, world in enumerate(worlds, 1):
        changes.append(change_of(before, seq, seq, diff(before, world)))
        before = world
    for start in range(0, len(changes), 3):
        batch = changes[start : start + 3]
        store.store(host, "s", batch, "e", batch[-1].seq)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=50)
@given(worlds=st.lists(topologies, min_size=1, max_size=8), merge_at=st.integers(2, 6), data=st.data())
def test_loaded_topology_equals_the_stored_one(
    people: People, monkeypatch: pytest.MonkeyPatch, worlds: list[World], merge_at: int, data: Any
) -> None:
    monkeypatch.setattr(store, "MERGE_AT", merge_at)
    host = fresh(people.host)
    store_all(host, worlds)
    keyframe_at = data.draw(st.integers(0, len(worlds)))
    if keyframe_at:
        store.store_keyframe(host, worlds[keyframe_at - 1], keyframe_at, 0)
    present = store.load(host)
    assert present.entities == worlds[-1]
    assert (present.seq, present.agent_seq) == (len(worlds), len(worlds))


def test_merging_small_segments_of_history_loses_no_change(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MERGE_AT", 10)
    host = fresh(people.host)
    store_all(host, [{"link/1/1": Link("1", 1, f"v{n}", "veth")} for n in range(35)])
    spans = list(Segment.objects.order_by("first").values_list("first", "last", "count"))
    assert [first for first, _, _ in spans] == [1, *(last + 1 for _, last, _ in spans[:-1])]
    assert sum(count for _, _, count in spans) == 35
    assert len(spans) < 6


def test_connection_that_was_replaced_by_a_newer_one_stores_nothing(people: People) -> None:
    host = fresh(people.host)
    change = change_of({}, 1, 0, Delta((Link("1", 1, "lo", "loopback"),)))
    with pytest.raises(Superseded):
        store.store(host, "another", [change], "e", 1)
    assert not Segment.objects.exists()


def test_changes_that_do_not_follow_the_last_stored_change_are_not_stored(people: People) -> None:
    host = fresh(people.host)
    change = change_of({}, 5, 0, Delta((Link("1", 1, "lo", "loopback"),)))
    with pytest.raises(Superseded):
        store.store(host, "s", [change], "e", 1)
    assert (Host.objects.get(id=host).seq, Segment.objects.count()) == (0, 0)


def test_storing_the_whole_topology_twice_after_the_same_change_keeps_the_first(people: People) -> None:
    host = fresh(people.host)
    store.store_keyframe(host, {}, 3, 0)
    store.store_keyframe(host, {"link/1/1": Link("1", 1, "lo", "loopback")}, 3, 9)
    assert unpack_topology(bytes(Keyframe.objects.get().blob)) == {}


def test_whole_topology_is_due_to_be_stored_again_after_a_fixed_number_of_changes(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEYFRAME_EVERY", 10)
    host = fresh(people.host)
    assert store.keyframe_due(host, 0)
    store.store_keyframe(host, {}, 1, 0)
    assert not store.keyframe_due(host, 10)
    assert store.keyframe_due(host, 11)
