"""Time limits grow on a busy machine, except for those that the product promises."""

import time

import pytest

from tests import waiting
from tests.services import PORTS, free_port
from tests.waiting import MOST, Limit, patient, slowness, wait_until


def test_wait_fails_after_exactly_its_time_limit_on_an_idle_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "slowness", lambda: 1.0)
    began = time.monotonic()
    with pytest.raises(AssertionError, match=r"not within 0\.1 s .*: it happens"):
        wait_until(lambda: False, "it happens", 0.1)
    assert time.monotonic() - began >= 0.1


def test_time_limit_of_a_wait_grows_with_the_slowness_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "slowness", lambda: 4.0)
    began = time.monotonic()
    with pytest.raises(AssertionError):
        wait_until(lambda: False, "it happens", 0.1)
    assert time.monotonic() - began >= 0.4


def test_time_limit_marked_as_exact_does_not_grow_on_a_slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "slowness", lambda: MOST)
    limit = Limit(0.05, exact=True)
    time.sleep(0.06)
    assert limit.is_over
    assert not Limit(0.05).is_over


def test_slowness_factor_of_this_machine_is_between_one_and_its_maximum() -> None:
    assert 1.0 <= slowness() <= MOST
    assert 2.0 <= patient(1.0) <= MOST


def test_function_free_port_returns_a_different_port_at_each_call() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert all(port in PORTS for port in ports)
