"""Laws of deltas."""

from hypothesis import given

from netviz.model.delta import Delta, apply, diff
from netviz.model.topology import AnyEntity
from tests.entities import changed, topologies

World = dict[str, AnyEntity]


@given(changed())
def test_applying_the_difference_gives_the_other_topology(pair: tuple[World, World]) -> None:
    old, new = pair
    assert apply(old, diff(old, new)) == new


@given(topologies)
def test_topology_does_not_differ_from_itself(world: World) -> None:
    assert not diff(world, dict(world))


@given(changed())
def test_replay_changes_nothing(pair: tuple[World, World]) -> None:
    old, new = pair
    delta = diff(old, new)
    assert apply(apply(old, delta), delta) == new


@given(changed())
def test_difference_in_the_other_direction_leads_back(pair: tuple[World, World]) -> None:
    old, new = pair
    assert apply(apply(old, diff(old, new)), diff(new, old)) == old


@given(changed())
def test_key_is_never_both_put_and_dropped(pair: tuple[World, World]) -> None:
    delta = diff(*pair)
    assert not {entity.key for entity in delta.put} & set(delta.drop)


def test_empty_delta_is_false() -> None:
    assert not Delta()
