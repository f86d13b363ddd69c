"""Deltas between topologies follow their laws."""

from hypothesis import given

from netviz.model.delta import Delta, apply, diff
from netviz.model.topology import AnyEntity
from tests.entities import changed, topologies

World = dict[str, AnyEntity]


@given(changed())
def test_applying_the_difference_of_two_topologies_to_the_first_gives_the_second(pair: tuple[World, World]) -> None:
    old, new = pair
    assert apply(old, diff(old, new)) == new


@given(topologies)
def test_difference_of_a_topology_from_itself_is_empty(world: World) -> None:
    assert not diff(world, dict(world))


@given(changed())
def test_applying_a_delta_a_second_time_changes_nothing(pair: tuple[World, World]) -> None:
    old, new = pair
    delta = diff(old, new)
    assert apply(apply(old, delta), delta) == new


@given(changed())
def test_applying_the_reverse_difference_restores_the_first_topology(pair: tuple[World, World]) -> None:
    old, new = pair
    assert apply(apply(old, diff(old, new)), diff(new, old)) == old


@given(changed())
def test_delta_never_puts_and_drops_the_same_key(pair: tuple[World, World]) -> None:
    delta = diff(*pair)
    assert not {entity.key for entity in delta.put} & set(delta.drop)


def test_delta_without_changes_is_false_as_a_condition() -> None:
    assert not Delta()
