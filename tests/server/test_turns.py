"""Users take turns with calls of the API that take long, so that one of them slows down nobody else."""

import threading
import time

import pytest

from netviz.server.web.api import turns
from netviz.server.web.api.turns import Turns
from tests.server.people import People
from tests.waiting import wait_until

LONG = ["/api/v1/hosts/{}/topology/", "/api/v1/hosts/{}/graph/", "/api/v1/search/?q=a", "/api/v1/schema/"]


def test_user_has_one_call_at_a_time_and_all_users_have_a_few() -> None:
    found = Turns(2)
    assert found.begin("alice", 0)
    assert not found.begin("alice", 0)
    assert found.begin("victor", 0)
    assert not found.begin("oscar", 0)
    found.end("alice")
    assert found.begin("oscar", 0)


def test_call_that_waits_begins_when_the_earlier_one_ends() -> None:
    found, times = Turns(2), list[float]()
    assert found.begin("alice", 0)
    waiting = threading.Thread(target=lambda: times.append(found.begin("alice", 5) * time.monotonic()))
    waiting.start()
    time.sleep(0.1)
    assert times == []
    ended = time.monotonic()
    found.end("alice")
    wait_until(lambda: bool(times), "the other call begins")
    waiting.join()
    assert times[0] >= ended


def test_user_with_many_waiting_calls_does_not_keep_another_user_out() -> None:
    found = Turns(2)
    assert found.begin("alice", 0)
    crowd = [threading.Thread(target=found.begin, args=("alice", 0.5)) for _ in range(20)]
    for one in crowd:
        one.start()
    assert found.begin("victor", 0)
    for one in crowd:
        one.join()


@pytest.mark.parametrize("path", LONG)
def test_long_call_is_answered_429_while_an_earlier_one_of_the_user_does_not_end(
    people: People, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(Turns.begin, "__defaults__", (0,))
    url = path.format(people.host.id)
    key = str(people.users["victor"].pk)
    assert turns.turns.begin(key)
    try:
        answer = people.client("victor").get(url)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert people.client("alice").get(url).status_code == 200
    finally:
        turns.turns.end(key)
    assert people.client("victor").get(url).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/hosts/{}/topology/?limit=x", "/api/v1/search/?q="])
def test_call_that_fails_ends_its_turn(people: People, path: str) -> None:
    for _ in range(5):
        assert people.client("victor").get(path.format(people.host.id)).status_code == 400
    assert turns.turns._inside == set()
