"""Frames are sent over a byte stream, and topologies are split into frames."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netviz.model.delta import Delta, apply
from netviz.model.namespace import Namespace
from netviz.model.netfilter import Element, NfElements
from netviz.model.topology import AnyEntity
from netviz.wire.chunks import delta_frames, snapshot_frames
from netviz.wire.codec import decode
from netviz.wire.frames import DeltaFrame, SnapshotBegin, SnapshotChunk, SnapshotEnd
from netviz.wire.limits import ARRAY_ITEMS, FRAME_BYTES
from netviz.wire.problems import WireError
from netviz.wire.stream import Splitter, framed


@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_frames_are_read_correctly_however_the_stream_is_split(frames: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(map(framed, frames))
    splitter, out, at, turn = Splitter(), [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        out += splitter.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert out == frames


def test_frame_length_over_the_limit_is_refused_before_the_frame_arrives() -> None:
    with pytest.raises(WireError) as caught:
        Splitter().feed((FRAME_BYTES + 1).to_bytes(4, "big"))
    assert caught.value.code == "too-large"


def test_frame_over_the_size_limit_is_not_sent() -> None:
    with pytest.raises(WireError):
        framed(bytes(FRAME_BYTES + 1))


def test_frame_sent_over_a_socket_is_received_unchanged() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(framed(b"hello"))
        assert Splitter().feed(theirs.recv(100)) == [b"hello"]


def large(number: int) -> NfElements:
    """Returns an entity of about 40 kB."""
    return NfElements("1", "ip", "t", "s", number, tuple(Element(f"{at:080x}") for at in range(400)))


def test_snapshot_is_split_into_frames_within_the_limits() -> None:
    entities: list[AnyEntity] = [Namespace(str(number)) for number in range(ARRAY_ITEMS + 5)]
    entities += [large(number) for number in range(60)]
    frames = snapshot_frames(entities, "e", 7, 1)
    assert max(map(len, frames)) <= FRAME_BYTES
    begin, *chunks, end = (decode(frame, "agent") for frame in frames)
    assert begin == SnapshotBegin("e", 7, len(chunks), len(entities), 1)
    assert end == SnapshotEnd()
    received: list[AnyEntity] = []
    for index, chunk in enumerate(chunks):
        assert isinstance(chunk, SnapshotChunk)
        assert chunk.index == index
        received += chunk.entities
    assert received == entities


def test_small_delta_is_one_frame() -> None:
    (frame,) = delta_frames(Delta((Namespace("1"),), ("ns/2",)), "e", 5, 9)
    assert decode(frame, "agent") == DeltaFrame("e", 5, (Namespace("1"),), ("ns/2",), 9)


def test_delta_is_split_if_its_entities_and_dropped_keys_do_not_fit_in_one_frame() -> None:
    keys = tuple(f"ns/{'x' * 100}{number}" for number in range(4_800))
    puts = tuple(large(number) for number in range(12))
    frames = delta_frames(Delta(puts, keys), "e", 5, 9)
    assert max(map(len, frames)) <= FRAME_BYTES
    found = [decode(frame, "agent") for frame in frames]
    assert [frame.seq for frame in found if isinstance(frame, DeltaFrame)] == list(range(5, 5 + len(frames)))


def test_large_delta_is_split_into_frames_that_together_have_the_same_effect_as_the_whole_delta() -> None:
    before: dict[str, AnyEntity] = {f"ns/{number}": Namespace(str(number)) for number in range(ARRAY_ITEMS + 7)}
    delta = Delta(tuple(large(number) for number in range(60)), tuple(before))
    frames = delta_frames(delta, "e", 5, 9)
    assert max(map(len, frames)) <= FRAME_BYTES
    world = dict(before)
    for seq, raw in enumerate(frames, 5):
        frame = decode(raw, "agent")
        assert isinstance(frame, DeltaFrame)
        assert frame.seq == seq
        world = apply(world, Delta(frame.put, frame.drop))
    assert world == apply(before, delta)
