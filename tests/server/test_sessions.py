"""One UPDATE keeps all sessions of a process alive. A connection that must no longer store changes is ended."""

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
from tests.waiting import until


class Rounds:
    """Counts the updates that keep sessions alive, by how many sessions each one covers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, period_s: float) -> None:
        self.sizes: list[int] = []
        self._hold = sessions.hold
        monkeypatch.setattr(limits, "STILL_ALLOWED_S", period_s)
        monkeypatch.setattr(sessions, "hold", self._counted)

    def _counted(self, names: Any, heard: Any) -> set[str]:
        held = self._hold(names, heard)
        self.sizes.append(len(names))
        return held

    async def more(self, number: int) -> None:
        """Waits for this many further updates."""
        wanted = len(self.sizes) + number
        await until(lambda: len(self.sizes) >= wanted, f"{wanted} rounds")


def hosts(people: People, number: int) -> list[str]:
    """Creates the given number of hosts and returns their sessions."""
    names = [f"s{at}" for at in range(number)]
    rows = [Host(team=people.ours, name=name, key=f"{at:064x}", session=name) for at, name in enumerate(names, 0x1000)]
    Host.objects.bulk_create(rows)
    return names


def test_one_sql_update_sets_the_last_seen_time_of_all_hosts_whose_agents_are_connected(people: People) -> None:
    names = hosts(people, 50)
    with CaptureQueriesContext(connection) as queries:
        assert sessions.hold(names, names) == set(names)
    assert [query["sql"].split()[0] for query in queries] == ["UPDATE"]
    assert not Host.objects.filter(session__in=names, seen=None).exists()


def test_last_seen_time_is_not_updated_if_the_session_was_replaced_or_the_host_was_revoked(people: People) -> None:
    names = hosts(people, 4)
    Host.objects.filter(session="s1").update(session="another")
    Host.objects.filter(session="s2").update(revoked=timezone.now())
    assert sessions.hold(names, names) == {"s0", "s3"}
    assert Host.objects.get(name="s1").seen is None
    assert Host.objects.get(name="s2").seen is None


def test_last_seen_time_is_not_updated_for_a_connected_agent_that_sends_no_heartbeats(people: People) -> None:
    names = hosts(people, 3)
    assert sessions.hold(names, ["s0", "s2"]) == set(names)
    assert Host.objects.get(name="s1").seen is None
    assert Host.objects.get(name="s2").seen is not None


def test_last_seen_time_of_1500_hosts_is_updated_although_one_sql_statement_cannot_have_1500_variables(
    people: People,
) -> None:
    names = hosts(people, 1_500)
    assert len(sessions.hold(names, names)) == 1_500


async def test_agent_connection_that_may_no_longer_store_changes_is_ended_and_the_others_stay_open(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Rounds(monkeypatch, 0.02)
    names = await write(hosts, people, 3)
    alive, lost = Alive(), []

    def note(name: str) -> Any:
        return lambda: lost.append(name)

    for name in names:
        alive.join(name, lambda: True, note(name))
    await rounds.more(2)
    assert lost == []
    await Host.objects.filter(session="s1").aupdate(revoked=timezone.now())
    await rounds.more(3)
    assert set(lost) == {"s1"}
    for name in names:
        alive.leave(name)
    assert alive._task is None


async def test_short_database_outage_ends_no_agent_connection(
    people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "STILL_ALLOWED_S", 0.02)
    real, calls, lost = sessions.hold, [], []

    def failing(names: Any, heard: Any) -> set[str]:
        calls.append(names)
        if len(calls) == 1:
            raise OSError("away")
        return real(names, heard)

    monkeypatch.setattr(sessions, "hold", failing)
    (name,) = await write(hosts, people, 1)
    alive = Alive()
    alive.join(name, lambda: True, lambda: lost.append(name))
    await until(lambda: len(calls) > 2, "a third call")
    alive.leave(name)
    assert len(calls) > 2
    assert lost == []
    assert "again" in caplog.text


async def test_hosts_of_two_connected_agents_get_a_new_last_seen_time_from_the_same_sql_update(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Rounds(monkeypatch, 0.05)
    agents = [Agent(1), Agent(2)]
    for agent, host in zip(agents, (people.host, people.other), strict=True):
        await known(agent, host)
        await agent.greet()
        await agent.snapshot()
    await rounds.more(1)  # the one that may have begun before the second agent was there
    alone = len(rounds.sizes)
    await rounds.more(3)
    assert set(rounds.sizes[alone:]) == {2}
