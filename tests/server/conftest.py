"""People, hosts and sockets for tests of the server, within this process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from netviz.server.hosts.models import Host
from netviz.server.limiter import Limiter, MemoryCounts
from netviz.server.limits import API_CALLS, SIGN_INS
from netviz.server.live import agents, closing
from netviz.server.live.feeds import feeds
from netviz.server.live.writer import write
from netviz.server.teams.models import Membership, Role, Team, User
from netviz.server.web import pages, viewers
from netviz.server.web.api import throttle
from tests.cable import Cable
from tests.server.entities import HERE
from tests.server.people import PASSWORD, People
from tests.server.sockets import Agent, known
from tests.waiting import WAIT_S, patient


@pytest.fixture
def people(transactional_db: None) -> People:
    """Provides two teams with a host each: Alice (admin), Oscar (operator), Victor (viewer); and Charlie."""
    ours, theirs = Team.objects.create(name="Ours"), Team.objects.create(name="Theirs")
    roles = {"alice": Role.ADMIN, "oscar": Role.OPERATOR, "victor": Role.VIEWER}
    users = {name: User.objects.create_user(name, password=PASSWORD) for name in (*roles, "charlie")}
    for name, role in roles.items():
        Membership.objects.create(user=users[name], team=ours, role=role)
    Membership.objects.create(user=users["charlie"], team=theirs, role=Role.ADMIN)
    host = Host.objects.create(team=ours, name="build-07", key="07" * 32)
    other = Host.objects.create(team=theirs, name="secret-1", key="01" * 32)
    return People(users, ours, theirs, host, other)


@pytest.fixture
async def agent(people: People) -> Agent:
    """Provides our host's agent, connected, with a small topology."""
    agent = Agent()
    await known(agent, people.host)
    await agent.greet()
    await agent.snapshot(*HERE)
    return agent


@pytest.fixture
def postgres_cable(postgres_database: str) -> Iterator[tuple[Cable, str]]:
    """Provides a cable to an empty PostgreSQL database, and the URL of the database through the cable."""
    parts = urlsplit(postgres_database)
    with Cable() as cable:
        cable.lead_to(parts.port or 5432, parts.hostname or "127.0.0.1")
        user, at, _ = parts.netloc.rpartition("@")
        yield cable, urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{cable.port}"))


@pytest.fixture(autouse=True)
async def forget(transactional_db: None) -> AsyncIterator[None]:
    """Removes sockets and limits after each test, and waits for writes before the database is emptied."""
    pages._sign_ins = Limiter(SIGN_INS, MemoryCounts())
    throttle._calls = Limiter(API_CALLS, MemoryCounts())
    yield
    for connection in list(agents._open.values()):
        connection.end(closing.Closed())
        await asyncio.wait_for(connection._ended.wait(), patient(WAIT_S))
    await write(lambda: None)  # this call returns when the writer's thread is idle
    await feeds.close()
    await sync_to_async(connections.close_all)()
    agents._open.clear()
    viewers.viewers.clear()
