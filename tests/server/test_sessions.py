"""One UPDATE keeps all sessions of a process alive, and a connection that may no longer write is ended."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from netviz.server import limits
from netviz.server.hosts import sessions
from netviz.server.hosts.models import Host
from netviz.server.live.alive import Alive
from netviz.server.live.writer import write
from tests.server.people import People
from tests.server.sockets import Agent, known


def hosts(people: People, number: int) -> list[str]:
    """Creates the given number of hosts and returns their sessions."""
    names = [f"s{at}" for at in range(number)]
    rows = [Host(team=people.ours, name=name, key=f"{at:064x}", session=name) for at, name in enumerate(names, 0x1000)]
    Host.objects.bulk_create(rows)
    return names


def test_one_update_statement_marks_all_hosts_of_a_process_as_seen(people: People) -> None:
    names = hosts(people, 50)
    with CaptureQueriesContext(connection) as queries:
        assert sessions.hold(names) == set(names)
    assert [query["sql"].split()[0] for query in queries] == ["UPDATE"]
    assert not Host.objects.filter(session__in=names, seen=None).exists()


def test_superseded_or_revoked_session_is_not_kept_alive(people: People) -> None:
    names = hosts(people, 4)
    Host.objects.filter(session="s1").update(session="another")
    Host.objects.filter(session="s2").update(revoked=timezone.now())
    assert sessions.hold(names) == {"s0", "s3"}
    assert Host.objects.get(name="s1").seen is None
    assert Host.objects.get(name="s2").seen is None


def test_more_sessions_than_one_sql_statement_has_variables_are_kept_alive(people: People) -> None:
    names = hosts(people, 1_500)
    assert len(sessions.hold(names)) == 1_500


async def test_only_a_session_that_may_no_longer_write_is_ended(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STILL_ALLOWED_S", 0.02)
    names = await write(hosts, people, 3)
    alive, lost = Alive(), []

    def note(name: str) -> Any:
        return lambda: lost.append(name)

    for name in names:
        alive.join(name, note(name))
    await asyncio.sleep(0.2)
    assert lost == []
    await Host.objects.filter(session="s1").aupdate(revoked=timezone.now())
    await asyncio.sleep(0.2)
    assert set(lost) == {"s1"}
    for name in names:
        alive.leave(name)
    assert alive._task is None


async def test_short_database_outage_ends_no_session(
    people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "STILL_ALLOWED_S", 0.02)
    real, calls, lost = sessions.hold, [], []

    def failing(names: Any) -> set[str]:
        calls.append(names)
        if len(calls) == 1:
            raise OSError("away")
        return real(names)

    monkeypatch.setattr(sessions, "hold", failing)
    (name,) = await write(hosts, people, 1)
    alive = Alive()
    alive.join(name, lambda: lost.append(name))
    await asyncio.sleep(0.2)
    alive.leave(name)
    assert len(calls) > 2
    assert lost == []
    assert "again" in caplog.text


async def test_two_agents_of_a_process_are_marked_as_seen_by_one_update(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    real = sessions.hold

    def counted(names: Any) -> set[str]:
        counts.append(len(names))
        return real(names)

    monkeypatch.setattr(limits, "STILL_ALLOWED_S", 0.05)
    monkeypatch.setattr(sessions, "hold", counted)
    agents = [Agent(1), Agent(2)]
    for agent, host in zip(agents, (people.host, people.other), strict=True):
        await known(agent, host)
        await agent.greet()
        await agent.snapshot()
    await asyncio.sleep(0.3)
    assert set(counts[1:]) == {2}
