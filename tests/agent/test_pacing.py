"""Work that waits for quiet, that must not happen too often, that comes round."""

import pytest

from netviz.agent.live.pacing import Debounce, Loudness, Round, RoundRobin, TokenBucket


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


def test_work_waits_for_quiet(clock: Clock) -> None:
    work: Debounce[str] = Debounce(1.0, 10.0, clock)
    work.request("a")
    clock.now = 0.9
    work.request("a")
    clock.now = 1.8
    assert work.take() == set()
    clock.now = 1.95
    assert work.take() == {"a"}
    assert work.take() == set()


def test_work_that_is_asked_for_again_and_again_is_done_at_its_limit(clock: Clock) -> None:
    work: Debounce[str] = Debounce(1.0, 3.0, clock)
    taken = []
    for tick in range(100):
        clock.now = tick * 0.1
        work.request("a")
        if work.take():
            taken.append(round(clock.now, 1))
    assert taken[0] == 3.0
    assert len(taken) >= 3


def test_the_wait_is_that_of_the_earliest(clock: Clock) -> None:
    work: Debounce[str] = Debounce(1.0, 3.0, clock)
    assert work.wait_s() is None
    work.request("a")
    work.request("b", 0.25)
    assert work.wait_s() == pytest.approx(0.25)


def test_a_bucket_lets_some_through_at_once_and_then_one_at_a_time(clock: Clock) -> None:
    bucket = TokenBucket(2, 5.0, clock)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert bucket.wait_s() == pytest.approx(5.0)
    clock.now = 5.0
    assert [bucket.take(), bucket.take()] == [True, False]


def test_costly_work_comes_round_less_often(clock: Clock) -> None:
    turn = Round(2.0, 10.0, 0.01, clock)
    clock.now = 2.0
    assert turn.due()
    turn.done(0.005)
    assert turn.wait_s() == pytest.approx(2.0)
    turn.done(0.05)
    assert turn.wait_s() == pytest.approx(5.0)
    turn.done(60)
    assert turn.wait_s() == pytest.approx(10.0)


def test_who_is_told_of_too_often_is_loud_until_it_is_quieter_again(clock: Clock) -> None:
    loudness: Loudness[str] = Loudness(30, clock)
    loudness.count("a", 31)
    loudness.count("b", 30)
    assert loudness.loud() == {"a"}
    clock.now = 1.0
    assert loudness.loud() == {"a"}
    loudness.count("a", 11)
    clock.now = 2.0
    assert loudness.loud() == {"a"}
    loudness.count("a", 10)
    clock.now = 3.0
    assert loudness.loud() == set()


def test_who_is_told_of_no_more_is_loud_no_more(clock: Clock) -> None:
    loudness: Loudness[str] = Loudness(30, clock)
    loudness.count("a", 1_000)
    clock.now = 2.0
    assert loudness.loud() == set()


def test_things_take_turns_and_each_has_one_in_a_round(clock: Clock) -> None:
    turns: RoundRobin[str] = RoundRobin(10.0, 60.0, 0.01, clock)
    taken: list[tuple[float, str]] = []
    for tick in range(300):
        clock.now = tick * 0.1
        if (thing := turns.next(lambda: ["a", "b", "c", "d"])) is not None:
            taken.append((clock.now, thing))
            turns.done(0.0)
    assert [thing for _, thing in taken[:8]] == ["a", "b", "c", "d"] * 2
    assert taken[4][0] - taken[0][0] == pytest.approx(10.0, abs=0.5)


def test_costly_turns_come_less_often_but_come(clock: Clock) -> None:
    turns: RoundRobin[str] = RoundRobin(10.0, 60.0, 0.01, clock)
    clock.now = 1.0
    assert turns.next(lambda: ["a", "b"]) == "a"
    turns.done(0.2)
    assert turns.wait_s() == pytest.approx(20.0)
    turns.done(5.0)
    assert turns.wait_s() == pytest.approx(30.0)


def test_where_there_is_nothing_nobody_has_a_turn(clock: Clock) -> None:
    turns: RoundRobin[str] = RoundRobin(2.0, 60.0, 0.01, clock)
    clock.now = 1.0
    assert turns.next(list) is None
    assert turns.wait_s() == pytest.approx(2.0)
