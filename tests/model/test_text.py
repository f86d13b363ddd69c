"""Bytes from the kernel become text that is safe to show, lossless and unambiguous."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netviz.model.entity import key_of
from netviz.model.text import key_part, raw, text, word

without_nul = st.binary(max_size=64).map(lambda value: value.replace(b"\0", b""))


@given(without_nul)
def test_text_made_from_kernel_bytes_can_be_converted_back_to_the_same_bytes(name: bytes) -> None:
    assert raw(text(name)) == name


@given(without_nul)
def test_text_without_white_space_made_from_kernel_bytes_can_be_converted_back_to_the_same_bytes(name: bytes) -> None:
    assert raw(word(text(name))) == name
    assert not any(char.isspace() for char in word(text(name)))


@given(without_nul, without_nul)
def test_two_different_names_from_the_kernel_never_give_the_same_text(first: bytes, second: bytes) -> None:
    assert (text(first) == text(second)) == (first == second)


@given(st.binary(max_size=64))
def test_text_made_from_kernel_bytes_has_no_invisible_characters(name: bytes) -> None:
    assert all(unicodedata.category(char)[0] != "C" for char in text(name))
    text(name).encode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"eth0\0", "eth0"),
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"a\\b", "a\\x5cb"),
        (b"\x1b[31m", "\\x1b[31m"),
        ("a\u202eb".encode(), "a\\xe2\\x80\\xaeb"),
        ("eth0\u200b".encode(), "eth0\\xe2\\x80\\x8b"),
        ("\u2066x\u2069".encode(), "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9"),
        (b"two\nlines", "two\\x0alines"),
        (b"we<b>ird", "we<b>ird"),
        ("brücke".encode(), "brücke"),
        (b"a b", "a b"),
        ("\ufeffx".encode(), "\\xef\\xbb\\xbfx"),
        ("\u3164".encode(), "\\xe3\\x85\\xa4"),
    ],
)
def test_name_from_the_kernel_is_shown_with_invisible_or_misleading_characters_escaped(name: bytes, shown: str) -> None:
    assert text(name) == shown


def test_conversion_of_a_text_to_one_word_escapes_every_kind_of_white_space_in_unicode() -> None:
    assert word(text("a b\u3000c\u00a0d".encode())) == "a\\x20b\\xe3\\x80\\x80c\\xc2\\xa0d"


@given(st.lists(without_nul, min_size=1, max_size=3), st.lists(without_nul, min_size=1, max_size=3))
def test_two_entity_keys_are_equal_only_if_all_their_parts_are_equal(first: list[bytes], second: list[bytes]) -> None:
    keys = [key_of("x", *(text(part) for part in parts)) for parts in (first, second)]
    assert (keys[0] == keys[1]) == (first == second)


def test_slash_in_a_field_is_escaped_in_the_key_of_an_entity() -> None:
    assert key_of("nf_chain", "7", key_part("a/b")) == "nf_chain/7/a\\x2fb"
