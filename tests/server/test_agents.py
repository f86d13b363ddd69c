"""The agents' websocket: which agents are admitted, and what happens with their frames."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from netviz.model.link import Link
from netviz.model.namespace import Host as HostEntity
from netviz.model.namespace import Namespace
from netviz.server import limits
from netviz.server.history.models import Keyframe, Segment
from netviz.server.hosts.models import EnrolToken, Host
from netviz.server.live import closing
from netviz.server.live.feeds import load_async
from netviz.server.teams.models import AuditEvent
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Enrol,
    Enrolled,
    Hello,
    Problem,
    Proof,
    Resync,
    SnapshotBegin,
    SnapshotChunk,
    SnapshotEnd,
)
from tests.server.entities import HERE
from tests.server.people import People
from tests.server.sockets import Agent, Browser, Closed, enrol_token, known
from tests.waiting import wait_until

LO = Link("1", 1, "lo", "loopback")


def link(ifindex: int, name: str = "") -> Link:
    return Link("1", ifindex, name or f"v{ifindex}", "veth")


@pytest.fixture
async def agent(people: People) -> Agent:
    """Provides an agent with the key of our host. The agent is not connected."""
    agent = Agent()
    await known(agent, people.host)
    return agent


# -- enrolment


async def test_enrolment_token_enrols_only_one_agent(people: People) -> None:
    agent = Agent()
    token = await enrol_token(people.ours, "db-1")
    await agent.challenged()
    await agent.send(Enrol(token, agent.key.public, agent.signature(), "db-1"))
    answer = await agent.receive()
    assert isinstance(answer, Enrolled)
    assert (await Host.objects.aget(id=answer.host)).key == agent.key.public
    assert await AuditEvent.objects.filter(verb="host-enrolled", team=people.ours).aexists()


async def test_only_one_of_a_hundred_agents_with_the_same_token_is_enrolled(people: People) -> None:
    token = await enrol_token(people.ours)

    async def race(seed: int) -> bool:
        agent = Agent(seed)
        await agent.challenged()
        await agent.send(Enrol(token, agent.key.public, agent.signature(), f"h{seed}"))
        return isinstance(await agent.receive(), Enrolled)

    winners = await asyncio.gather(*(race(seed) for seed in range(1, 21)))
    assert sum(winners) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "nve_wrong"}, "bad-token"),
        ({"name": "other"}, "bad-token"),
        ({"name": "<script>"}, "bad-name"),
        ({"name": ""}, "bad-name"),
        ({"signature": "00" * 64}, "bad-proof"),
        ({"signature": "xyz"}, "bad-proof"),
        ({"key": "00"}, "bad-proof"),
        ({"key": "ff" * 32}, "bad-proof"),
    ],
)
async def test_invalid_enrolment_is_refused_and_keeps_the_token_valid(
    people: People, change: dict[str, str], code: str
) -> None:
    agent = Agent()
    token = await enrol_token(people.ours, "db-1")
    await agent.challenged()
    right = {"token": token, "key": agent.key.public, "signature": agent.signature(), "name": "db-1"}
    await agent.send(Enrol(**{**right, **change}))
    problem = await agent.receive()
    assert (problem.code, problem.final) == (code, True)
    assert await agent.end() == closing.REFUSED
    assert not (await EnrolToken.objects.aget()).used


async def test_expired_token_enrols_nobody(people: People) -> None:
    agent = Agent()
    token = await enrol_token(people.ours)
    await EnrolToken.objects.aupdate(expires=timezone.now() - timedelta(seconds=1))
    await agent.challenged()
    await agent.send(Enrol(token, agent.key.public, agent.signature(), "db-1"))
    assert (await agent.receive()).code == "bad-token"


async def test_host_name_is_unique_in_a_team(people: People) -> None:
    agent = Agent()
    token = await enrol_token(people.ours)
    await agent.challenged()
    await agent.send(Enrol(token, agent.key.public, agent.signature(), people.host.name))
    assert (await agent.receive()).code == "name-taken"


# -- proof


async def test_signature_for_another_server_is_refused(agent: Agent) -> None:
    await agent.challenged()
    await agent.send(Proof(agent.key.public, agent.signature("evil.example:443")))
    assert (await agent.receive()).code == "bad-proof"


async def test_signature_of_an_older_connection_is_refused(agent: Agent) -> None:
    first = Agent()
    await first.challenged()
    old = first.signature()
    await agent.challenged()
    await agent.send(Proof(agent.key.public, old))
    assert (await agent.receive()).code == "bad-proof"


async def test_unknown_key_is_refused(people: People) -> None:
    stranger = Agent(9)
    await stranger.challenged()
    await stranger.send(Proof(stranger.key.public, stranger.signature()))
    assert (await stranger.receive()).code == "unknown-key"


async def test_revoked_key_is_refused(agent: Agent, people: People) -> None:
    await Host.objects.filter(id=people.host.id).aupdate(revoked=timezone.now())
    await agent.challenged()
    await agent.send(Proof(agent.key.public, agent.signature()))
    assert (await agent.receive()).code == "revoked"


async def test_error_for_an_unsupported_protocol_contains_the_protocol_number_of_the_agent(agent: Agent) -> None:
    await agent.challenged()
    await agent.send(Proof(agent.key.public, agent.signature()))
    await agent.send(Hello(PROTOCOL + 1, "x", "e", 0, 0))
    problem = await agent.receive()
    assert (problem.code, str(PROTOCOL + 1) in problem.text) == ("protocol", True)


@pytest.mark.parametrize("header", [(b"cookie", b"a=b"), (b"origin", b"http://127.0.0.1:8000"), (b"Origin", b"null")])
async def test_agent_connection_with_a_cookie_or_origin_header_is_refused(
    people: People, header: tuple[bytes, bytes]
) -> None:
    with pytest.raises(Closed):
        await Agent(headers=[header]).open()


async def test_silent_agent_is_disconnected(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PROOF_S", 0.05)
    await agent.challenged()
    assert (await agent.receive()).code == "too-slow"
    assert await agent.end() == closing.TOO_SLOW


@pytest.mark.parametrize("frame", [SnapshotEnd(), Hello(PROTOCOL, "x", "e", 0, 0), Problem("x", "y")])
async def test_frame_from_an_agent_that_has_not_proved_its_identity_is_refused(agent: Agent, frame: Any) -> None:
    await agent.challenged()
    await agent.send(frame)
    assert (await agent.receive()).code == "bad-order"


# -- the stream


async def test_snapshot_is_stored_and_acknowledged(agent: Agent, people: People) -> None:
    assert (await agent.greet()).seq is None
    assert await agent.snapshot(*HERE, LO, seq=4) == Ack("e", 4)
    present = await load_async(people.host.id)
    assert present.entities == {entity.key: entity for entity in (*HERE, LO)}
    assert (present.seq, present.epoch, present.agent_seq) == (1, "e", 4)


async def test_delta_is_acknowledged_when_it_is_stored(agent: Agent, people: People) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    assert await agent.delta(1, link(2)) == Ack("e", 1)
    assert link(2).key in (await load_async(people.host.id)).entities


async def test_repeated_delta_is_acknowledged_and_changes_nothing(agent: Agent, people: People) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    await agent.delta(1, link(2))
    assert await agent.delta(1, link(2, "changed")) == Ack("e", 1)
    present = await load_async(people.host.id)
    assert (present.seq, present.entities[link(2).key]) == (2, link(2))


async def test_missing_delta_causes_a_resync_and_later_deltas_are_ignored(agent: Agent, people: People) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    assert isinstance(await agent.delta(2, link(2)), Resync)
    await agent.send('{"t":"delta","epoch":"e","seq":3}')
    assert await agent.quiet()
    await agent.snapshot(*HERE, link(2), link(3), seq=3)
    assert await agent.delta(4, link(4)) == Ack("e", 4)
    assert len((await load_async(people.host.id)).entities) == 5


async def test_reconnected_agent_resumes_without_a_snapshot(agent: Agent, people: People) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    await agent.delta(1, link(2))
    await agent.leave()
    again = Agent()
    assert (await again.greet(epoch="e", since=0, seq=3)).seq == 1
    assert await again.delta(2, link(3)) == Ack("e", 2)


@pytest.mark.parametrize(("epoch", "since", "seq"), [("other", 0, 9), ("e", 2, 9), ("e", 0, 0)])
async def test_agent_that_cannot_resume_is_asked_for_a_snapshot(agent: Agent, epoch: str, since: int, seq: int) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    await agent.delta(1, link(2))
    await agent.leave()
    assert (await Agent().greet(epoch=epoch, since=since, seq=seq)).seq is None


async def test_restarted_agent_with_an_unchanged_topology_adds_nothing_to_the_history(
    agent: Agent, people: People
) -> None:
    await agent.greet()
    await agent.snapshot(*HERE, LO)
    await agent.leave()
    again = Agent()
    await again.greet(epoch="second")
    await again.snapshot(*HERE, LO, epoch="second")
    present = await load_async(people.host.id)
    assert (present.seq, present.epoch) == (1, "second")


async def test_second_snapshot_of_an_agent_is_stored_as_the_difference_from_the_first(
    agent: Agent, people: People
) -> None:
    await agent.greet()
    await agent.snapshot(*HERE, LO, link(2))
    await agent.snapshot(*HERE, LO, link(3), seq=7)
    present = await load_async(people.host.id)
    assert present.entities == {entity.key: entity for entity in (*HERE, LO, link(3))}
    assert present.seq == 2
    # The keyframe is stored after the acknowledgement.
    await sync_to_async(wait_until)(lambda: Keyframe.objects.exists(), "a keyframe is stored")
    assert await Keyframe.objects.acount() == 1


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([SnapshotEnd()], "bad-order"),
        ([SnapshotChunk(0, ())], "bad-order"),
        ([SnapshotBegin("e", 0, 2, 0), SnapshotChunk(1, ())], "bad-order"),
        ([SnapshotBegin("e", 0, 1, 0), SnapshotEnd()], "bad-order"),
        ([SnapshotBegin("e", 0, 1, 2), SnapshotChunk(0, (LO,)), SnapshotEnd()], "bad-order"),
        ([SnapshotBegin("e", 0, 1, 1), SnapshotChunk(0, (LO, link(2)))], "bad-value"),
        ([SnapshotBegin("e", 0, 1, 2), SnapshotChunk(0, (LO, LO)), SnapshotEnd()], "bad-value"),
        ([SnapshotBegin("e", 0, 5_000, 0)], "bad-value"),
        ([SnapshotBegin("e", 0, -1, 0)], "bad-value"),
        ([SnapshotBegin("e", 0, 1, 10**9)], "bad-value"),
        ([Hello(PROTOCOL, "x", "e", 0, 0)], "bad-order"),
        ([Proof("00" * 32, "00" * 64)], "bad-order"),
        (["not json"], "not-json"),
        (["[" * 4_000], "too-deep"),
        (['{"t":"delta","epoch":"e","seq":1,"host":"another"}'], "unknown-field"),
        ([b"\xff\xfe"], "not-utf8"),
        (['{"t":"delta","epoch":"e","seq":1,"put":[{"t":"ns","id":"2"}],"drop":["ns/2"]}'], "bad-value"),
    ],
)
async def test_bad_frame_of_an_agent_is_answered_with_an_error_code_and_closes_the_socket(
    agent: Agent, people: People, frames: list[Any], code: str
) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    before = await load_async(people.host.id)
    for frame in frames:
        await agent.send(frame)
    problem = await agent.receive_until(Problem)
    assert (problem.code, problem.final) == (code, True)
    assert await agent.end() == closing.BAD_FRAME
    assert await load_async(people.host.id) == before


async def test_newer_connection_of_a_host_ends_the_older_connection(agent: Agent, people: People) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    newer = Agent()
    await newer.greet(epoch="e", since=0, seq=0)
    assert (await agent.receive()).code == "superseded"
    assert await agent.end() == closing.SUPERSEDED
    assert await newer.delta(1, link(2)) == Ack("e", 1)


async def test_agent_connection_stores_nothing_after_a_newer_connection_to_another_server_process_replaced_it(
    agent: Agent, people: People
) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    await Host.objects.filter(id=people.host.id).aupdate(session="of another process")
    answer = await agent.delta(1, link(2))
    assert isinstance(answer, Problem)
    assert answer.code == "superseded"
    assert link(2).key not in (await load_async(people.host.id)).entities


async def test_revoked_host_loses_its_connection(agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STILL_ALLOWED_S", 0.05)
    await agent.greet()
    await Host.objects.filter(id=people.host.id).aupdate(revoked=timezone.now())
    assert await agent.end() == closing.SUPERSEDED


async def test_agent_can_change_only_the_topology_of_its_own_host(agent: Agent, people: People) -> None:
    await agent.greet()
    await agent.snapshot(HostEntity("secret-1", "boot", "1"), Namespace("1", is_host=True))
    assert not await Segment.objects.exclude(host=people.host).aexists()
    assert (await Host.objects.aget(id=people.other.id)).seq == 0


async def test_lost_connection_makes_the_host_stale(agent: Agent, people: People) -> None:
    await agent.greet()
    assert (await Host.objects.aget(id=people.host.id)).stale_since is None
    await agent.leave()
    host = await Host.objects.aget(id=people.host.id)
    assert host.stale_since is not None
    assert host.session == ""


async def test_browser_receives_a_change_that_the_agent_reports(agent: Agent, people: People) -> None:
    await agent.greet()
    await agent.snapshot(*HERE)
    browser = Browser(await sync_to_async(people.cookies)("victor"))
    await browser.open()
    assert set(await browser.subscribe(people.host)) == set(HERE)
    await agent.delta(1, link(2))
    delta = await browser.receive()
    assert (delta.seq, delta.put) == (2, (link(2),))
