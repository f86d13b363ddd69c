"""The agent's topology: parts are replaced, differences are returned once, budgets leave entities out visibly."""

import time

import pytest

from netviz.agent.world import World
from netviz.model.address import Address
from netviz.model.link import Link
from netviz.model.namespace import Gap, Host, Namespace


def addresses(*numbers: int, label: str = "") -> list[Address]:
    return [Address("1", 2, "ip", f"192.0.2.{number}", 24, label=label) for number in numbers]


def test_each_change_of_the_topology_is_returned_only_once() -> None:
    world = World(100)
    world.replace("1", "addresses", addresses(1, 2))
    assert len(world.take().put) == 2
    world.replace("1", "addresses", addresses(2, 3))
    delta = world.take()
    assert ([entity.key for entity in delta.put], list(delta.drop)) == (
        [addresses(3)[0].key],
        [addresses(1)[0].key],
    )
    assert not world.take()


def test_entity_that_changed_and_then_changed_back_is_not_returned_as_a_change() -> None:
    world = World(100)
    world.replace("1", "addresses", addresses(1))
    world.take()
    world.replace("1", "addresses", addresses(1, label="x"))
    world.replace("1", "addresses", addresses(2))
    world.replace("1", "addresses", addresses(1))
    assert not world.take()


def test_entity_that_was_added_and_then_removed_is_not_returned_as_a_change() -> None:
    world = World(100)
    world.replace("1", "addresses", addresses(1))
    world.forget("1")
    assert not world.take()


def test_removing_a_namespace_removes_all_entities_in_it() -> None:
    world = World(100)
    world.replace("1", "namespace", [Namespace("1")])
    world.replace("1", "addresses", addresses(1, 2))
    world.replace("2", "namespace", [Namespace("2")])
    world.take()
    world.forget("1")
    assert len(world.take().drop) == 3
    assert list(world.entities) == ["ns/2"]


def test_entities_above_the_limit_are_left_out_and_a_gap_entity_says_how_many() -> None:
    world = World(10)
    world.replace("1", "namespace", [Namespace("1")])
    world.replace("1", "addresses", addresses(*range(50)))
    (gap,) = [entity for entity in world.entities.values() if isinstance(entity, Gap)]
    assert (gap.ns, gap.subject, gap.code, gap.shown, gap.total) == ("1", "addresses", "cut", 8, 50)
    assert "42 of 50" in gap.text
    assert len(world.entities) == 10


def test_number_of_missing_entities_disappears_when_all_entities_fit_into_the_topology_again() -> None:
    world = World(10)
    world.replace("1", "addresses", addresses(*range(50)))
    world.replace("1", "addresses", addresses(*range(5)))
    assert len(world.entities) == 5


def since(world: World) -> list[int]:
    """Returns the times in the gaps."""
    return [entity.since_ms for entity in world.entities.values() if isinstance(entity, Gap)]


@pytest.mark.parametrize("first", [3, 20])
def test_gap_of_a_limit_has_the_time_since_when_entities_are_left_out_if_all_were_shown_before(first: int) -> None:
    world = World(10)
    world.replace("1", "addresses", addresses(*range(first)))
    world.take()
    before_ms = int(time.time() * 1_000)
    world.replace("1", "addresses", addresses(*range(30)))
    (began_ms,) = since(world)
    assert (began_ms >= before_ms) == (first == 3)
    world.replace("1", "addresses", addresses(*range(40)))
    assert since(world) == [began_ms]


def test_gap_of_links_has_the_time_since_when_one_is_left_out_if_all_were_shown_before() -> None:
    world = World(2)
    put_links(world, 1, 2)
    world.take()
    before_ms = int(time.time() * 1_000)
    put_links(world, 3)
    (began_ms,) = since(world)
    assert began_ms >= before_ms
    put_links(world, 4)
    assert since(world) == [began_ms]


def test_frozen_subject_is_shown_as_of_its_last_read_even_if_a_limit_left_out_some_of_it_before() -> None:
    world = World(10)
    world.replace("1", "addresses", addresses(1))
    world.take()
    world.replace("1", "addresses", addresses(*range(30)))
    world.freeze(Gap("1", "addresses", "unreachable", since_ms=7))
    assert since(world) == [7]


def links(world: World) -> tuple[list[int], list[tuple[int, int]]]:
    """Returns the ifindexes of the kept links, and the numbers (shown, total) in the gaps of links."""
    kept = sorted(entity.ifindex for entity in world.entities.values() if isinstance(entity, Link))
    gaps = [entity for entity in world.entities.values() if isinstance(entity, Gap) and entity.subject == "links"]
    assert all(gap.code == "cut" and f"{gap.total - gap.shown} of {gap.total}" in gap.text for gap in gaps)
    return kept, [(gap.shown, gap.total) for gap in gaps]


def put_links(world: World, *numbers: int, ns: str = "1") -> None:
    for number in numbers:
        world.put(ns, "links", Link(ns, number, f"v{number}", "veth"))


def test_entity_above_the_limit_is_only_counted_until_the_topology_has_room_for_it() -> None:
    world = World(3)
    put_links(world, 1, 2, 3, 4, 5)
    assert links(world) == ([1, 2, 3], [(3, 5)])
    world.remove("1", "links", Link("1", 5, "v5", "veth").key)
    assert links(world) == ([1, 2, 3], [(3, 4)])
    world.take()
    world.remove("1", "links", Link("1", 1, "v1", "veth").key)
    assert links(world) == ([2, 3, 4], [])
    delta = world.take()
    assert ([entity.key for entity in delta.put], sorted(delta.drop)) == (["link/1/4"], ["gap/1/links", "link/1/1"])


def test_entity_above_the_limit_is_later_added_with_its_newest_value() -> None:
    world = World(2)
    world.replace("1", "addresses", addresses(1, 2))
    put_links(world, 1)
    put_links(world, 7, ns="2")
    world.put("1", "links", Link("1", 1, "renamed", "veth"))
    assert links(world) == ([], [(0, 1), (0, 1)])
    world.replace("1", "addresses", ())
    assert links(world) == ([1, 7], [])
    assert {entity.ifname for entity in world.entities.values() if isinstance(entity, Link)} == {"renamed", "v7"}


def test_removal_of_a_namespace_makes_room_for_entities_of_other_namespaces_that_were_above_the_limit() -> None:
    world = World(2)
    put_links(world, 1, 2, 3)
    put_links(world, 9, ns="2")
    world.forget("1")
    world.remove("1", "links", "link/1/3")
    assert links(world) == ([9], [])
    assert world.namespaces() == ["2"]


def test_number_of_missing_entities_includes_those_that_the_reader_left_out_and_those_above_the_limit() -> None:
    world = World(2)
    world.set_left_out("1", "links", 4)
    assert links(world) == ([], [(0, 4)])
    put_links(world, 1, 2, 3)
    assert links(world) == ([1, 2], [(2, 7)])
    world.set_left_out("1", "links", 0)
    assert links(world) == ([1, 2], [(2, 3)])
    world.remove("1", "links", "link/1/1")
    assert links(world) == ([2, 3], [])


def test_topology_at_its_maximum_size_does_not_change_if_the_same_entities_are_read_again() -> None:
    world = World(4)
    world.replace("1", "addresses", addresses(1, 2))
    put_links(world, 1, 2, 3, 4)
    world.take()
    for _ in range(3):
        world.replace("1", "addresses", addresses(1, 2))
        world.replace("1", "routes", ())
    assert not world.take()
    assert links(world) == ([1, 2], [(2, 4)])


def test_topology_at_its_maximum_size_still_accepts_the_host_entity_and_namespace_entities() -> None:
    world = World(2)
    world.replace("1", "addresses", addresses(*range(5)))
    world.replace("1", "namespace", [Namespace("1")])
    world.replace("", "host", [Host("h", "b", "1")])
    assert {"ns/1", "host"} <= world.entities.keys()
