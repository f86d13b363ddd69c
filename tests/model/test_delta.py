"""Laws of deltas."""

from hypothesis import given

from netviz.model.delta import Delta, apply, diff, inverse
from netviz.model.topology import AnyEntity
from tests.entities import changed, topologies

World = dict[str, AnyEntity]


@given(changed())
def test_applying_the_difference_leads_to_the_other(pair: tuple[World, World]) -> None:
    old, new = pair
    assert apply(old, diff(old, new)) == new


@given(topologies)
def test_nothing_differs_from_itself(world: World) -> None:
    assert not diff(world, dict(world))


@given(changed())
def test_a_replay_changes_nothing_more(pair: tuple[World, World]) -> None:
    old, new = pair
    delta = diff(old, new)
    assert apply(apply(old, delta), delta) == new


@given(changed())
def test_the_inverse_leads_back(pair: tuple[World, World]) -> None:
    old, new = pair
    assert apply(new, inverse(old, diff(old, new))) == old


@given(changed())
def test_a_key_is_put_or_dropped_but_not_both(pair: tuple[World, World]) -> None:
    delta = diff(*pair)
    assert not {entity.key for entity in delta.put} & set(delta.drop)


def test_an_empty_delta_is_false() -> None:
    assert not Delta()
