"""The codec follows its laws, and its errors say what is wrong and where."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netviz.server.decoder
from netviz.model.link import Link
from netviz.model.topology import AnyEntity
from netviz.wire.chunks import delta_frames, snapshot_frames
from netviz.wire.codec import decode, encode, parse
from netviz.wire.frames import DIRECTIONS, FRAME_TYPES, DeltaFrame, SnapshotBegin, SnapshotChunk, SnapshotEnd
from netviz.wire.limits import FRAME_BYTES
from netviz.wire.problems import WireError
from tests.entities import deltas, entities, of_class, topologies


@given(st.one_of([of_class(cls) for cls in FRAME_TYPES]))
def test_decoding_an_encoded_frame_returns_an_equal_frame(frame: Any) -> None:
    ways = [way for way, classes in DIRECTIONS.items() if type(frame) in classes]
    assert ways
    assert [decode(encode(frame), way) for way in ways] == [frame] * len(ways)  # type: ignore[call-overload]


@given(entities)
def test_server_decoder_returns_every_entity_unchanged(entity: AnyEntity) -> None:
    assert netviz.server.decoder.decode_entity(encode(entity)) == entity


@given(entities)
def test_encoded_frame_omits_default_values(entity: AnyEntity) -> None:
    spoken = json.loads(encode(entity))
    (again,) = decode(encode(DeltaFrame("e", 1, (entity,))), "agent").put  # type: ignore[union-attr]
    assert again == entity
    assert "notes" not in spoken or spoken["notes"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_codec_and_server_decoder_refuse_json_that_is_not_a_frame_and_raise_a_wire_error(value: Any) -> None:
    data = json.dumps(value).encode()
    for decoder in (decode, netviz.server.decoder.decode):
        with pytest.raises(WireError):
            decoder(data, "agent")


@given(st.binary(max_size=200))
def test_codec_and_server_decoder_refuse_random_bytes_and_raise_a_wire_error(data: bytes) -> None:
    for decoder in (decode, netviz.server.decoder.decode):
        with pytest.raises(WireError):
            decoder(data, "browser")


@given(topologies)
def test_snapshot_frames_contain_every_entity_once(world: dict[str, AnyEntity]) -> None:
    begin, *chunks, end = (decode(raw, "agent") for raw in snapshot_frames(world.values(), "e", 7, 0))
    assert isinstance(begin, SnapshotBegin)
    assert isinstance(end, SnapshotEnd)
    found = [entity for chunk in chunks if isinstance(chunk, SnapshotChunk) for entity in chunk.entities]
    assert (begin.chunks, begin.entities) == (len(chunks), len(found))
    assert {entity.key: entity for entity in found} == world


@given(deltas)
def test_frames_of_a_delta_contain_all_entities_and_keys_of_the_delta(delta: Any) -> None:
    frames = [decode(raw, "agent") for raw in delta_frames(delta, "e", 5, 0)]
    assert [frame.seq for frame in frames if isinstance(frame, DeltaFrame)] == list(range(5, 5 + len(frames)))
    put = [entity for frame in frames if isinstance(frame, DeltaFrame) for entity in frame.put]
    drop = [key for frame in frames if isinstance(frame, DeltaFrame) for key in frame.drop]
    assert (tuple(put), tuple(drop)) == (delta.put, delta.drop)


def test_frames_of_a_large_snapshot_are_within_the_limit() -> None:
    world = [Link(str(n), n, f"link{n}", "veth", ifalias="é" * 1000) for n in range(5_000)]
    frames = snapshot_frames(world, "e", 0, 0)
    assert max(map(len, frames)) <= FRAME_BYTES
    assert len(frames) > 10


def test_error_of_the_decoder_says_what_is_wrong_and_in_which_field() -> None:
    good, bad = '{"t":"host","hostname":"h","boot_id":"b","ns":"1"}', '{"t":"link","ns":7}'
    frame = f'{{"t":"delta","epoch":"e","seq":1,"put":[{good},{bad}]}}'
    with pytest.raises(WireError, match=r"bad-type at put\[1\]\.ns: the value is an integer, not text"):
        decode(frame, "agent")


def test_json_object_with_a_duplicate_member_is_refused() -> None:
    with pytest.raises(WireError, match="duplicate member 'a'"):
        parse('{"a":1,"a":2}')
