"""The metrics: who may read them, and what they show."""

import re

import pytest
from django.conf import settings

from netviz.server.tally import dropped
from tests.server.people import People

TOKEN = "a token of the monitoring"
LINE = re.compile(r'(# (HELP|TYPE) \w+ .+|\w+(\{\w+="([^"\\]|\\.)*"(,\w+="([^"\\]|\\.)*")*\})? [0-9.e+]+)')


def read(people: People, **more: str) -> tuple[int, str]:
    address = more.pop("REMOTE_ADDR", "127.0.0.1")
    answer = people.client(None).get("/metrics", headers=more, REMOTE_ADDR=address)
    return answer.status_code, answer.content.decode()


def test_metrics_have_the_format_of_prometheus(people: People) -> None:
    dropped.add('odd "name" \\ with\nall', "x")
    status, text = read(people)
    assert status == 200
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    assert "netviz_agents 0" in text


def test_metrics_count_what_was_refused(people: People) -> None:
    people.client(None).get("/help/?a=%00")
    assert re.search(r'netviz_dropped_total\{what="a request with a NUL"\} [1-9]', read(people)[1])


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"])
def test_metrics_are_hidden_from_clients_of_a_proxy_on_this_machine(people: People, header: str) -> None:
    assert read(people, **{header: "203.0.113.5"})[0] == 404


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "", "nonsense"])
def test_metrics_are_hidden_from_other_machines(people: People, address: str) -> None:
    assert read(people, REMOTE_ADDR=address)[0] == 404


def test_metrics_are_hidden_without_a_token_if_an_origin_is_not_on_loopback(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "METRICS_FOR_LOOPBACK", False)
    assert read(people)[0] == 404


@pytest.mark.parametrize(
    ("sent", "status"), [(TOKEN, 200), ("", 404), ("another", 404), (TOKEN + "x", 404), ("é", 404)]
)
def test_metrics_need_the_token_if_one_is_set(
    people: People, monkeypatch: pytest.MonkeyPatch, sent: str, status: int
) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", TOKEN)
    assert read(people, Authorization=f"Bearer {sent}")[0] == status
    assert read(people, Authorization=f"Bearer {sent}", REMOTE_ADDR="192.0.2.1")[0] == status
