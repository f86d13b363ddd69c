"""The session's state machine: what it does on each event, without any I/O."""

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


def said(actions: list[Action]) -> list[str]:
    """What goes to the server, by tag; deltas with their number."""
    found = [json.loads(action.frame) for action in actions if isinstance(action, ToServer)]
    return [f"{row['t']} {row['seq']}" if row["t"] == "delta" else row["t"] for row in found]


def asked(actions: list[Action]) -> list[str]:
    """What goes to the kernel process, by tag."""
    return [json.loads(action.frame)["t"] for action in actions if isinstance(action, ToKernel)]


def kernel(session: Session, *frames: Any) -> list[Action]:
    return [action for frame in frames for action in session.from_kernel(encode(frame))]


def delta(seq: int, epoch: str = "e") -> DeltaFrame:
    return DeltaFrame(epoch, seq, (Link("1", seq, f"v{seq}", "veth"),))


SNAPSHOT = (SnapshotBegin("e", 3, 1, 0), SnapshotChunk(0, ()), SnapshotEnd())


@pytest.fixture
def session() -> Session:
    """One that knows the kernel process's epoch, without connection."""
    session = Session(KEY, "127.0.0.1:8000")
    kernel(session, Hello(PROTOCOL, "x", "e", 0, 0))
    return session


def connect(session: Session, seq: int | None) -> list[Action]:
    session.opened()
    session.from_server(Challenge("ab" * 32))
    return session.from_server(Welcome(PROTOCOL, "host", seq))


def test_a_challenge_is_answered_by_proof_and_hello(session: Session) -> None:
    session.opened()
    assert said(session.from_server(Challenge("ab" * 32))) == ["proof", "hello"]
    assert session.phase is Phase.GREETING


def test_a_server_that_knows_nothing_gets_a_snapshot_from_the_kernel_process(session: Session) -> None:
    assert asked(connect(session, None)) == ["resync"]
    assert said(kernel(session, *SNAPSHOT)) == ["snapshot_begin", "snapshot_chunk", "snapshot_end"]
    assert session.phase is Phase.STREAMING


def test_deltas_before_the_snapshot_that_holds_them_are_not_sent(session: Session) -> None:
    connect(session, None)
    assert said(kernel(session, delta(1), delta(2), delta(3))) == []
    assert said(kernel(session, *SNAPSHOT, delta(4)))[-1] == "delta 4"


def test_deltas_that_the_server_lacks_are_sent_after_welcome(session: Session) -> None:
    kernel(session, delta(1), delta(2), delta(3))
    assert said(connect(session, 1)) == ["delta 2", "delta 3"]


def test_what_was_sent_but_not_acknowledged_is_sent_again_on_the_next_connection(session: Session) -> None:
    connect(session, 0)
    kernel(session, delta(1), delta(2), delta(3))
    session.from_server(Ack("e", 2))
    session.closed()
    assert said(connect(session, 2)) == ["delta 3"]


def test_hello_tells_from_where_it_can_go_on(session: Session) -> None:
    connect(session, 0)
    kernel(session, delta(1), delta(2), delta(3))
    session.from_server(Ack("e", 2))
    session.closed()
    session.opened()
    hello = json.loads(session.from_server(Challenge("00" * 32))[1].frame)  # type: ignore[union-attr]
    assert (hello["epoch"], hello["since"], hello["seq"]) == ("e", 2, 3)


def test_an_ack_of_another_epoch_forgets_nothing(session: Session) -> None:
    connect(session, 0)
    kernel(session, delta(1))
    session.from_server(Ack("other", 1))
    session.closed()
    assert said(connect(session, 0)) == ["delta 1"]


def test_without_a_connection_deltas_are_kept_and_states_are_not(session: Session) -> None:
    assert kernel(session, delta(1), State("1", "counters")) == []
    assert said(connect(session, 0)) == ["delta 1"]


def test_beyond_the_cap_all_deltas_are_forgotten(session: Session) -> None:
    big = DeltaFrame("e", 1, (Link("1", 1, "v", "veth", ifalias="x" * 20_000),))
    for seq in range(1, UNACKED_BYTES // 20_000 + 10):
        session.from_kernel(encode(DeltaFrame("e", seq, big.put)))
    session.opened()
    hello = json.loads(session.from_server(Challenge("00" * 32))[1].frame)  # type: ignore[union-attr]
    assert hello["since"] > 500
    assert session._unacked_bytes <= UNACKED_BYTES


def test_the_rest_of_a_snapshot_from_before_the_connection_is_not_sent(session: Session) -> None:
    connect(session, None)
    kernel(session, SNAPSHOT[0])
    session.closed()
    connect(session, None)
    assert said(kernel(session, *SNAPSHOT[1:])) == []
    assert said(kernel(session, *SNAPSHOT)) == ["snapshot_begin", "snapshot_chunk", "snapshot_end"]


def test_a_new_epoch_of_the_kernel_process_goes_on_as_a_snapshot(session: Session) -> None:
    connect(session, 0)
    begin = SnapshotBegin("second", 0, 1, 0)
    assert said(kernel(session, begin, *SNAPSHOT[1:], delta(1, "second"))) == [
        "snapshot_begin",
        "snapshot_chunk",
        "snapshot_end",
        "delta 1",
    ]


def test_a_new_epoch_without_connection_leaves_nothing_of_the_old(session: Session) -> None:
    kernel(session, delta(1), SnapshotBegin("second", 0, 1, 0), *SNAPSHOT[1:], delta(1, "second"))
    assert said(connect(session, 0)) == ["delta 1"]


def test_a_resync_is_passed_on_and_deltas_wait(session: Session) -> None:
    connect(session, 0)
    assert asked(session.from_server(Resync("gap"))) == ["resync"]
    assert said(kernel(session, delta(1))) == []


def test_a_watch_is_passed_on(session: Session) -> None:
    connect(session, 0)
    assert asked(session.from_server(Watch("1", ("counters",)))) == ["watch"]


@pytest.mark.parametrize("code", ["revoked", "unknown-key", "protocol", "bad-proof"])
def test_a_server_that_will_not_have_it_ends_the_agent(session: Session, code: str) -> None:
    session.opened()
    assert session.from_server(Problem(code, "no", True)) == [Stop("no")]


def test_any_other_final_problem_closes_the_connection(session: Session) -> None:
    connect(session, 0)
    assert isinstance(session.from_server(Problem("try-later", "disk full", True))[0], Close)


@pytest.mark.parametrize("frame", [Welcome(PROTOCOL, "h", 0), Ack("e", 1), Watch("1", ()), Resync("x")])
def test_a_frame_before_the_challenge_closes_the_connection(session: Session, frame: Any) -> None:
    session.opened()
    assert isinstance(session.from_server(frame)[0], Close)


def test_a_server_of_another_protocol_ends_the_agent(session: Session) -> None:
    session.opened()
    session.from_server(Challenge("00" * 32))
    assert isinstance(session.from_server(Welcome(PROTOCOL + 1, "h", 0))[0], Stop)


# -- requests, and what goes nowhere


ASK = Request("r1", ReadNow("1", ("counters",)))


def test_a_request_is_passed_on_and_its_answer_comes_back(session: Session) -> None:
    connect(session, 0)
    (action,) = session.from_server(ASK)
    assert action == ToKernel(encode(ASK))
    assert said(kernel(session, Answer("r1"))) == ["answer"]


def test_a_request_is_passed_on_while_a_snapshot_is_awaited_and_so_is_its_answer(session: Session) -> None:
    connect(session, None)
    assert asked(session.from_server(ASK)) == ["request"]
    assert said(kernel(session, Answer("r1", "unknown-namespace"))) == ["answer"]


def test_an_answer_without_a_connection_is_dropped_and_counted(session: Session) -> None:
    assert kernel(session, Answer("r1"), State("1", "counters")) == []
    assert session.dropped == {"answer": 1, "state": 1}


def test_the_rest_of_an_older_connections_snapshot_is_counted(session: Session) -> None:
    kernel(session, *SNAPSHOT)
    assert session.dropped == {"snapshot_begin": 1, "snapshot_chunk": 1, "snapshot_end": 1}


def test_a_problem_of_the_kernel_process_is_reported(session: Session) -> None:
    connect(session, 0)
    (action,) = kernel(session, Problem("bad-order", "ack is not for the kernel process"))
    assert isinstance(action, Report)
    assert "bad-order" in action.text


def test_a_problem_of_the_server_that_is_not_final_is_reported(session: Session) -> None:
    connect(session, 0)
    (action,) = session.from_server(Problem("x", "a sentence"))
    assert isinstance(action, Report)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"t":"exec"}', b'{"t":"delta","seq":1}', encode(Watch("1", ())), encode(Ack("e", 1)), encode(ASK)],
)
def test_what_the_kernel_process_must_not_send_is_refused(session: Session, data: bytes) -> None:
    with pytest.raises(WireError):
        session.from_kernel(data)


def test_the_body_of_a_delta_is_passed_on_unread(session: Session) -> None:
    connect(session, 0)
    data = b'{"t":"delta","epoch":"e","seq":1,"put":[{"anything":1}]}'
    assert session.from_kernel(data) == [ToServer(data)]


@pytest.mark.parametrize("frame", [ASK, Challenge("00" * 32), Enrolled("h", "n")])
def test_a_frame_of_the_server_in_the_wrong_phase_closes_the_connection(session: Session, frame: Any) -> None:
    session.opened()
    session.from_server(Challenge("ab" * 32))
    (action,) = session.from_server(frame)
    assert isinstance(action, Close)
    assert frame.TAG in action.reason
