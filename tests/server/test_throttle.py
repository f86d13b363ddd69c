"""Sign-ins are limited by account and address, and failures are recorded."""

import time
from ipaddress import ip_network
from typing import Any

import pytest
import redis
from django.conf import settings

from netviz.server.edge.addresses import bucket, client_address
from netviz.server.limiter import Limiter, MemoryCounts, RedisCounts
from netviz.server.limits import (
    AUDITED_FAILURES_OF_ADDRESS,
    SIGN_IN_LINKS,
    SIGN_INS,
    SIGN_INS_OF_ACCOUNT,
    SIGN_INS_OF_ADDRESS,
)
from netviz.server.teams import tokens
from netviz.server.teams.models import AuditEvent
from netviz.server.web import pages
from tests.server.people import PASSWORD, People
from tests.server.test_pages import csrf

HERE, THERE = "192.0.2.1", "198.51.100.9"
PROXIES = [ip_network(text) for text in ("127.0.0.1", "10.0.0.0/8")]


def sign_in(people: People, name: str, password: str, address: str = HERE, **headers: str) -> int:
    """Signs in with the form from this address; returns the status."""
    client = people.client(None)
    token = csrf(client.get("/sign-in/").content)
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    return client.post("/sign-in/", form, REMOTE_ADDR=address, headers=headers).status_code


def fails(people: People, number: int, name: str = "victor", address: str = HERE) -> list[int]:
    return [sign_in(people, name, "wrong", address) for _ in range(number)]


def test_right_password_is_not_locked_out_by_another_address(people: People) -> None:
    assert fails(people, SIGN_INS.tries + 1)[-1] == 429
    assert sign_in(people, "victor", PASSWORD, THERE) == 302


def test_right_password_of_another_user_is_not_locked_out_at_a_shared_address(people: People) -> None:
    assert fails(people, SIGN_INS.tries + 1)[-1] == 429
    assert sign_in(people, "alice", PASSWORD) == 302


def test_guessing_many_accounts_from_one_address_is_refused(people: People) -> None:
    answers = [sign_in(people, f"user-{n}", "wrong") for n in range(SIGN_INS_OF_ADDRESS.tries + 1)]
    assert answers == [200] * SIGN_INS_OF_ADDRESS.tries + [429]


def test_guessing_one_account_from_many_addresses_leaves_each_address_a_few_tries(people: People) -> None:
    for n in range(SIGN_INS_OF_ACCOUNT.tries):
        assert sign_in(people, "victor", "wrong", f"203.0.113.{n}") == 200
    assert fails(people, 5, address=THERE) == [200, 200, 200, 429, 429]
    assert sign_in(people, "victor", PASSWORD, HERE) == 302


def test_successful_sign_ins_do_not_use_up_the_tries(people: People) -> None:
    assert {sign_in(people, "victor", PASSWORD) for _ in range(3 * SIGN_INS.tries)} == {302}


@pytest.mark.parametrize("name", ["VICTOR", "ｖictor", "Victor"])  # noqa: RUF001 - a full-width letter
def test_other_spelling_of_a_name_has_no_tries_of_its_own(people: People, name: str) -> None:
    fails(people, SIGN_INS.tries)
    assert sign_in(people, name, "wrong") == 429


def test_forwarded_address_is_ignored_unless_a_trusted_proxy_says_it(people: People) -> None:
    answers = [
        sign_in(people, "victor", "wrong", "127.0.0.1", **{"X-Forwarded-For": f"203.0.113.{n}"})
        for n in range(SIGN_INS.tries + 1)
    ]
    assert answers[-1] == 429


def test_address_that_a_trusted_proxy_forwards_has_its_own_tries(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TRUSTED_PROXIES", PROXIES)
    for n in range(2):
        answers = [
            sign_in(people, "victor", "wrong", "127.0.0.1", **{"X-Forwarded-For": f"{x}.1.1.1, 203.0.113.{n}"})
            for x in range(SIGN_INS.tries + 1)
        ]
        assert answers == [200] * SIGN_INS.tries + [429]


@pytest.mark.parametrize(
    ("peer", "hops", "client"),
    [
        ("192.0.2.1", "203.0.113.5", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "203.0.113.5, 10.1.2.3", "203.0.113.5"),
        ("127.0.0.1", "10.9.9.9, 10.1.2.3", "10.9.9.9"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.5, nonsense", "127.0.0.1"),
        ("127.0.0.1", "[2001:db8::5]", "2001:db8::5"),
        ("::ffff:127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "x" * 100_000, "127.0.0.1"),
    ],
)
def test_client_is_the_last_address_that_is_not_a_trusted_proxy(peer: str, hops: str, client: str) -> None:
    assert client_address(peer, hops, PROXIES) == client


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_tries_of_ipv6_are_counted_by_64(address: str, key: str) -> None:
    assert bucket(address) == key


def test_ipv6_client_gets_no_further_tries_from_other_addresses_of_its_network(people: People) -> None:
    answers = [sign_in(people, "victor", "wrong", f"2001:db8::{n}") for n in range(1, SIGN_INS.tries + 2)]
    assert answers[-1] == 429


def test_passwords_and_links_have_tries_of_their_own(people: People) -> None:
    fails(people, SIGN_INS.tries + 1)
    path = "/sign-in/once/nvs_guess/"
    answers = [people.client(None).get(path, REMOTE_ADDR=HERE).status_code for _ in range(SIGN_IN_LINKS.tries + 1)]
    assert answers == [410] * SIGN_IN_LINKS.tries + [429]
    assert sign_in(people, "alice", PASSWORD) == 302


def test_valid_link_is_never_locked_out(people: People) -> None:
    for _ in range(SIGN_IN_LINKS.tries + 5):
        people.client(None).get("/sign-in/once/nvs_guess/", REMOTE_ADDR=HERE)
    path = f"/sign-in/once/{tokens.make_sign_in_link(people.users['victor'])}/"
    assert people.client(None).get(path, REMOTE_ADDR=HERE).status_code == 200


def test_workers_with_one_redis_count_failures_together(
    people: People, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Any = redis.Redis.from_url(redis_url)
    for key in store.scan_iter("netviz.limit.sign-in*"):
        store.delete(key)
    workers = [Limiter(SIGN_INS, RedisCounts(redis_url)) for _ in range(4)]
    answers = []
    for number in range(SIGN_INS.tries + 2):
        monkeypatch.setattr(pages, "_sign_ins", workers[number % 4])
        answers.append(sign_in(people, "victor", "wrong"))
    assert answers == [200] * SIGN_INS.tries + [429, 429]


@pytest.mark.parametrize("where", ["memory", "redis"])
def test_attempt_that_is_taken_back_does_not_count(redis_url: str, where: str) -> None:
    redis.Redis.from_url(redis_url).delete("netviz.limit.sign-in.back")
    limiter = Limiter(SIGN_INS, MemoryCounts() if where == "memory" else RedisCounts(redis_url))
    assert (limiter.count("back"), limiter.count("back")) == (1, 2)
    limiter.take_back("back")
    assert limiter.count("back") == 2
    for _ in range(5):
        limiter.take_back("back")
    assert limiter.count("back") == 1


# -- the audit trail


def test_failed_sign_in_is_recorded_with_the_user_and_the_address(people: People) -> None:
    fails(people, 1)
    event = AuditEvent.objects.get(verb="sign-in-failed")
    assert (event.subject, event.detail) == ("victor", {"by": "password", "address": HERE})


def test_name_of_no_user_is_not_recorded_because_it_may_be_a_password(people: People) -> None:
    fails(people, 1, name="correct horse battery")
    event = AuditEvent.objects.get(verb="sign-in-failed")
    assert "horse" not in str([event.subject, event.detail])


def test_failed_link_is_recorded(people: People) -> None:
    people.client(None).get("/sign-in/once/nvs_guess/", REMOTE_ADDR=HERE)
    assert AuditEvent.objects.get(verb="sign-in-failed").detail == {"by": "link", "address": HERE}


def test_audit_trail_cannot_be_filled_with_failures(people: People) -> None:
    for n in range(SIGN_INS_OF_ADDRESS.tries + 20):
        sign_in(people, f"user-{n}", "wrong")
    events = AuditEvent.objects.filter(verb="sign-in-failed")
    assert events.count() == AUDITED_FAILURES_OF_ADDRESS.tries
    assert [event.detail.get("more") for event in events.order_by("id")][-1] == "only counted"


def test_name_of_1_mib_costs_no_time(people: People) -> None:
    # Characters without a base character: normalizing 20,000 of them takes a second, and 350,000 minutes.
    began = time.process_time()
    assert sign_in(people, "\u0f73" * 100_000, "wrong") == 200
    assert time.process_time() - began < 3
