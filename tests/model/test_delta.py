"""Laws of deltas."""

from hypothesis import given

from netviz.model.delta import Delta, apply, apply_to, diff, diff_within, inverse
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


@given(changed())
def test_a_part_read_anew_changes_that_part_alone(pair: tuple[World, World]) -> None:
    old, new = pair
    part = [key for key in old if key.startswith("link/")]
    fresh = {key: entity for key, entity in new.items() if key.startswith("link/")}
    after = dict(old)
    apply_to(after, diff_within(old, part, fresh))
    rest = {key: entity for key, entity in old.items() if not key.startswith("link/")}
    assert after == {**rest, **fresh}


def test_an_empty_delta_is_false() -> None:
    assert not Delta()
