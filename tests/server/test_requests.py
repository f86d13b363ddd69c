"""Requests: each gets exactly one answer, and only its sender receives it."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from netviz.model.state import LinkCounters
from netviz.server.limits import AGENT_QUEUE_FRAMES
from netviz.server.live.agent_queue import AgentQueue
from netviz.server.live.feeds import feeds
from netviz.server.tally import Tally, dropped
from netviz.server.teams.models import Membership
from netviz.server.web import viewers
from netviz.wire import limits
from netviz.wire.frames import Ack, Answer, Freshness, ReadNow, Request, Resync, State, Watch
from tests.server.people import People
from tests.server.sockets import Agent, Browser, known

ASK = ReadNow("1", ("counters",))
STATE = State("1", "counters", (LinkCounters(1, rx_bytes="7"),))


@pytest.fixture
async def browser(agent: Agent, people: People) -> Browser:
    """Provides Victor's browser, which is subscribed to our host."""
    return await subscribed(people)


async def subscribed(people: People, name: str = "victor") -> Browser:
    browser = Browser(await sync_to_async(people.cookies)(name))
    await browser.open()
    await browser.subscribe(people.host)
    return browser


async def next_request(agent: Agent) -> Request:
    request = await agent.receive()
    assert isinstance(request, Request)
    return request


async def test_agent_receives_the_request_and_the_sender_receives_the_answer(
    agent: Agent, browser: Browser, people: People
) -> None:
    other = await subscribed(people, "alice")
    await browser.send(Request("mine", ASK))
    request = await next_request(agent)
    assert request.ask == ASK
    await agent.send(Answer(request.id, "failed", "no luck"))
    assert await browser.receive() == Answer("mine", "failed", "no luck")
    assert await other.quiet()


async def test_only_the_browser_that_sent_a_request_receives_the_current_values_and_then_the_answer(
    agent: Agent, browser: Browser, people: People
) -> None:
    other = await subscribed(people, "alice")
    await browser.send(Request("mine", ASK))
    request = await next_request(agent)
    await agent.send(STATE)
    await agent.send(Answer(request.id))
    assert [await browser.receive(), await browser.receive()] == [STATE, Answer("mine")]
    await agent.send(STATE)
    assert await browser.quiet()
    assert await other.quiet()


async def test_two_browsers_can_use_the_same_request_id_because_the_agent_receives_different_ids(
    agent: Agent, browser: Browser, people: People
) -> None:
    other = await subscribed(people, "alice")
    await browser.send(Request("same", ASK))
    first = await next_request(agent)
    await other.send(Request("same", ReadNow("1", ("fdb",))))
    second = await next_request(agent)
    assert len({"same", first.id, second.id}) == 3
    await agent.send(Answer(second.id, "failed", "second"))
    assert await other.receive() == Answer("same", "failed", "second")
    await agent.send(Answer(first.id))
    assert await browser.receive() == Answer("same")


async def test_second_answer_to_a_request_is_dropped_and_counted(agent: Agent, browser: Browser) -> None:
    await browser.send(Request("mine", ASK))
    request = await next_request(agent)
    before = dropped.counts.total()
    await agent.send(Answer(request.id))
    await agent.send(Answer(request.id))
    assert await browser.receive() == Answer("mine")
    assert await browser.quiet()
    assert dropped.counts.total() == before + 1


async def test_answer_to_an_unknown_request_is_dropped_and_counted(agent: Agent, browser: Browser) -> None:
    before = dropped.counts.total()
    await agent.send(Answer("mine"))
    assert await browser.quiet()
    assert dropped.counts.total() == before + 1


async def test_agent_of_another_host_cannot_answer_a_request(agent: Agent, browser: Browser, people: People) -> None:
    stranger = Agent(2)
    await known(stranger, people.other)
    await stranger.greet()
    await browser.send(Request("mine", ASK))
    request = await next_request(agent)
    await stranger.send(Answer(request.id, "failed", "forged"))
    assert await browser.quiet()
    await agent.send(Answer(request.id))
    assert await browser.receive() == Answer("mine")


async def test_request_to_a_host_without_a_connected_agent_is_answered_with_the_code_no_agent(people: People) -> None:
    browser = await subscribed(people)
    await browser.send(Request("mine", ASK))
    assert await browser.receive() == Answer("mine", "no-agent")


async def test_unanswered_requests_are_answered_by_the_server_when_the_agent_disconnects(
    agent: Agent, browser: Browser
) -> None:
    for number in range(3):
        await browser.send(Request(f"r{number}", ASK))
        await next_request(agent)
    await agent.leave()
    answers = {(await browser.receive_until(Answer)).id for _ in range(3)}
    assert answers == {"r0", "r1", "r2"}
    assert not feeds.requests._open


async def test_request_times_out_if_the_agent_does_not_answer_and_a_later_answer_of_the_agent_is_dropped(
    agent: Agent, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server then sends an answer with the code "late" to the browser."""
    monkeypatch.setattr(limits, "REQUEST_S", 0.05)
    await browser.send(Request("mine", ASK))
    request = await next_request(agent)
    assert await browser.receive() == Answer("mine", "late")
    await agent.send(Answer(request.id))
    assert await browser.quiet()


async def test_browser_with_too_many_unanswered_requests_receives_the_code_busy(agent: Agent, browser: Browser) -> None:
    for number in range(limits.REQUESTS + 1):
        await browser.send(Request(f"r{number}", ASK))
    assert await browser.receive() == Answer(f"r{limits.REQUESTS}", "busy")
    request = await next_request(agent)
    await agent.send(Answer(request.id))
    assert await browser.receive() == Answer("r0")
    await browser.send(Request("again", ASK))
    for _ in range(limits.REQUESTS - 1):
        await next_request(agent)
    assert (await next_request(agent)).ask == ASK


async def test_request_from_any_browser_receives_the_code_busy_if_the_host_has_too_many_unanswered_requests(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HOST_REQUESTS", 2)
    first, second = await subscribed(people), await subscribed(people, "alice")
    await first.send(Request("a", ASK))
    await first.send(Request("b", ASK))
    await next_request(agent)
    await next_request(agent)
    await second.send(Request("c", ASK))
    assert await second.receive() == Answer("c", "busy")


async def test_unanswered_requests_of_a_browser_are_forgotten_when_it_disconnects(
    agent: Agent, browser: Browser
) -> None:
    await browser.send(Request("mine", ASK))
    request = await next_request(agent)
    await browser.leave()
    assert not feeds.requests._open
    before = dropped.counts.total()
    await agent.send(Answer(request.id))
    await agent.delta(1)
    assert dropped.counts.total() == before + 1


async def test_request_before_a_subscription_is_answered_with_an_error(agent: Agent, people: People) -> None:
    browser = Browser(await sync_to_async(people.cookies)("victor"))
    await browser.open()
    await browser.send(Request("mine", ASK))
    answer = await browser.receive()
    assert (answer.id, answer.code) == ("mine", "failed")
    assert await agent.quiet()


async def test_request_for_a_host_of_another_team_is_refused(agent: Agent, people: People) -> None:
    browser = Browser(await sync_to_async(people.cookies)("charlie"))
    await browser.open()
    await browser.send(Watch("1", ("counters",)))
    await browser.send('{"t":"subscribe","host":"' + str(people.host.id) + '"}')
    assert (await browser.receive()).code == "no-host"
    await browser.send(Request("mine", ASK))
    assert (await browser.receive()).code == "failed"
    assert await agent.quiet()


async def test_unanswered_request_is_answered_with_an_error_when_the_browser_subscribes_to_another_host(
    agent: Agent, browser: Browser, people: People
) -> None:
    await Membership.objects.acreate(user=people.users["victor"], team=people.theirs)
    await browser.send(Request("mine", ASK))
    await next_request(agent)
    await browser.send('{"t":"subscribe","host":"' + str(people.other.id) + '"}')
    answer = await browser.receive_until(Answer)
    assert (answer.id, answer.code) == ("mine", "failed")


async def test_answer_that_waits_to_be_sent_to_a_slow_browser_is_not_dropped_by_a_resync(
    agent: Agent, browser: Browser
) -> None:
    await browser.send(Request("mine", ASK))
    request = await next_request(agent)
    (viewer,) = viewers.viewers
    viewer._held = True  # sends nothing, like a connection to a browser that does not read
    await agent.send(Answer(request.id))
    await agent.delta(1)
    viewer.restart("the browser was too slow")
    viewer._held = False
    viewer._drain()
    assert await browser.receive() == Answer("mine")
    assert isinstance(await browser.receive(), Resync)


# -- the queue to an agent


async def test_server_whose_queue_to_an_agent_is_full_answers_requests_with_the_code_busy_and_drops_watch_frames(
    agent: Agent, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dropped frame is counted."""
    monkeypatch.setattr(AgentQueue, "offer", lambda self, frame: False)
    before = dropped.counts.total()
    await browser.send(Watch("1", ("counters",)))
    await browser.send(Request("mine", ASK))
    assert await browser.receive() == Answer("mine", "busy")
    assert dropped.counts.total() == before + 1


async def test_queue_to_an_agent_keeps_the_order_of_frames_and_limits_their_number() -> None:
    queue = AgentQueue(3)
    assert [queue.offer(Ack("e", seq)) for seq in range(4)] == [True, True, True, False]
    waits = asyncio.create_task(queue.put(Ack("e", 9)))
    assert [await queue.take() for _ in range(4)] == [Ack("e", 0), Ack("e", 1), Ack("e", 2), Ack("e", 9)]
    await waits


async def test_closed_queue_to_an_agent_accepts_no_frame_and_blocks_no_sender() -> None:
    queue = AgentQueue(1)
    queue.offer(Ack("e", 1))
    waits = asyncio.create_task(queue.put(Ack("e", 2)))
    await asyncio.sleep(0)
    assert queue.close() == [Ack("e", 1)]
    await asyncio.wait_for(waits, 1)
    assert not queue.offer(Ack("e", 3))
    assert AGENT_QUEUE_FRAMES >= limits.HOST_REQUESTS


async def test_error_that_an_agent_reports_is_counted_and_the_agent_stays_connected(
    agent: Agent, browser: Browser
) -> None:
    before = dropped.counts.total()
    await agent.send('{"t":"problem","code":"bad-order","text":"x\\u001b[31m"}')
    assert await agent.delta(1) == Ack("e", 1)
    assert dropped.counts.total() == before + 1
    assert not isinstance(await browser.receive(), Freshness)


def test_dropped_frames_are_logged_at_the_1st_10th_and_100th_time_with_escaped_details(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tally = Tally()
    for _ in range(100):
        tally.add("a thing", "x\x1b[31m\n")
    assert tally.counts == {"a thing": 100}
    assert len(caplog.records) == 3
    assert "\x1b" not in caplog.text
