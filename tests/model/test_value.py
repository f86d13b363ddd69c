"""The model's classes have the equality, the hash and the text of dataclasses."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from netviz.model.value import value


@value
class Ours:
    """A class of the model."""

    name: str
    number: int | None = None


@value
class Other:
    """A class with the same fields."""

    name: str
    number: int | None = None


@dataclass(unsafe_hash=True)
class Theirs:
    """The same as a plain dataclass."""

    name: str
    number: int | None = None


SMALL = st.tuples(st.sampled_from(["", "a", "b"]), st.sampled_from([None, 0, 1]))


@given(SMALL, SMALL)
def test_objects_are_equal_exactly_if_all_their_fields_are(first: tuple[str, int], second: tuple[str, int]) -> None:
    assert (Ours(*first) == Ours(*second)) == (first == second)
    assert (Ours(*first) != Ours(*second)) == (first != second)


@given(SMALL)
def test_equal_objects_have_the_hash_and_the_text_of_a_dataclass(fields: tuple[str, int]) -> None:
    assert hash(Ours(*fields)) == hash(Ours(*fields)) == hash(Theirs(*fields))
    assert repr(Ours(*fields)) == repr(Theirs(*fields)).replace("Theirs", "Ours")


def test_objects_of_different_classes_are_never_equal() -> None:
    others: list[object] = [Other("a", 1), ("a", 1)]
    assert Ours("a", 1) not in others
    assert all(other != Ours("a", 1) for other in others)


def test_first_comparison_of_a_class_may_be_one_inside_a_container() -> None:
    @value
    class Fresh:
        number: int

    assert Fresh(1) in [Fresh(0), Fresh(1)]
    assert {Fresh(1): "one"}[Fresh(1)] == "one"
