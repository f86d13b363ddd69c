"""The frames waiting for a slow reader are limited, and the reader only receives complete frames."""

import socket
from collections.abc import Iterator

import pytest

from netviz.agent.kernel_process.outbox import Outbox
from netviz.wire.stream import Splitter

LIMIT = 100_000


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Provides a pair of sockets, both non-blocking."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def flush(outbox: Outbox) -> None:
    try:
        outbox.flush()
    except BlockingIOError:
        return


def read_all(outbox: Outbox, sock: socket.socket) -> list[bytes]:
    """Reads all frames that arrive while the outbox continues writing."""
    splitter, frames = Splitter(), []
    while True:
        flush(outbox)
        try:
            frames += splitter.feed(sock.recv(1 << 16))
        except BlockingIOError:
            return frames


def test_frames_that_were_put_into_the_outbox_arrive_in_the_same_order(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    outbox = Outbox(ends[0])
    frames = [b"%d" % number for number in range(100)]
    outbox.put(frames)
    assert read_all(outbox, ends[1]) == frames
    assert outbox.waiting == 0


def test_outbox_above_its_byte_limit_drops_its_frames_and_accepts_no_further_ones(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    outbox = Outbox(ends[0], LIMIT)
    for _ in range(200):
        outbox.put([bytes(10_000)])
        flush(outbox)
    assert outbox.overfull
    assert outbox.waiting <= 1
    outbox.put([b"not taken"])
    assert b"not taken" not in read_all(outbox, ends[1])


def test_outbox_above_its_byte_limit_still_completes_the_frame_that_is_partly_written(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    outbox = Outbox(ends[0], LIMIT)
    big = bytes(range(256)) * 4_000
    outbox.put_snapshot([big])
    flush(outbox)
    outbox.put([bytes(LIMIT + 1)])
    assert outbox.overfull
    assert read_all(outbox, ends[1]) == [big]


def test_outbox_sends_a_snapshot_that_is_larger_than_its_byte_limit(ends: tuple[socket.socket, socket.socket]) -> None:
    outbox = Outbox(ends[0], LIMIT)
    frames = [bytes(50_000) for _ in range(10)]
    outbox.put_snapshot(frames)
    outbox.put([b"a delta after it"])
    assert read_all(outbox, ends[1]) == [*frames, b"a delta after it"]
    assert not outbox.overfull


def test_outbox_that_exceeded_its_limit_accepts_frames_again_after_a_snapshot(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    outbox = Outbox(ends[0], LIMIT)
    outbox.put([bytes(LIMIT + 1)])
    outbox.put_snapshot([b"anew"])
    outbox.put([b"delta"])
    assert read_all(outbox, ends[1]) == [b"anew", b"delta"]
