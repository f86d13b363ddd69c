"""The state machine of the session process reacts correctly to each event. The tests need no I/O."""

import json
from typing import Any

import pytest

from netviz.agent.session_process.session import Action, Close, Phase, Report, Session, Stop, ToKernel, ToServer
from netviz.agent.session_process.signing_key import Key
from netviz.model.link import Link
from netviz.wire.codec import encode
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Answer,
    Challenge,
    DeltaFrame,
    Enrolled,
    Heartbeat,
    Hello,
    Problem,
    ReadNow,
    Request,
    Resync,
    SnapshotBegin,
    SnapshotChunk,
    SnapshotEnd,
    State,
    Watch,
    Welcome,
)
from netviz.wire.limits import UNACKED_BYTES
from netviz.wire.problems import WireError

KEY = Key(bytes(range(32)))


def sent_tags(actions: list[Action]) -> list[str]:
    """Returns the tags of frames sent to the server; deltas with their seq."""
    found = [json.loads(action.frame) for action in actions if isinstance(action, ToServer)]
    return [f"{row['t']} {row['seq']}" if row["t"] == "delta" else row["t"] for row in found]


def requested_tags(actions: list[Action]) -> list[str]:
    """Returns the tags of frames sent to the agent's kernel process."""
    return [json.loads(action.frame)["t"] for action in actions if isinstance(action, ToKernel)]


def kernel(session: Session, *frames: Any) -> list[Action]:
    return [action for frame in frames for action in session.from_kernel(encode(frame))]


def delta(seq: int, epoch: str = "e") -> DeltaFrame:
    return DeltaFrame(epoch, seq, (Link("1", seq, f"v{seq}", "veth"),))


SNAPSHOT = (SnapshotBegin("e", 3, 1, 0), SnapshotChunk(0, ()), SnapshotEnd())


@pytest.fixture
def session() -> Session:
    """Provides a session without connection that received the `hello` of the agent's kernel process."""
    session = Session(KEY, "127.0.0.1:8000")
    kernel(session, Hello(PROTOCOL, "x", "e", 0, 0))
    return session


def connect(session: Session, seq: int | None) -> list[Action]:
    session.opened()
    session.from_server(Challenge("ab" * 32))
    return session.from_server(Welcome(PROTOCOL, "host", seq))


def test_agent_answers_the_challenge_with_proof_and_hello(session: Session) -> None:
    session.opened()
    assert sent_tags(session.from_server(Challenge("ab" * 32))) == ["proof", "hello"]
    assert session.phase is Phase.GREETING


def test_snapshot_from_the_kernel_process_of_the_agent_is_sent_if_the_server_has_no_topology(
    session: Session,
) -> None:
    assert requested_tags(connect(session, None)) == ["resync"]
    assert sent_tags(kernel(session, *SNAPSHOT)) == ["snapshot_begin", "snapshot_chunk", "snapshot_end"]
    assert session.phase is Phase.STREAMING


def test_deltas_that_arrive_before_a_requested_snapshot_are_not_sent_because_it_contains_them(session: Session) -> None:
    connect(session, None)
    assert sent_tags(kernel(session, delta(1), delta(2), delta(3))) == []
    assert sent_tags(kernel(session, *SNAPSHOT, delta(4)))[-1] == "delta 4"


def test_agent_sends_the_deltas_whose_seq_is_higher_than_the_seq_in_the_welcome_of_the_server(session: Session) -> None:
    kernel(session, delta(1), delta(2), delta(3))
    assert sent_tags(connect(session, 1)) == ["delta 2", "delta 3"]


def test_unacknowledged_deltas_are_sent_again_on_the_next_connection(session: Session) -> None:
    connect(session, 0)
    kernel(session, delta(1), delta(2), delta(3))
    session.from_server(Ack("e", 2))
    session.closed()
    assert sent_tags(connect(session, 2)) == ["delta 3"]


def test_hello_contains_the_seq_after_which_the_agent_still_has_all_deltas(session: Session) -> None:
    connect(session, 0)
    kernel(session, delta(1), delta(2), delta(3))
    session.from_server(Ack("e", 2))
    session.closed()
    session.opened()
    hello = json.loads(session.from_server(Challenge("00" * 32))[1].frame)  # type: ignore[union-attr]
    assert (hello["epoch"], hello["since"], hello["seq"]) == ("e", 2, 3)


def test_delta_is_sent_again_if_the_only_ack_that_arrived_has_another_epoch(session: Session) -> None:
    connect(session, 0)
    kernel(session, delta(1))
    session.from_server(Ack("other", 1))
    session.closed()
    assert sent_tags(connect(session, 0)) == ["delta 1"]


def test_without_a_connection_frames_with_deltas_are_kept_and_frames_with_current_values_are_dropped(
    session: Session,
) -> None:
    assert kernel(session, delta(1), State("1", "counters")) == []
    assert sent_tags(connect(session, 0)) == ["delta 1"]


def test_agent_forgets_all_stored_deltas_when_they_exceed_the_size_limit(session: Session) -> None:
    big = DeltaFrame("e", 1, (Link("1", 1, "v", "veth", ifalias="x" * 20_000),))
    for seq in range(1, UNACKED_BYTES // 20_000 + 10):
        session.from_kernel(encode(DeltaFrame("e", seq, big.put)))
    session.opened()
    hello = json.loads(session.from_server(Challenge("00" * 32))[1].frame)  # type: ignore[union-attr]
    assert hello["since"] > 500
    assert session._unacked_bytes <= UNACKED_BYTES


def test_rest_of_a_snapshot_is_not_sent_if_its_first_frame_was_sent_on_an_earlier_connection(session: Session) -> None:
    connect(session, None)
    kernel(session, SNAPSHOT[0])
    session.closed()
    connect(session, None)
    assert sent_tags(kernel(session, *SNAPSHOT[1:])) == []
    assert sent_tags(kernel(session, *SNAPSHOT)) == ["snapshot_begin", "snapshot_chunk", "snapshot_end"]


def test_snapshot_with_a_new_epoch_from_the_kernel_process_of_the_agent_is_sent_to_the_server(session: Session) -> None:
    connect(session, 0)
    begin = SnapshotBegin("second", 0, 1, 0)
    assert sent_tags(kernel(session, begin, *SNAPSHOT[1:], delta(1, "second"))) == [
        "snapshot_begin",
        "snapshot_chunk",
        "snapshot_end",
        "delta 1",
    ]


def test_deltas_of_the_old_epoch_are_discarded_when_the_kernel_process_of_the_agent_begins_a_new_epoch(
    session: Session,
) -> None:
    kernel(session, delta(1), SnapshotBegin("second", 0, 1, 0), *SNAPSHOT[1:], delta(1, "second"))
    assert sent_tags(connect(session, 0)) == ["delta 1"]


def test_resync_frame_from_the_server_is_forwarded_and_no_deltas_are_sent_before_the_snapshot(session: Session) -> None:
    connect(session, 0)
    assert requested_tags(session.from_server(Resync("gap"))) == ["resync"]
    assert sent_tags(kernel(session, delta(1))) == []


def test_watch_frame_from_the_server_is_forwarded_to_the_kernel_process_of_the_agent(session: Session) -> None:
    connect(session, 0)
    assert requested_tags(session.from_server(Watch("1", ("counters",)))) == ["watch"]


@pytest.mark.parametrize("code", ["revoked", "unknown-key", "protocol", "bad-proof"])
def test_agent_stops_if_the_server_rejects_its_identity_or_protocol(session: Session, code: str) -> None:
    session.opened()
    assert session.from_server(Problem(code, "no", True)) == [Stop("no")]


def test_agent_closes_the_connection_but_does_not_stop_if_the_problem_can_be_temporary(session: Session) -> None:
    connect(session, 0)
    assert isinstance(session.from_server(Problem("try-later", "disk full", True))[0], Close)


@pytest.mark.parametrize("frame", [Welcome(PROTOCOL, "h", 0), Ack("e", 1), Watch("1", ()), Resync("x")])
def test_agent_closes_the_connection_if_the_first_frame_of_the_server_is_not_a_challenge(
    session: Session, frame: Any
) -> None:
    session.opened()
    assert isinstance(session.from_server(frame)[0], Close)


def test_agent_stops_if_the_welcome_of_the_server_has_another_protocol_version(session: Session) -> None:
    session.opened()
    session.from_server(Challenge("00" * 32))
    assert isinstance(session.from_server(Welcome(PROTOCOL + 1, "h", 0))[0], Stop)


# -- requests, and dropped frames


ASK = Request("r1", ReadNow("1", ("counters",)))


def test_request_from_the_server_reaches_the_kernel_process_of_the_agent_and_its_answer_reaches_the_server(
    session: Session,
) -> None:
    connect(session, 0)
    (action,) = session.from_server(ASK)
    assert action == ToKernel(encode(ASK))
    assert sent_tags(kernel(session, Answer("r1"))) == ["answer"]


def test_request_and_answer_are_forwarded_before_the_first_snapshot_is_sent(session: Session) -> None:
    connect(session, None)
    assert requested_tags(session.from_server(ASK)) == ["request"]
    assert sent_tags(kernel(session, Answer("r1", "unknown-namespace"))) == ["answer"]


def test_answer_from_the_kernel_process_of_the_agent_is_dropped_and_counted_if_there_is_no_connection(
    session: Session,
) -> None:
    assert kernel(session, Answer("r1"), State("1", "counters")) == []
    assert session.dropped == {"answer": 1, "state": 1}


def test_snapshot_from_the_kernel_process_of_the_agent_is_dropped_and_counted_if_there_is_no_connection(
    session: Session,
) -> None:
    kernel(session, *SNAPSHOT)
    assert session.dropped == {"snapshot_begin": 1, "snapshot_chunk": 1, "snapshot_end": 1}


def test_problem_frame_from_the_kernel_process_of_the_agent_is_logged(session: Session) -> None:
    connect(session, 0)
    (action,) = kernel(session, Problem("bad-order", "ack is not for the kernel process"))
    assert isinstance(action, Report)
    assert "bad-order" in action.text


def test_problem_frame_from_the_server_is_only_logged_if_the_frame_is_not_marked_as_final(session: Session) -> None:
    connect(session, 0)
    (action,) = session.from_server(Problem("x", "a sentence"))
    assert isinstance(action, Report)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"t":"exec"}', b'{"t":"delta","seq":1}', encode(Watch("1", ())), encode(Ack("e", 1)), encode(ASK)],
)
def test_frame_that_the_kernel_process_of_the_agent_must_not_send_raises_an_error(
    session: Session, data: bytes
) -> None:
    with pytest.raises(WireError):
        session.from_kernel(data)


def test_heartbeat_of_the_kernel_process_is_forwarded_only_after_the_topology(session: Session) -> None:
    connect(session, None)
    assert kernel(session, Heartbeat()) == []
    kernel(session, *SNAPSHOT)
    assert sent_tags(kernel(session, Heartbeat())) == ["heartbeat"]
    session.closed()
    assert kernel(session, Heartbeat()) == []
    assert session.dropped["heartbeat"] == 0


def test_delta_is_forwarded_to_the_server_without_decoding_its_entities(session: Session) -> None:
    connect(session, 0)
    data = b'{"t":"delta","epoch":"e","seq":1,"put":[{"anything":1}]}'
    assert session.from_kernel(data) == [ToServer(data)]


@pytest.mark.parametrize("frame", [ASK, Challenge("00" * 32), Enrolled("h", "n")])
def test_agent_closes_the_connection_if_the_server_sends_a_frame_that_is_not_allowed_at_this_time(
    session: Session, frame: Any
) -> None:
    session.opened()
    session.from_server(Challenge("ab" * 32))
    (action,) = session.from_server(frame)
    assert isinstance(action, Close)
    assert frame.TAG in action.reason
