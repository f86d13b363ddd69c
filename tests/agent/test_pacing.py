"""The agent delays work until no more events arrive, limits its rate, and repeats periodic work."""

import pytest

from netviz.agent.live.pacing import Debounce, Loudness, Round, RoundRobin, TokenBucket


class Clock:
    """A clock that does not move by itself."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Provides a clock at zero."""
    return Clock()


def test_requested_work_is_due_when_no_further_request_arrives_for_a_while(clock: Clock) -> None:
    work: Debounce[str] = Debounce(1.0, 10.0, clock)
    work.request("a")
    clock.now = 0.9
    work.request("a")
    clock.now = 1.8
    assert work.take() == set()
    clock.now = 1.95
    assert work.take() == {"a"}
    assert work.take() == set()


def test_work_is_delayed_no_longer_than_its_time_limit_even_if_requests_for_it_keep_arriving(clock: Clock) -> None:
    work: Debounce[str] = Debounce(1.0, 3.0, clock)
    taken = []
    for tick in range(100):
        clock.now = tick * 0.1
        work.request("a")
        if work.take():
            taken.append(round(clock.now, 1))
    assert taken[0] == 3.0
    assert len(taken) >= 3


def test_time_to_wait_ends_when_the_earliest_of_several_requests_is_due(clock: Clock) -> None:
    work: Debounce[str] = Debounce(1.0, 3.0, clock)
    assert work.wait_s() is None
    work.request("a")
    work.request("b", 0.25)
    assert work.wait_s() == pytest.approx(0.25)


def test_token_bucket_allows_a_burst_of_actions_and_then_one_action_per_period(clock: Clock) -> None:
    bucket = TokenBucket(2, 5.0, clock)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert bucket.wait_s() == pytest.approx(5.0)
    clock.now = 5.0
    assert [bucket.take(), bucket.take()] == [True, False]


def test_periodic_work_is_repeated_less_often_if_it_takes_long_but_never_less_often_than_its_limit(
    clock: Clock,
) -> None:
    turn = Round(2.0, 10.0, 0.01, clock)
    clock.now = 2.0
    assert turn.due()
    turn.done(0.005)
    assert turn.wait_s() == pytest.approx(2.0)
    turn.done(0.05)
    assert turn.wait_s() == pytest.approx(5.0)
    turn.done(60)
    assert turn.wait_s() == pytest.approx(10.0)


def test_source_with_too_many_events_a_second_is_called_loud_until_they_fall_to_a_third_of_the_limit(
    clock: Clock,
) -> None:
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


def test_source_that_had_too_many_events_is_no_longer_called_loud_when_its_events_have_stopped(clock: Clock) -> None:
    loudness: Loudness[str] = Loudness(30, clock)
    loudness.count("a", 1_000)
    clock.now = 2.0
    assert loudness.loud() == set()


def test_round_robin_returns_each_item_once_before_it_returns_one_again(clock: Clock) -> None:
    turns: RoundRobin[str] = RoundRobin(10.0, 60.0, 0.01, clock)
    taken: list[tuple[float, str]] = []
    for tick in range(300):
        clock.now = tick * 0.1
        if (thing := turns.next(lambda: ["a", "b", "c", "d"])) is not None:
            taken.append((clock.now, thing))
            turns.done(0.0)
    assert [thing for _, thing in taken[:8]] == ["a", "b", "c", "d"] * 2
    assert taken[4][0] - taken[0][0] == pytest.approx(10.0, abs=0.5)


def test_round_robin_waits_longer_after_a_slow_item_but_never_longer_than_its_limit(clock: Clock) -> None:
    turns: RoundRobin[str] = RoundRobin(10.0, 60.0, 0.01, clock)
    clock.now = 1.0
    assert turns.next(lambda: ["a", "b"]) == "a"
    turns.done(0.2)
    assert turns.wait_s() == pytest.approx(20.0)
    turns.done(5.0)
    assert turns.wait_s() == pytest.approx(30.0)


def test_round_robin_without_items_returns_none_and_then_waits_for_one_full_period(clock: Clock) -> None:
    turns: RoundRobin[str] = RoundRobin(2.0, 60.0, 0.01, clock)
    clock.now = 1.0
    assert turns.next(list) is None
    assert turns.wait_s() == pytest.approx(2.0)
