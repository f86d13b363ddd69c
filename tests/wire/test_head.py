"""The head of a frame: read without its body, and refused if it is not as our encoder writes it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netviz.wire.codec import Head, encode, head
from netviz.wire.frames import DIRECTIONS, DeltaFrame, SnapshotBegin, SnapshotChunk
from netviz.wire.limits import FRAME_BYTES, INTEGER
from netviz.wire.problems import WireError
from tests.entities import of_class


@given(st.one_of([of_class(cls) for cls in DIRECTIONS["agent"]]))
def test_beginning_of_a_frame_has_the_same_tag_and_epoch_and_seq_as_the_decoded_frame(frame: Any) -> None:
    steps = isinstance(frame, DeltaFrame | SnapshotBegin)
    if steps and frame.seq < 0:
        with pytest.raises(WireError):
            head(encode(frame))
        return
    assert head(encode(frame)) == (Head(frame.TAG, frame.epoch, frame.seq) if steps else Head(frame.TAG))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_beginning_of_a_frame_is_decoded_correctly_with_any_text_as_its_epoch_field(epoch: str) -> None:
    assert head(encode(DeltaFrame(epoch, 7))) == Head("delta", epoch, 7)


def test_reading_only_the_beginning_of_a_frame_does_not_parse_its_body() -> None:
    assert head(b'{"t":"delta","epoch":"e","seq":5,"put":[[[[not json at all}') == Head("delta", "e", 5)
    assert head(encode(SnapshotChunk(3, ()))) == Head("snapshot_chunk")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"t":"delta"}',
        b'{"t":"delta","seq":1,"epoch":"e"}',
        b'{"t":"delta","epoch":"e"}',
        b'{"t":"delta","epoch":7,"seq":1}',
        b'{"t":"delta","epoch":"e","seq":"1"}',
        b'{"t":"delta","epoch":"e","seq":-1}',
        b'{"t":"delta","epoch":"e","seq":1.5}',
        b'{"t":"delta","epoch":"e","seq":01}',
        b'{"t":"delta","epoch":"e","seq":1e3}',
        b'{"t":"delta","epoch":"e","seq":%d}' % (INTEGER + 1),
        b'{"t":"delta","epoch":"e","seq":99999999999999999999}',
        b'{"t":"delta","epoch":"\\u0000","seq":1}',
        b'{"t":"delta","epoch":"\\ud800","seq":1}',
        b'{"t":"delta","epoch":"\\x","seq":1}',
        b'{"t":"delta","epoch":"\xff","seq":1}',
        b'{"t":"delta","epoch":"a\nb","seq":1}',
        b'{"t":"delta","epoch":"e","seq":1',
        b' {"t":"snapshot_end"}',
        b'{"t": "snapshot_end"}',
        b'{"epoch":"e","t":"delta","seq":1}',
        b'{"t":"Delta","epoch":"e","seq":1}',
        b'{"t":"snapshot_end"]',
        b'{"t":"' + b"x" * 100 + b'"}',
        b'{"t":"state"}' + b" " * FRAME_BYTES,
    ],
)
def test_frame_with_an_invalid_beginning_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        head(data)


@given(st.binary(max_size=80))
def test_valid_beginning_followed_by_any_bytes_is_read_or_refused_with_a_wire_error(data: bytes) -> None:
    try:
        found = head(b'{"t":"delta","epoch":' + data)
    except WireError:
        return
    assert json.dumps(found.epoch)
    assert found.seq >= 0
