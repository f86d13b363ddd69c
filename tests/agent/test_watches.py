"""Each watch and each request to read is due at the right time, and each request is answered once."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from netviz.agent.live import watches as module
from netviz.agent.live.current_values import Reading
from netviz.agent.live.watches import Watches
from netviz.wire.limits import HOST_REQUESTS, REQUEST_S, WATCH_LEASE_S


class Clock:
    """A clock that the test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Host:
    """Watches of a host with two namespaces; each read takes `took_s`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        self.namespaces: dict[str, object] = {"1": object(), "2": object()}
        self.read: list[tuple[str, str]] = []
        self.took_s = 0.0
        monitor: Any = SimpleNamespace(reader=SimpleNamespace(namespaces=SimpleNamespace(by_id=self.namespaces)))
        self.watches = Watches(monitor, self.clock)
        monkeypatch.setattr(module, "read_state", self._read)

    def _read(self, reader: Any, ns: str, subject: str) -> Reading:
        self.read.append((ns, subject))
        self.clock.now += self.took_s
        return Reading()

    def due(self) -> list[str]:
        """Returns a word for each frame that is due: the subject of a state, or the id and code of an answer."""
        rows = [json.loads(frame) for frame in self.watches.due()]
        return [row["subject"] if row["t"] == "state" else f"{row['id']} {row.get('code', 'done')}" for row in rows]


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    """Provides a host with watches."""
    return Host(monkeypatch)


def test_requested_subjects_are_read_at_once_and_the_answer_is_sent_after_their_values(host: Host) -> None:
    host.watches.read_now("r", "1", ("counters", "fdb"))
    assert host.watches.wait_s() == 0
    found = host.due()
    assert (set(found[:2]), found[2:]) == ({"counters", "fdb"}, ["r done"])
    assert host.due() == []
    assert host.watches.wait_s() is None


def test_request_for_a_subject_does_not_start_periodic_reads_of_it(host: Host) -> None:
    host.watches.read_now("r", "1", ("counters",))
    host.due()
    host.clock.now += WATCH_LEASE_S / 2
    assert host.due() == []


def test_request_for_an_unknown_namespace_is_answered_without_a_read(host: Host) -> None:
    host.watches.read_now("r", "77", ("counters",))
    assert host.watches.wait_s() == 0
    assert host.due() == ["r unknown-namespace"]
    assert host.read == []


def test_request_without_subjects_is_answered_as_done(host: Host) -> None:
    host.watches.read_now("r", "1", ())
    assert host.due() == ["r done"]


def test_two_requests_for_the_same_subject_cause_one_read_and_both_are_answered(host: Host) -> None:
    host.watches.read_now("a", "1", ("counters",))
    host.watches.read_now("b", "1", ("counters",))
    assert host.due() == ["counters", "a done", "b done"]
    assert len(host.read) == 1


def test_request_for_a_watched_subject_is_answered_before_the_next_periodic_read_is_due(host: Host) -> None:
    host.watches.add("1", ["counters"])
    assert host.due() == ["counters"]
    host.watches.read_now("r", "1", ("counters",))
    assert host.due() == ["counters", "r done"]
    host.clock.now += 2
    assert host.due() == ["counters"]


def test_sockets_of_a_namespace_are_read_at_most_once_a_second(host: Host) -> None:
    host.watches.read_now("a", "1", ("sockets",))
    assert host.due() == ["sockets", "a done"]
    host.clock.now += 0.25
    host.watches.read_now("b", "1", ("sockets",))
    host.watches.add("1", ["sockets"])
    assert host.due() == []
    assert host.watches.wait_s() == pytest.approx(0.75)
    host.clock.now += 0.75
    assert host.due() == ["sockets", "b done"]


def test_subject_whose_read_took_long_is_not_read_again_at_once(host: Host) -> None:
    host.took_s = 0.1
    host.watches.read_now("a", "1", ("netfilter",))
    assert host.due() == ["netfilter", "a done"]
    host.watches.read_now("b", "1", ("netfilter",))
    assert host.due() == []
    host.clock.now += 5
    assert host.due() == ["netfilter", "b done"]


def test_request_is_answered_as_late_if_the_values_were_not_read_within_the_time_limit(host: Host) -> None:
    host.took_s = 1.0
    host.watches.read_now("a", "1", ("netfilter",))
    host.due()
    host.watches.read_now("b", "1", ("netfilter",))
    host.clock.now += REQUEST_S
    assert host.due() == ["b late"]
    host.clock.now += 100
    assert host.due() == []  # no request needs this read any longer
    assert host.watches.wait_s() is None


def test_request_is_answered_with_the_error_busy_if_too_many_requests_are_pending(host: Host) -> None:
    for number in range(HOST_REQUESTS + 1):
        host.watches.read_now(f"r{number}", "1", ("counters",))
    found = host.due()
    assert found.count("counters") == 1
    assert [answer for answer in found if answer.endswith("busy")] == [f"r{HOST_REQUESTS} busy"]
    assert len([answer for answer in found if answer.endswith("done")]) == HOST_REQUESTS


def test_request_is_answered_with_the_error_unknown_namespace_if_the_namespace_was_removed_before_the_answer(
    host: Host,
) -> None:
    host.watches.read_now("r", "1", ("counters",))
    del host.namespaces["1"]
    assert host.due() == ["counters", "r unknown-namespace"]


def test_answer_to_a_request_is_sent_later_if_the_outbox_accepted_the_values_but_not_the_answer(host: Host) -> None:
    host.watches.read_now("r", "1", ("counters",))
    next(host.watches.due())  # an overfull outbox takes no more frames
    assert host.due() == ["r done"]
