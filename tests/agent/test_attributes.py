"""Parsing netlink messages: a compiled layout and a walk give the same result for any bytes."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from netviz.agent.netlink.requests import attribute
from netviz.uapi.attributes import Layouts, each, walk

WANTED: dict[int | tuple[int, ...], str] = {1: "s", 2: "I", 3: "H", 4: "B", 5: "i"}
ATTRIBUTES = st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=12)), max_size=8)


def message(header: int, attributes: list[tuple[int, bytes]]) -> bytes:
    return struct.pack("=I", header) + b"".join(attribute(kind, value) for kind, value in attributes)


def by_walk(payload: bytes) -> tuple[object, ...]:
    found = walk(payload, 4)
    values: list[object] = [struct.unpack_from("=I", payload)[0]]
    for kind, code in WANTED.items():
        assert isinstance(kind, int)
        raw = found.get(kind)
        if raw is None or code == "s":
            values.append(raw)
        else:
            values.append(struct.unpack("=" + code, raw)[0] if len(raw) == struct.calcsize(code) else None)
    return tuple(values)


@given(st.integers(0, 2**32 - 1), ATTRIBUTES)
def test_parser_with_compiled_layouts_gives_the_same_values_as_parsing_attribute_by_attribute(
    header: int, attributes: list[tuple[int, bytes]]
) -> None:
    unique = list(dict(attributes).items())
    payload = message(header, unique)
    layouts = Layouts("I", WANTED)
    assert layouts(payload) == by_walk(payload)
    assert layouts(payload) == by_walk(payload), "the second time by the layout that the first compiled"


@given(st.binary(max_size=60))
def test_parser_with_compiled_layouts_raises_no_error_for_a_message_of_arbitrary_bytes(raw: bytes) -> None:
    payload = b"\0\0\0\0" + raw
    assert len(Layouts("I", WANTED)(payload)) == 1 + len(WANTED)


def test_two_messages_of_equal_length_are_both_parsed_correctly_if_their_attributes_differ() -> None:
    layouts = Layouts("I", WANTED)
    one, other = message(1, [(2, b"\1\0\0\0")]), message(1, [(5, b"\1\0\0\0")])
    assert layouts(one) != layouts(other)
    assert (layouts(one), layouts(other)) == (by_walk(one), by_walk(other))


def test_messages_are_still_parsed_correctly_when_the_parser_has_the_maximum_number_of_compiled_layouts() -> None:
    layouts = Layouts("I", WANTED)
    for size in range(3_000):
        payload = message(size, [(1, bytes(size % 1_500)), (4 + size % 3, b"\1")])
        assert layouts(payload) == by_walk(payload)


def test_parsed_list_of_attributes_keeps_their_order_and_repeated_types() -> None:
    payload = attribute(3, b"a") + attribute(3, b"b") + attribute(1, b"")
    assert list(each(payload)) == [(3, b"a"), (3, b"b"), (1, b"")]


def test_parsed_attribute_type_does_not_include_the_nested_flag() -> None:
    assert walk(attribute(0x8000 | 7, b"x")) == {7: b"x"}


NESTED: dict[int | tuple[int, ...], str] = {1: "s", (2, 1): "I", (2, 3, 1): "B", (2, 3, 2): "s", 3: "H"}


def nest(parts: list[tuple[int, bytes]]) -> bytes:
    return b"".join(attribute(kind, value) for kind, value in dict(parts).items())


@given(
    st.lists(st.tuples(st.integers(0, 4), st.binary(max_size=9)), max_size=4),
    st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.binary(max_size=9)), max_size=3),
    st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=5)), max_size=3),
)
def test_nested_attribute_is_found_by_the_types_of_all_attributes_around_it_followed_by_its_own_type(
    outer: list[tuple[int, bytes]], middle: list[tuple[int, bytes]], inner: list[tuple[int, bytes]]
) -> None:
    within = nest([*middle, (3, nest(inner))])
    payload = message(7, list(dict([*outer, (2, within)]).items()))
    found, low = walk(within), walk(nest(inner))
    layouts = Layouts("I", NESTED)
    byte, half = low.get(1), dict(outer).get(3)
    word = found.get(1)
    expected = (
        7,
        dict(outer).get(1),
        struct.unpack("=I", word)[0] if word is not None and len(word) == 4 else None,
        byte[0] if byte is not None and len(byte) == 1 else None,
        low.get(2),
        struct.unpack("=H", half)[0] if half is not None and len(half) == 2 else None,
    )
    assert layouts(payload) == expected
    assert layouts(payload) == expected, "the second time by the layout that the first compiled"
