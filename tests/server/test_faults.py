"""Faults of the database: agents are told to come back, and when the fault has ended, all works again."""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from websockets.exceptions import ConnectionClosed

from netviz.model.link import Link
from netviz.server.hosts import sessions
from netviz.server.live import closing
from netviz.server.live.faults import Faults
from netviz.wire.codec import encode
from netviz.wire.frames import (
    DeltaFrame,
)
from tests.cable import Cable
from tests.server.entities import HERE
from tests.server.people import People
from tests.server.returning import BACK_S, NOT_LET_IN, ended, enrolled, greeted, store, until_stored
from tests.server.sockets import Agent, known
from tests.services import Served
from tests.waiting import patient

# -- within this process


async def test_agent_whose_session_could_not_be_opened_once_connects_the_next_time(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, again = Agent(), Agent()
    await known(agent, people.host)
    real = sessions.open_session

    def failing(*_: Any) -> None:
        monkeypatch.setattr(sessions, "open_session", real)
        raise OperationalError("database is locked")

    monkeypatch.setattr(sessions, "open_session", failing)
    await agent.challenged()
    await agent.prove()
    problem = await agent.receive()
    assert (problem.code, problem.final) == ("try-later", True)
    assert await agent.end() == closing.TRY_LATER
    assert (await again.greet()).seq is None
    assert (await again.snapshot(*HERE)).seq == 0


@pytest.mark.parametrize("failing", ["open_session", "close_session"])
async def test_any_failure_of_a_session_leaves_the_host_free_for_the_next_connection(
    people: People, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    first, second = Agent(), Agent()
    await known(first, people.host)

    def fails(*_: Any) -> None:
        raise OperationalError("disk full")

    if failing == "close_session":
        await first.greet()
        monkeypatch.setattr(sessions, failing, fails)
        await first.leave()
    else:
        with monkeypatch.context() as patch:
            patch.setattr(sessions, failing, fails)
            await first.challenged()
            await first.prove()
            assert await first.end() == closing.TRY_LATER
    assert (await second.greet()).seq is None


def test_fault_is_logged_once_a_minute_with_how_often_it_occurred(caplog: pytest.LogCaptureFixture) -> None:
    now = [100.0]
    faults = Faults(lambda: now[0])
    for _ in range(500):
        faults.add("cannot store", OperationalError("database is locked\n\x1b[31m"))
    now[0] += 60
    faults.add("cannot store", OperationalError("database is locked"))
    first, second = (record.getMessage() for record in caplog.records)
    assert "\x1b" not in first
    assert "499 more times" in second
    assert not any(record.exc_info for record in caplog.records)


# -- SQLite


def test_server_with_a_locked_sqlite_stores_again_when_the_lock_ends(served: Served) -> None:
    enrolled(served)
    with greeted(served) as agent:
        store(agent, 1)
        lock = sqlite3.connect(served.state / "db.sqlite3", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        try:
            assert ended(agent, patient(15)) == closing.TRY_LATER
            began = time.monotonic()
            with pytest.raises(NOT_LET_IN), greeted(served):
                pass
            assert time.monotonic() - began < patient(11)
        finally:
            lock.rollback()
            lock.close()
    assert until_stored(served, 1, 2) < patient(BACK_S)
    assert served.log.read_text().count("Traceback") == 0


def test_server_with_a_read_only_database_stores_again_when_it_is_writable(served: Served) -> None:
    enrolled(served)
    with greeted(served) as agent:
        store(agent, 1)
        writer = sqlite3.connect(served.state / "db.sqlite3", isolation_level=None)
        # A trigger refuses every write, as a full disk does; the modes of files do not stop root.
        writer.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON hosts_host BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
        )
        assert ended(agent, patient(15)) == closing.TRY_LATER
        with pytest.raises(NOT_LET_IN), greeted(served):
            pass
        writer.execute("DROP TRIGGER refuse")
        writer.close()
    assert until_stored(served, 1, 2) < patient(BACK_S)


# -- PostgreSQL


def resident_mib(served: Served) -> int:
    assert served.process is not None
    rows = Path(f"/proc/{served.process.pid}/status").read_text().split("\n")
    return next(int(row.split()[1]) >> 10 for row in rows if row.startswith("VmRSS"))


def test_hanging_postgresql_ends_agents_with_1013_takes_no_memory_and_is_used_again(
    make_served: Callable[..., Served], postgres_cable: tuple[Cable, str]
) -> None:
    cable, url = postgres_cable
    served = make_served(NETVIZ_DATABASE_URL=url)
    enrolled(served)
    with greeted(served) as agent:
        store(agent, 1)
        before = resident_mib(served)
        cable.cut()
        began = time.monotonic()
        for seq in range(1, 31):  # 30 MB, of which the server reads only so much as it may hold
            links = tuple(Link("1", at, f"v{at}", "veth", ifalias=str(seq) * 9_000) for at in range(50))
            with contextlib.suppress(TimeoutError, ConnectionClosed):
                agent.send(encode(DeltaFrame("e", seq, links)).decode())
            if time.monotonic() - began > 2:
                break
        assert ended(agent, patient(20)) in (closing.TRY_LATER, None)
        assert time.monotonic() - began < patient(20)
        assert resident_mib(served) - before < 64
        with pytest.raises(NOT_LET_IN), greeted(served):
            pass
        cable.mend()
    assert until_stored(served, 1, 2) < patient(BACK_S)
    assert served.log.read_text().count("Traceback") == 0
    assert len(served.log.read_text().splitlines()) < 20
