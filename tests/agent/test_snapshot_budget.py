"""A snapshot that is cut to the size that a server accepts, and the deltas after it."""

from collections.abc import Sequence

from netviz.agent.kernel_process.snapshot_budget import SnapshotBudget
from netviz.model.delta import Delta
from netviz.model.link import Link
from netviz.model.namespace import Gap, Host, Namespace
from netviz.model.route import NextHop, Route
from netviz.model.topology import AnyEntity, topology
from netviz.wire.codec import decode
from netviz.wire.frames import SnapshotBegin, SnapshotChunk
from netviz.wire.limits import ARRAY_ITEMS, CHUNK_BYTES, ENTITIES, SNAPSHOT_BYTES, SNAPSHOT_CHUNKS

LIMIT = 256 << 10
BASE: list[AnyEntity] = [Host("h", "b", "1"), Namespace("1"), Namespace("2"), Link("1", 1, "lo", "loopback")]


def routes(ns: str, count: int) -> list[Route]:
    return [Route(ns, "ip", 9, f"10.0.{number >> 8}.{number & 255}/32", hops=(NextHop(1),)) for number in range(count)]


def received(frames: Sequence[bytes]) -> dict[str, AnyEntity]:
    """Returns the topology of a server after these frames; it counts them as the agent does."""
    begin, *chunks, _ = (decode(frame, "agent") for frame in frames)
    found = [entity for chunk in chunks if isinstance(chunk, SnapshotChunk) for entity in chunk.entities]
    assert isinstance(begin, SnapshotBegin)
    assert begin.entities == len(found)
    return topology(found)


def gap_in(entities: Sequence[AnyEntity]) -> Gap:
    (gap,) = [entity for entity in entities if isinstance(entity, Gap)]
    return gap


def test_snapshot_that_fits_its_size_limit_contains_all_entities() -> None:
    world = topology([*BASE, *routes("1", 1_000)])
    fitting = SnapshotBudget(LIMIT)
    assert received(fitting.snapshot(world, "e", 1, 0)) == world
    delta = Delta((BASE[0],), ("link/1/7",))
    assert fitting.delta(delta) is delta
    assert not fitting.has_room


def test_gap_of_a_snapshot_has_the_time_since_when_something_is_left_out_if_all_was_sent_before() -> None:
    small, large = topology([*BASE, *routes("1", 100)]), topology([*BASE, *routes("1", 3_000)])
    budget = SnapshotBudget(LIMIT)
    gaps = [
        [each.since_ms for each in received(budget.snapshot(world, "e", 1, at_ms)).values() if isinstance(each, Gap)]
        for at_ms, world in ((10, large), (20, large), (30, small), (40, large), (50, large))
    ]
    assert gaps == [[0], [0], [], [40], [40]]


def test_too_large_snapshot_leaves_out_routes_of_the_largest_namespace_first_and_says_how_many() -> None:
    world = topology([*BASE, *routes("1", 800), *routes("2", 3_000)])
    frames = SnapshotBudget(LIMIT).snapshot(world, "e", 1, 0)
    assert sum(map(len, frames)) <= LIMIT
    kept = received(frames)
    assert {entity.key for entity in [*BASE, *routes("1", 800)]} <= kept.keys()
    gap = gap_in(list(kept.values()))
    assert (gap.ns, gap.shown, gap.total) == ("", len(kept) - 1, len(world))


def test_snapshot_has_at_most_the_maximum_number_of_entities() -> None:
    world = topology([*BASE, *routes("1", 100)])
    kept = received(SnapshotBudget(LIMIT, entities=50).snapshot(world, "e", 1, 0))
    assert len(kept) == 50
    assert gap_in(list(kept.values())).total == len(world)


def test_later_deltas_do_not_contain_the_entities_that_the_snapshot_left_out_but_say_how_many_they_are() -> None:
    world = topology([*BASE, *routes("1", 3_000)])
    fitting = SnapshotBudget(LIMIT)
    kept = received(fitting.snapshot(world, "e", 1, 0))
    left_out = [entity for key, entity in world.items() if key not in kept]
    new = Link("1", 2, "v0", "veth")
    first = fitting.delta(Delta((left_out[0], new), (left_out[1].key,)))
    assert (first.put[0], first.drop) == (new, ())
    gap = gap_in(first.put)
    assert (gap.shown, gap.total - gap.shown) == (len(kept), len(left_out) - 1)
    assert fitting.delta(Delta((left_out[0],))) == Delta()
    last = fitting.delta(Delta(drop=tuple(entity.key for entity in left_out)))
    assert last == Delta(drop=(left_out[1].key, gap.key))


def test_entities_that_were_left_out_may_fit_again_when_entities_of_the_same_total_size_were_removed() -> None:
    world = topology([*BASE, *routes("1", 3_000)])
    fitting = SnapshotBudget(LIMIT)
    kept = received(fitting.snapshot(world, "e", 1, 0))
    going = [key for key, entity in kept.items() if isinstance(entity, Route)]
    fitting.delta(Delta(drop=tuple(going[:10])))
    assert not fitting.has_room
    fitting.delta(Delta(drop=tuple(going[10:])))
    assert fitting.has_room


def test_snapshot_of_the_maximum_size_never_needs_more_chunks_than_the_server_accepts() -> None:
    full = 2 * SNAPSHOT_BYTES // CHUNK_BYTES + ENTITIES // ARRAY_ITEMS + 1  # two adjacent chunks have the size of one
    assert full <= SNAPSHOT_CHUNKS
