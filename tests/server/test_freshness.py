"""Whether a host is live does not depend on a clock that somebody sets."""

from datetime import timedelta

import pytest
from django.utils import timezone

from netviz.server.hosts.freshness import SILENT, Sightings, state_of
from netviz.server.hosts.models import Host


class Clock:
    """A clock that the test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def seen(ago: timedelta, session: str = "s") -> Host:
    return Host(session=session, seen=timezone.now() - ago)


@pytest.mark.parametrize("back", [timedelta(seconds=16), timedelta(hours=1), timedelta(days=1), timedelta(days=9_000)])
def test_dead_host_is_not_live_after_the_clock_was_set_back(back: timedelta) -> None:
    assert state_of(seen(-back), Sightings()) == "stale"


@pytest.mark.parametrize("back_s", [0, 5, 10, 14])
def test_dead_host_is_stale_after_15_s_although_the_clock_was_set_back_a_little(back_s: int) -> None:
    clock = Clock()
    sightings, host = Sightings(clock), seen(timedelta(seconds=-back_s))
    assert state_of(host, sightings) == "live"
    clock.now += SILENT.total_seconds() - 0.1
    assert state_of(host, sightings) == "live"
    clock.now += 0.1
    assert state_of(host, sightings) == "stale"


def test_host_whose_last_seen_time_changes_is_live() -> None:
    clock = Clock()
    sightings, host = Sightings(clock), seen(timedelta(seconds=1))
    for _ in range(20):
        assert state_of(host, sightings) == "live"
        clock.now += 4
        host.seen = timezone.now()


def test_host_without_a_session_is_stale_and_one_that_was_never_seen_is_neither() -> None:
    assert state_of(seen(timedelta(0), session=""), Sightings()) == "stale"
    assert state_of(Host(session="", seen=None), Sightings()) == "never"


def test_last_seen_times_of_a_limited_number_of_hosts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netviz.server.hosts.freshness._REMEMBERED", 10)
    sightings = Sightings()
    for _ in range(100):
        state_of(seen(timedelta(0)), sightings)
    assert len(sightings._first) == 10
