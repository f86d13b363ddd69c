"""The rate limiter: with Redis, a limit applies to all processes together."""

from typing import Any

import pytest
import redis
from django.conf import settings

from netviz.server.limiter import Bucket, Limiter, MemoryCounts, RedisCounts, shared_counts
from netviz.server.limits import SIGN_INS, Limit
from netviz.server.web import pages
from tests.server.people import People

THREE = Limit("test", 3, 60)


class Clock:
    """A clock that the test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def tries(limit: Limiter, number: int, key: str = "a") -> list[bool]:
    return [limit.allow(key) for _ in range(number)]


def test_limiter_allows_only_the_configured_number_of_attempts() -> None:
    assert tries(Limiter(THREE, MemoryCounts()), 5) == [True, True, True, False, False]


def test_attempts_are_counted_separately_for_each_key_and_limit() -> None:
    counts = MemoryCounts()
    one, other = Limiter(THREE, counts), Limiter(Limit("other", 3, 60), counts)
    tries(one, 5)
    assert tries(one, 1, "b") == [True]
    assert tries(other, 1) == [True]


def test_attempts_of_an_expired_window_no_longer_count() -> None:
    clock = Clock()
    limit = Limiter(THREE, MemoryCounts(clock))
    tries(limit, 5)
    clock.now += 59.9
    assert tries(limit, 1) == [False]
    clock.now += 0.1
    assert tries(limit, 1) == [True]


def test_limiter_keeps_a_limited_number_of_addresses_in_memory() -> None:
    counts = MemoryCounts(kept=10)
    for number in range(1_000):
        counts.count(str(number), 60)
    assert len(counts._windows) == 10


def test_processes_with_one_redis_share_their_counts(redis_url: str) -> None:
    redis.Redis.from_url(redis_url).delete("netviz.limit.test.shared")
    first, second = Limiter(THREE, RedisCounts(redis_url)), Limiter(THREE, RedisCounts(redis_url))
    assert [first.allow("shared"), second.allow("shared"), first.allow("shared")] == [True, True, True]
    assert [first.allow("shared"), second.allow("shared")] == [False, False]


def test_time_window_in_redis_expires(redis_url: str) -> None:
    store = redis.Redis.from_url(redis_url)
    store.delete("netviz.limit.test.window")
    Limiter(THREE, RedisCounts(redis_url)).allow("window")
    left_ms: Any = store.pttl("netviz.limit.test.window")
    assert 0 < left_ms <= 60_000


def test_process_counts_attempts_by_itself_while_redis_is_down() -> None:
    limit = Limiter(THREE, RedisCounts("redis://127.0.0.1:1/0"))
    assert tries(limit, 4) == [True, True, True, False]


def test_attempts_are_counted_in_redis_if_it_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "")
    assert isinstance(shared_counts(), MemoryCounts)
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    assert isinstance(shared_counts(), RedisCounts)


def test_websocket_limit_allows_only_its_configured_number_of_frames() -> None:
    bucket = Bucket(THREE)
    assert [bucket.allow() for _ in range(4)] == [True, True, True, False]


def test_two_server_processes_do_not_allow_twice_the_attempts(
    people: People, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis.Redis.from_url(redis_url).delete("netviz.limit.sign-in-link.127.0.0.1")
    workers = [Limiter(SIGN_INS, RedisCounts(redis_url)) for _ in range(2)]
    answers = []
    for number in range(SIGN_INS.tries + 4):
        monkeypatch.setattr(pages, "_sign_ins", workers[number % 2])
        answers.append(people.client(None).get("/sign-in/once/nvs_guess/").status_code)
    assert answers == [410] * SIGN_INS.tries + [429] * 4
