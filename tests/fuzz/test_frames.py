"""Tens of thousands of almost valid frames: each is accepted or refused with a code, and nothing else happens."""

from typing import Any, get_args

import pytest

import netviz.server.decoder
import netviz.wire.codec
from netviz.model.namespace import Host as HostEntity
from netviz.model.namespace import Namespace
from netviz.server.hosts import sessions
from netviz.server.live import closing
from netviz.server.live.feed import Feed
from netviz.server.live.feeds import feeds, load_async
from netviz.server.live.ingest import Ingest
from netviz.server.live.writer import write
from netviz.server.web import viewers
from netviz.wire.frames import Problem, Resync
from netviz.wire.problems import Code, WireError
from tests.fuzz.mutations import mutated
from tests.server.conftest import forget, people  # noqa: F401 - fixtures
from tests.server.people import People
from tests.server.sockets import Agent, Browser, Closed, known

CODES = set(get_args(Code))
HERE = (HostEntity("h", "boot", "1"), Namespace("1", is_host=True))


def taken(module: Any, data: bytes, direction: str) -> tuple[Any, str]:
    try:
        return module.decode(data, direction), ""
    except WireError as refusal:
        assert refusal.code in CODES
        return None, refusal.code


@pytest.mark.parametrize("direction", ["agent", "browser"])
def test_decoders_of_agent_and_server_accept_the_same_frames_and_refuse_others_with_a_wire_error(
    direction: str,
) -> None:
    accepted = refused = 0
    for data in mutated(1, 10_000):
        (first, _), (second, _) = (
            taken(module, data, direction) for module in (netviz.wire.codec, netviz.server.decoder)
        )
        # Only the agent's decoder refuses duplicate members. With one decoder per frame that is harmless.
        if first is not None or not data.count(b'"a":1,'):
            assert first == second, data[:300]
        accepted += second is not None
        refused += second is None
    assert refused > 1_000
    assert accepted + refused == 10_000


@pytest.mark.timeout(600)  # each of thousands of connections stores what it sent
async def test_server_survives_20_000_damaged_agent_frames_and_refused_ones_change_nothing(
    people: People,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(netviz.server.live.ingest, "COMMIT_S", 0.0)  # no other agent shares a batch
    host = people.host.id
    store_session = "fuzz"
    await load_async(host)
    await write(sessions.open_session, host, store_session)
    feed = Feed(host, await load_async(host))
    refused = 0

    async def say(frame: Any) -> None:
        if isinstance(frame, Resync):
            events.append(frame)

    ingest = Ingest(host, store_session, feed, feeds, say)
    events: list[Any] = []
    for data in mutated(2, 20_000):
        feed.agent_epoch, feed.agent_seq = "e1", 1  # so that the golden deltas follow and are applied
        before = (feed.seq, len(feed.entities))
        try:
            await ingest.take(netviz.server.decoder.decode(data, "agent"), len(data))
        except WireError as refusal:
            assert refusal.code in CODES
            assert (feed.seq, len(feed.entities)) == before
            refused += 1
            events.append("closed")
        if events:  # as on a socket: a bad frame closes it, a gap causes a resync; both start again
            events.clear()
            await ingest.close()
            assert ingest.failure is None
            ingest = Ingest(host, store_session, feed, feeds, say)
    await ingest.close()
    assert ingest.failure is None
    assert refused > 5_000
    assert feed.seq > 500
    assert (await load_async(host)).entities == feed.entities


async def test_websocket_for_agents_answers_each_bad_frame_with_an_error_code_and_closes(people: People) -> None:  # noqa: F811
    first = Agent()
    await known(first, people.host)
    await first.greet()
    await first.snapshot(*HERE)
    await first.leave()
    before = await load_async(people.host.id)
    tried = 0
    for data in mutated(3, 400):
        try:
            netviz.server.decoder.decode(data, "agent")
        except WireError as refusal:
            agent = Agent()
            await agent.greet()
            await agent.send(data)
            answer = await agent.receive_until(Problem)
            assert (answer.code, answer.final) == (refusal.code, True)
            assert await agent.end() == closing.BAD_FRAME
            tried += 1
    assert tried > 100
    assert (await load_async(people.host.id)).entities == before.entities


async def test_websocket_for_browsers_answers_each_bad_frame_with_an_error_code_and_closes(people: People) -> None:  # noqa: F811
    from asgiref.sync import sync_to_async

    cookie = await sync_to_async(people.cookies)("victor")
    for data in mutated(4, 400):
        try:
            netviz.server.decoder.decode(data, "browser")
        except WireError as refusal:
            browser = Browser(cookie)
            await browser.open()
            await browser.send(data)
            answer = await browser.receive()
            assert answer.code == refusal.code
            with pytest.raises(Closed) as closed:
                await browser.receive()
            assert closed.value.code == viewers.BAD_FRAME
