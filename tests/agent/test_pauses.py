"""Pauses between connections: two agents with one key take the host from each other ever less often."""

import random

from netviz.agent.session_process.pauses import Pauses


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def longest(low: float, high: float) -> float:
    return high


def test_ordinary_pause_is_random_and_as_long_as_it_always_was() -> None:
    pauses = Pauses(30.0)
    found = [pauses.next_s(is_taken=False) for _ in range(200)]
    assert 0 <= min(found) < 3
    assert 27 < max(found) <= 30


def test_pauses_grow_to_minutes_while_another_agent_takes_the_host() -> None:
    pauses = Pauses(30.0, uniform=longest)
    assert [pauses.next_s(is_taken=True) for _ in range(8)] == [30, 15, 30, 60, 120, 240, 300, 300]
    assert pauses.is_contested
    assert pauses.next_s(is_taken=False) == 30


def test_pauses_of_two_contesting_agents_differ() -> None:
    pauses = Pauses(30.0)
    for _ in range(20):
        pauses.next_s(is_taken=True)
    found = [pauses.next_s(is_taken=True) for _ in range(200)]
    assert 150 <= min(found) < 170
    assert 280 < max(found) <= 300


def test_pauses_are_short_again_after_the_host_was_held_longer_than_the_other_agent_waits() -> None:
    clock = Clock()
    pauses = Pauses(30.0, clock, longest)
    for _ in range(8):
        pauses.began()
        clock.now += 299
        pauses.next_s(is_taken=True)
    assert pauses.is_contested
    pauses.began()
    clock.now += 600
    assert pauses.next_s(is_taken=True) == 30
    assert not pauses.is_contested


def test_two_agents_with_one_key_connect_some_dozens_of_times_a_day_and_not_thousands() -> None:
    clock, count = Clock(), 0
    random.seed(1)
    agents = [Pauses(30.0, clock), Pauses(30.0, clock)]
    due = [0.0, 1.0]
    while min(due) < 86_400:
        one = due.index(min(due))
        clock.now = due[one]
        count += 1
        agents[one].began()
        due[one] = float("inf")
        if due[1 - one] == float("inf"):  # the other one has the host, and loses it
            due[1 - one] = clock.now + agents[1 - one].next_s(is_taken=True)
    assert 200 < count < 500
