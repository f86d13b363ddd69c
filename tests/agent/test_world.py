"""The kept topology: parts are replaced, differences come out once, budgets cut visibly."""

from netviz.agent.world import World
from netviz.model.address import Address
from netviz.model.namespace import Gap, Namespace


def addresses(*numbers: int, label: str = "") -> list[Address]:
    return [Address("1", 2, "ip", f"192.0.2.{number}", 24, label=label) for number in numbers]


def test_only_differences_come_out_and_only_once() -> None:
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


def test_what_changes_and_changes_back_is_no_difference() -> None:
    world = World(100)
    world.replace("1", "addresses", addresses(1))
    world.take()
    world.replace("1", "addresses", addresses(1, label="x"))
    world.replace("1", "addresses", addresses(2))
    world.replace("1", "addresses", addresses(1))
    assert not world.take()


def test_what_comes_and_goes_between_two_takings_is_no_difference() -> None:
    world = World(100)
    world.replace("1", "addresses", addresses(1))
    world.forget("1")
    assert not world.take()


def test_a_namespace_goes_with_all_its_parts() -> None:
    world = World(100)
    world.replace("1", "namespace", [Namespace("1")])
    world.replace("1", "addresses", addresses(1, 2))
    world.replace("2", "namespace", [Namespace("2")])
    world.take()
    world.forget("1")
    assert len(world.take().drop) == 3
    assert list(world.entities) == ["ns/2"]


def test_more_than_the_budget_is_cut_with_a_gap_that_says_how_much() -> None:
    world = World(10)
    world.replace("1", "namespace", [Namespace("1")])
    world.replace("1", "addresses", addresses(*range(50)))
    (gap,) = [entity for entity in world.entities.values() if isinstance(entity, Gap)]
    assert (gap.ns, gap.subject, gap.code, gap.shown, gap.total) == ("1", "addresses", "cut", 8, 50)
    assert "42 of 50" in gap.text
    assert len(world.entities) == 10


def test_a_part_that_fits_again_has_no_gap_any_more() -> None:
    world = World(10)
    world.replace("1", "addresses", addresses(*range(50)))
    world.replace("1", "addresses", addresses(*range(5)))
    assert len(world.entities) == 5
