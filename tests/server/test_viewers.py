"""The browsers' websocket: who sees what, and what happens to slow, late or no longer permitted viewers."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from netviz.model.link import Link
from netviz.model.state import LinkCounters
from netviz.server.hosts.models import Host
from netviz.server.live.feed import now_ms
from netviz.server.live.feeds import feeds
from netviz.server.teams.models import Membership
from netviz.server.web import sweeper, viewers
from netviz.wire.frames import (
    DIRECTIONS,
    DeltaFrame,
    Freshness,
    Heartbeat,
    Ping,
    Pong,
    Problem,
    Resync,
    SnapshotBegin,
    State,
    Subscribe,
    Watch,
)
from tests.server.entities import HERE
from tests.server.people import People, sign_out_everywhere
from tests.server.sockets import ORIGIN, Agent, Browser, Closed, known


def link(ifindex: int, alias: str = "") -> Link:
    return Link("1", ifindex, f"v{ifindex}", "veth", ifalias=alias)


async def signed_in(people: People, name: str = "victor") -> Browser:
    browser = Browser(await sync_to_async(people.cookies)(name))
    await browser.open()
    return browser


async def test_new_subscriber_receives_whether_the_host_is_live_and_then_the_topology(
    agent: Agent, people: People
) -> None:
    browser = await signed_in(people)
    await browser.send(Subscribe(str(people.host.id)))
    first = await browser.receive()
    assert (first.TAG, first.state) == ("freshness", "live")
    assert set(await browser.take_snapshot()) == set(HERE)


async def test_subscriber_receives_every_change_after_the_snapshot(agent: Agent, people: People) -> None:
    browser = await signed_in(people)
    await browser.send(Subscribe(str(people.host.id)))
    begin = await browser.receive_until(SnapshotBegin)
    await browser.take_snapshot()
    for seq in range(1, 6):
        await agent.delta(seq, link(seq + 1))
    seen = [await browser.receive_until(DeltaFrame) for _ in range(5)]
    assert [(delta.epoch, delta.seq) for delta in seen] == [(begin.epoch, seq) for seq in range(2, 7)]


async def test_anonymous_visitor_sees_nothing(agent: Agent) -> None:
    browser = Browser()
    await browser.open()
    assert (await browser.receive()).code == "signed-out"
    assert await browser.end() == viewers.SIGNED_OUT


@pytest.mark.parametrize("host", ["other", "00000000-0000-4000-8000-000000000000", "not an id", ""])
async def test_subscription_to_a_host_of_another_team_is_answered_like_a_missing_host(
    agent: Agent, people: People, host: str
) -> None:
    browser = await signed_in(people)
    await browser.send(Subscribe(str(people.other.id) if host == "other" else host))
    problem = await browser.receive()
    assert (problem.code, problem.text) == ("no-host", "There is no such host.")
    assert set(await browser.subscribe(people.host)) == set(HERE)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:8001",
        "https://127.0.0.1:8000",
        "http://127.0.0.1:8000.evil.example",
        "http://evil.example#http://127.0.0.1:8000",
        "http://user@127.0.0.1:8000.evil",
        "http://[::1]:8000",
        "file://",
        "chrome-extension://abcdef",
    ],
)
async def test_page_of_another_origin_cannot_open_a_websocket(people: People, origin: str | None) -> None:
    browser = Browser(await sync_to_async(people.cookies)("alice"), origin)
    with pytest.raises(Closed):
        await browser.open()


async def test_page_of_our_own_origin_can_open_a_websocket(people: People) -> None:
    browser = Browser(await sync_to_async(people.cookies)("alice"), ORIGIN)
    await browser.open()
    assert await browser.quiet()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("hello", "not-json"),
        ('{"t":"delta","epoch":"e","seq":1}', "unknown-type"),
        ('{"t":"wire_event"}', "unknown-type"),
        ('{"type":"websocket.disconnect"}', "unknown-type"),
        ('{"t":"subscribe","host":7}', "bad-type"),
        ("[" * 100_000, "too-deep"),
        ('{"t":"watch","ns":"\\u0000","subjects":[]}', "bad-value"),
    ],
)
async def test_bad_frame_of_a_browser_is_answered_with_an_error_code_and_closes_the_socket(
    people: People, frame: str, code: str
) -> None:
    browser = await signed_in(people)
    await browser.send(frame)
    problem = await browser.receive()
    assert (problem.code, problem.final) == (code, True)
    assert await browser.end() == viewers.BAD_FRAME


async def test_browser_that_sends_too_many_frames_is_disconnected(people: People) -> None:
    browser = await signed_in(people)
    for _ in range(101):
        await browser.send(Watch("1", ("fdb",)))
    assert (await browser.receive()).code == "too-many"
    assert await browser.end() == viewers.TOO_MANY


async def test_slow_browser_receives_a_resync_and_can_subscribe_again(agent: Agent, people: People) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    (viewer,) = viewers.viewers
    viewer._held = True  # sends nothing, like a connection to a browser that does not read
    for seq in range(1, 12):
        await agent.delta(seq, *(link(n, "x" * 20_000) for n in range(2, 22)))
        if viewer._broken:
            break
    viewer._held = False
    viewer._drain()
    assert isinstance(await browser.receive_until(Resync), Resync)
    assert len(await browser.subscribe(people.host)) == 22


async def test_change_too_large_for_one_frame_forces_every_browser_to_subscribe_again(
    agent: Agent, people: People
) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    await agent.snapshot(*HERE, *(link(n) for n in range(2, 10_100)))
    assert isinstance(await browser.receive_until(Resync), Resync)
    assert len(await browser.subscribe(people.host)) == 10_100


async def test_agent_receives_the_watch_frame_of_a_browser_and_only_this_browser_receives_the_current_values(
    agent: Agent, people: People
) -> None:
    wishes, other = await signed_in(people), await signed_in(people, "alice")
    await wishes.subscribe(people.host)
    await other.subscribe(people.host)
    await wishes.send(Watch("1", ("counters",)))
    assert await agent.receive() == Watch("1", ("counters",))
    state = State("1", "counters", (LinkCounters(1, rx_bytes="18446744073709551615"),))
    await agent.send(state)
    assert await wishes.receive() == state
    assert await other.quiet()


async def test_watch_frame_sent_before_a_subscription_to_a_host_is_dropped(agent: Agent, people: People) -> None:
    browser = await signed_in(people)
    await browser.send(Watch("1", ("counters",)))
    assert await agent.quiet()


async def test_map_becomes_stale_when_the_agent_disconnects_and_live_at_the_first_heartbeat_after_it_reconnects(
    agent: Agent, people: People
) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    await agent.leave()
    stale = await browser.receive_until(Freshness)
    assert stale.state == "stale"
    assert stale.since_ms > 0
    again = Agent()
    await again.greet(seq=1)
    assert await browser.quiet()
    await again.send(Heartbeat())
    assert (await browser.receive_until(Freshness)).state == "live"


async def test_stale_since_is_the_time_of_the_last_heartbeat_and_not_of_the_disconnect(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    before = now_ms()
    await agent.send(Heartbeat())
    assert await agent.quiet()
    heard_by = now_ms()
    monkeypatch.setattr("netviz.server.live.agents.now_ms", lambda: heard_by + 60_000)
    await agent.leave()
    stale = await browser.receive_until(Freshness)
    assert before <= stale.since_ms <= heard_by
    row = await Host.objects.aget(id=people.host.id)
    assert row.stale_since is not None
    assert round(row.stale_since.timestamp() * 1_000) == stale.since_ms


async def test_pong_tells_how_long_the_agent_has_been_silent_and_the_last_change_that_was_sent(
    agent: Agent, people: People
) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    feed = feeds.held(people.host.id)
    assert feed is not None
    feed.hear(ago_s=7.0)
    await browser.send(Ping(5))
    pong = await browser.receive_until(Pong)
    assert (pong.id, pong.seq) == (5, feed.seq)
    assert 7_000 <= pong.silent_ms < 60_000
    await agent.send(Heartbeat())
    assert await agent.quiet()
    await browser.send(Ping(6))
    pong = await browser.receive_until(Pong)
    assert pong.id == 6
    assert pong.silent_ms < 5_000


async def test_host_of_an_agent_without_heartbeats_is_shown_as_connected_and_never_as_live(people: People) -> None:
    browser = await signed_in(people)
    agent = Agent()
    await known(agent, people.host)
    await agent.greet(protocol=2)
    await agent.snapshot(*HERE)
    await browser.send(Subscribe(str(people.host.id)))
    assert (await browser.receive()).state == "connected"


async def test_signing_out_closes_the_websocket_of_the_browser(agent: Agent, people: People) -> None:
    cookie = await sync_to_async(people.cookies)("victor")
    browser = Browser(cookie)
    await browser.open()
    await browser.subscribe(people.host)
    await sync_to_async(sign_out_everywhere)(cookie)
    await sweeper.sweep()
    assert await browser.end() == viewers.SIGNED_OUT


@pytest.mark.parametrize("change", ["locked", "left the team"])
async def test_losing_access_to_a_host_closes_the_websocket_of_the_browser(
    agent: Agent, people: People, change: str
) -> None:
    browser, friend = await signed_in(people), await signed_in(people, "alice")
    await browser.subscribe(people.host)
    await friend.subscribe(people.host)
    if change == "locked":
        people.users["victor"].is_active = False
        await people.users["victor"].asave()
    else:
        await Membership.objects.filter(user=people.users["victor"]).adelete()
    await sweeper.sweep()
    assert await browser.end() == viewers.SIGNED_OUT
    assert await friend.quiet()


async def test_disconnected_browser_leaves_nothing_in_the_memory_of_the_server(agent: Agent, people: People) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    feed = await feeds.get(people.host.id)
    assert len(feed.watchers) == 1
    await browser.leave()
    assert not feed.watchers
    assert not viewers.viewers


async def test_second_subscription_of_a_browser_ends_the_first(agent: Agent, people: People) -> None:
    await Membership.objects.acreate(user=people.users["victor"], team=people.theirs)
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    assert await browser.subscribe(people.other) == []
    await agent.delta(1, link(2))
    assert await browser.quiet()


async def test_other_browsers_receive_changes_without_delay_if_one_browser_does_not_read_its_messages(
    agent: Agent, people: People
) -> None:
    browsers = [await signed_in(people) for _ in range(5)]
    for browser in browsers:
        await browser.subscribe(people.host)
    answers: list[Any] = [await agent.delta(seq, link(seq + 1)) for seq in range(1, 4)]
    assert [answer.seq for answer in answers] == [1, 2, 3]

    async def seen(browser: Browser) -> list[int]:
        return [(await browser.receive_until(DeltaFrame)).seq for _ in range(3)]

    assert await asyncio.gather(*map(seen, browsers[1:])) == [[2, 3, 4]] * 4


async def test_error_in_the_server_is_not_sent_to_browsers_as_a_python_message(people: People) -> None:
    browser = await signed_in(people)
    await browser.send('{"t":"subscribe","host":"' + "é" * 1000 + '"}')
    problem = await browser.receive()
    assert isinstance(problem, Problem)
    assert "Traceback" not in problem.text


async def test_browsers_see_a_host_as_stale_after_its_server_process_was_killed(people: People) -> None:
    await Host.objects.filter(id=people.host.id).aupdate(session="of a killed server", seen=timezone.now())
    browser = await signed_in(people)
    await browser.send(Subscribe(str(people.host.id)))
    assert (await browser.receive()).state == "live"
    await browser.take_snapshot()
    await Host.objects.filter(id=people.host.id).aupdate(seen=timezone.now() - timedelta(minutes=1))
    await feeds.correct_freshness()
    stale = await browser.receive_until(Freshness)
    assert (stale.state, stale.since_ms > 0) == ("stale", True)


def test_server_has_a_handler_for_every_frame_that_a_browser_may_send() -> None:
    assert viewers._HANDLERS.keys() == set(DIRECTIONS["browser"])
