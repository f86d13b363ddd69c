"""An enrolled agent that sends too much: what it sends, keeps in memory and stores is limited, and others work on."""

import asyncio
import threading
import time
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from netviz.model.delta import diff
from netviz.model.link import Link
from netviz.model.topology import AnyEntity
from netviz.server.history import store
from netviz.server.history.models import Keyframe
from netviz.server.hosts.models import Host
from netviz.server.limits import UNSTORED_BYTES
from netviz.server.live import closing, contests, ingest, pace, writer
from netviz.server.live.fair import FairThreads
from netviz.server.live.feeds import feeds, load_async
from netviz.server.live.pace import Paces
from netviz.server.live.pieces import pieces_of, size_of
from netviz.server.live.unstored import Unstored
from netviz.server.teams.models import AuditEvent
from netviz.wire.frames import Ack, DeltaFrame, Problem, Resync
from netviz.wire.limits import BYTES_PER_SECOND, CHANGES_PER_SECOND, ENTITIES, FRAME_BYTES, SNAPSHOT_BYTES
from tests.server.entities import HERE, large
from tests.server.people import People
from tests.server.sockets import Agent, known
from tests.waiting import until


class Clock:
    """A clock that the test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


# -- rates


def test_host_may_send_one_snapshot_at_once_and_then_only_at_its_rates() -> None:
    clock = Clock()
    paces, host, team = Paces(clock), uuid.uuid4(), uuid.uuid4()
    assert paces.of(host, team).spend(SNAPSHOT_BYTES, ENTITIES) == 0
    assert paces.of(host, team).spend(BYTES_PER_SECOND, 0) == pytest.approx(1.0)
    clock.now += 1
    assert paces.of(host, team).spend(0, 3 * CHANGES_PER_SECOND) == pytest.approx(2.0)
    assert paces.of(uuid.uuid4(), team).spend(FRAME_BYTES, 1_000) == 0


def test_all_hosts_of_a_team_together_have_a_rate() -> None:
    clock = Clock()
    paces, team = Paces(clock), uuid.uuid4()
    waits = [paces.of(uuid.uuid4(), team).spend(SNAPSHOT_BYTES, ENTITIES) for _ in range(20)]
    assert waits[:8] == [0] * 8
    assert waits[-1] > 10
    assert paces.of(uuid.uuid4(), uuid.uuid4()).spend(SNAPSHOT_BYTES, ENTITIES) == 0


async def test_agent_that_sends_more_than_its_rate_is_read_more_slowly_and_nothing_is_lost(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "CHANGES_PER_SECOND", 50)
    monkeypatch.setattr(pace, "ENTITIES", 10)
    monkeypatch.setattr(pace, "paces", pace.Paces())
    monkeypatch.setattr("netviz.server.live.agents.paces", pace.paces)
    await agent.leave()
    again = Agent()
    await again.greet(since=0, seq=0)
    began = time.monotonic()
    for seq in range(1, 41):
        await again.send(DeltaFrame("e", seq, (Link("1", seq, f"v{seq}", "veth"),)))
    while (await again.receive_until(Ack)).seq < 40:
        pass
    assert time.monotonic() - began > 0.5
    assert len((await load_async(people.host.id)).entities) == 42


# -- what is not stored yet


async def test_socket_of_an_agent_is_not_read_while_too_much_of_it_is_unstored(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    real = store.store
    monkeypatch.setattr(store, "store", lambda *arguments: (gate.wait(5), real(*arguments)))
    for seq in range(1, 31):  # 30 MB
        await agent.send(DeltaFrame("e", seq, tuple(large(at, str(seq % 10)) for at in range(50))))
    feed = next(iter(feeds._feeds.values()))
    await until(lambda: feed.agent_seq > 1, "the server reads some of it")
    await asyncio.sleep(0.3)
    taken = feed.agent_seq
    await asyncio.sleep(0.3)
    assert feed.agent_seq == taken
    assert taken < 2 * UNSTORED_BYTES / 1_000_000 + 2
    gate.set()
    while (await agent.receive_until(Ack)).seq < 30:
        pass


def test_connections_share_the_limit_of_unstored_bytes_but_one_with_little_never_waits() -> None:
    from netviz.server.live.unstored import _Total

    total = _Total()
    many = [Unstored(total) for _ in range(17)]
    for one in many:
        one.add(UNSTORED_BYTES)
    small = Unstored(total)
    small.add(1_000)
    assert all(one.is_full for one in many)
    assert not small.is_full
    for one in many[1:]:
        one.close()
    assert not many[0].is_full


# -- fairness


async def test_host_with_many_jobs_makes_another_host_wait_for_only_one_of_them() -> None:
    threads = FairThreads(1, "test")
    order: list[str] = []
    begun, gate = threading.Event(), threading.Event()

    def job(name: str) -> None:
        begun.set()
        gate.wait(5)
        order.append(name)

    jobs = [asyncio.create_task(threads.call("flood", job, "flood")) for _ in range(50)]
    await asyncio.to_thread(begun.wait, 5)
    other = asyncio.create_task(threads.call("honest", job, "honest"))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(other, *jobs)
    assert order.index("honest") <= 1


async def test_jobs_of_one_host_run_in_the_order_of_their_calls_even_with_several_threads() -> None:
    order: list[int] = []
    threads = FairThreads(4, "test")
    await asyncio.gather(*(threads.call("one", order.append, number) for number in range(200)))
    assert order == list(range(200))


async def test_job_whose_caller_gave_up_is_not_run() -> None:
    ran: list[int] = []
    threads, gate = FairThreads(1, "test"), threading.Event()
    first = asyncio.create_task(threads.call("one", gate.wait, 5))
    second = asyncio.create_task(threads.call("one", ran.append, 2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    gate.set()
    await first
    await threads.call("one", ran.append, 3)
    assert ran == [3]


async def test_large_snapshot_of_one_host_does_not_stop_the_event_loop(agent: Agent) -> None:
    late: list[float] = []

    async def clock() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            late.append(time.monotonic() - before)

    ticking = asyncio.create_task(clock())
    entities = [Link("1", at, f"v{at}", "veth", mtu=at) for at in range(2, 60_000)]
    assert (await agent.snapshot(*HERE, *entities, seq=7)).seq == 7
    ticking.cancel()
    assert sorted(late)[int(len(late) * 0.95)] < 0.25


# -- memory


def test_change_is_cut_into_pieces_that_together_are_the_change() -> None:
    old = {link.key: link for link in (large(at) for at in range(100))}
    new = {link.key: link for link in (large(at, "y") for at in range(50, 150))}
    change = diff(old, new)
    world: dict[str, AnyEntity] = dict(old)
    pieces = [piece for piece in pieces_of(world, change.drop, change.put) if piece is not None]
    for piece in pieces:
        assert sum(map(len, piece.put)) + sum(map(len, piece.was)) < FRAME_BYTES
        for key in piece.delta.drop:
            del world[key]
        world |= {entity.key: entity for entity in piece.delta.put}
    assert len(pieces) > 3
    assert world == new
    before, after = size_of(old.values()), size_of(new.values())
    for piece in pieces:
        before += piece.growth
    assert before == after


async def test_agent_whose_topology_becomes_too_large_must_send_a_snapshot_and_may_go_on(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "HOST_MEMORY_BYTES", 1_000_000)
    for seq in range(1, 5):
        await agent.send(DeltaFrame("e", seq, tuple(large(seq * 10 + at) for at in range(10))))
    assert isinstance(await agent.receive_until(Resync), Resync)
    assert len((await load_async(people.host.id)).entities) < 40
    assert await agent.snapshot(*HERE, large(1), epoch="e2") == Ack("e2", 0)
    assert len((await load_async(people.host.id)).entities) == 3


async def test_snapshot_that_needs_too_much_memory_closes_the_connection(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "HOST_MEMORY_BYTES", 1_000_000)
    from netviz.wire.chunks import snapshot_frames

    for frame in snapshot_frames([*HERE, *(large(at) for at in range(100))], "e2", 0, 0):
        await agent.send(frame.decode())
    problem = await agent.receive_until(Problem)
    assert (problem.code, problem.final) == ("too-large", True)


async def test_team_whose_topologies_need_too_much_memory_is_told_so(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "TEAM_MEMORY_BYTES", 10_000)
    await agent.send(DeltaFrame("e", 1, (large(1),)))
    assert (await agent.receive_until(Problem)).code == "team-full"
    assert await agent.end() == closing.TRY_LATER


# -- snapshots in pieces


async def test_snapshot_of_many_pieces_of_which_only_some_were_stored_needs_another_snapshot(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writer.work
    calls = 0

    async def failing(host: uuid.UUID, function: Any, *arguments: Any) -> Any:
        nonlocal calls
        calls += function is next
        if calls > 6 and function is next:
            raise TimeoutError
        return await real(host, function, *arguments)

    monkeypatch.setattr(ingest, "work", failing)
    from netviz.wire.chunks import snapshot_frames

    entities: list[AnyEntity] = [*HERE, *(large(at) for at in range(200))]
    for frame in snapshot_frames(entities, "e", 9, 0):
        await agent.send(frame.decode())
    assert (await agent.receive_until(Problem)).code == "try-later"
    await agent.end()
    monkeypatch.setattr(ingest, "work", real)
    present = await load_async(people.host.id)
    assert present.epoch == ""
    assert 2 < len(present.entities) < 202
    again = Agent()
    assert (await again.greet("e", since=0, seq=9)).seq is None
    assert await again.snapshot(*entities, seq=9) == Ack("e", 9)
    assert (await load_async(people.host.id)).entities == {entity.key: entity for entity in entities}
    assert await sync_to_async(Keyframe.objects.filter(host=people.host.id).count)() >= 1


async def test_page_of_the_api_ends_after_4_mib_and_the_next_page_goes_on(agent: Agent, people: People) -> None:
    links = [large(at) for at in range(1_000)]
    await agent.snapshot(*HERE, *links)
    client = await sync_to_async(people.client)("alice")

    def pages() -> tuple[list[int], set[str]]:
        sizes: list[int] = []
        keys: set[str] = set()
        after: str | None = ""
        while after is not None:
            answer = client.get(f"/api/v1/hosts/{people.host.id}/links/?limit=10000&after={quote(after)}")
            sizes.append(len(answer.content))
            keys |= {item["ifname"] for item in answer.json()["items"]}
            after = answer.json()["next"]
        return sizes, keys

    sizes, keys = await sync_to_async(pages)()
    assert keys == {link.ifname for link in links}
    assert max(sizes) < 5 << 20
    assert len(sizes) == 5


async def test_api_says_since_when_the_history_of_a_host_is_kept(agent: Agent, people: People) -> None:
    client = await sync_to_async(people.client)("alice")
    answer = await sync_to_async(client.get)(f"/api/v1/hosts/{people.host.id}/")
    assert answer.json()["history_since"] is not None
    assert answer.json()["contested"] is None


# -- two agents with one key


async def test_second_agent_with_the_same_key_is_refused_after_some_replacements_and_the_team_is_told(
    agent: Agent, people: People
) -> None:
    contests.contests._replaced.clear()
    others, ends = [Agent() for _ in range(6)], []
    for other in others:
        await other.challenged()
        await other.prove()
        ends.append(getattr(await other.receive(), "code", "welcome"))
    assert ends == ["welcome"] * 3 + ["contested"] * 3
    assert await AuditEvent.objects.filter(verb="host-contested", team=people.ours).acount() == 1
    assert (await Host.objects.aget(id=people.host.id)).contested is not None
    contests.contests._replaced.clear()


async def test_living_agent_of_a_contested_host_is_not_replaced_by_an_agent_that_comes_minutes_later(
    agent: Agent, people: People
) -> None:
    contests.contests._replaced.clear()
    await Host.objects.filter(id=people.host.id).aupdate(contested=timezone.now() - timedelta(minutes=10))
    other = Agent()
    await other.challenged()
    await other.prove()
    assert (await other.receive()).code == "contested"
    assert await Host.objects.filter(contested__gt=timezone.now() - timedelta(minutes=1)).aexists()
    assert not await AuditEvent.objects.filter(verb="host-contested").aexists()
    assert isinstance(await agent.delta(1), Ack)


async def test_agent_of_a_contested_host_is_not_replaced_through_another_process(people: People) -> None:
    now = timezone.now()
    other = Agent()
    await known(other, people.host)
    held = {"session": "of another process", "contested": now}
    await Host.objects.filter(id=people.host.id).aupdate(seen=now, **held)
    await other.challenged()
    await other.prove()
    assert (await other.receive()).code == "contested"
    await Host.objects.filter(id=people.host.id).aupdate(seen=now - timedelta(seconds=10), **held)
    assert (await Agent().greet()).seq is None


def test_connection_that_was_silent_may_be_replaced_as_often_as_needed() -> None:
    clock = Clock()
    found = contests.Contests(clock)
    host = uuid.uuid4()
    assert not any(found.refuses(host, clock.now - 60) for _ in range(20))
    assert [found.refuses(host, clock.now) for _ in range(5)] == [False, False, False, True, True]
    clock.now += 301
    assert not found.refuses(host, clock.now)
