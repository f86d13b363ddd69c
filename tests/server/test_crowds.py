"""Many browsers of one host, and browsers that do not read: what is the same is made once, and what waits counts."""

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from netviz.model.link import Link
from netviz.model.netfilter import NfRule
from netviz.server import limits
from netviz.server.live.feed import Message
from netviz.server.live.feeds import feeds
from netviz.server.web import shared, viewers, writer
from netviz.server.web.shared import Shared, SharedMessages
from netviz.server.web.writer import Writer
from netviz.wire.frames import DeltaFrame, Problem, Subscribe, Watch
from tests.server.entities import HERE
from tests.server.people import People
from tests.server.sockets import Agent, Browser, known
from tests.waiting import until


def link(number: int) -> Link:
    return Link("1", number, f"v{number}", "veth")


@pytest.fixture
async def agent(people: People) -> Agent:
    """Provides our host's agent, connected, with a small topology."""
    agent = Agent()
    await known(agent, people.host)
    await agent.greet()
    await agent.snapshot(*HERE, *(NfRule("1", "inet", "t", "c", handle) for handle in range(600)))
    return agent


async def signed_in(people: People, name: str = "victor") -> Browser:
    browser = Browser(await sync_to_async(people.cookies)(name))
    await browser.open()
    return browser


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Provides a list that receives a word for each snapshot and each lease that is encoded."""
    found: list[str] = []
    for name in ("snapshot_frames", "_whole_of"):
        real = getattr(viewers, name)

        def counting(*arguments: Any, real: Any = real, name: str = name) -> Any:
            found.append(name)
            return real(*arguments)

        monkeypatch.setattr(viewers, name, counting)
    return found


async def test_snapshot_is_encoded_once_for_all_browsers_that_receive_the_same_state(
    agent: Agent, people: People, made: list[str]
) -> None:
    browsers = [await signed_in(people) for _ in range(20)]
    found = await asyncio.gather(*(browser.subscribe(people.host) for browser in browsers))
    assert all(set(entities) == set(HERE) for entities in found)
    assert made == ["snapshot_frames"]
    await agent.delta(1, link(2))
    assert len(await browsers[0].subscribe(people.host)) == 3
    assert made == ["snapshot_frames"] * 2


async def test_browsers_that_come_while_the_host_changes_share_snapshots_and_miss_no_change(
    agent: Agent, people: People, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = viewers._snapshot_of

    async def slow(feed: Any) -> list[bytes]:
        frames = await real(feed)
        await asyncio.sleep(0.2)  # as for a large host: meanwhile the state changes, and the others come
        return frames

    monkeypatch.setattr(viewers, "_snapshot_of", slow)
    browsers = [await signed_in(people) for _ in range(20)]

    async def follow(browser: Browser) -> int:
        found = {entity.key for entity in await browser.subscribe(people.host)}
        while link(40).key not in found:
            found |= {entity.key for entity in (await browser.receive_until(DeltaFrame)).put}
        return len(found)

    following = [asyncio.create_task(follow(browser)) for browser in browsers]
    for seq in range(1, 41):
        await agent.send(DeltaFrame("e", seq, (link(seq),)))
        await asyncio.sleep(0.01)
    assert await asyncio.gather(*following) == [42] * 20
    assert len(made) < 10


async def test_rules_of_a_namespace_are_encoded_once_for_all_browsers_that_watch_it(
    agent: Agent, people: People, made: list[str]
) -> None:
    browsers = [await signed_in(people) for _ in range(10)]
    for browser in browsers:
        await browser.subscribe(people.host)
    for browser in browsers:
        await browser.send(Watch("1", (), bulky=True))
    for browser in browsers:
        assert len((await browser.receive()).put) == 600
    assert made.count("_whole_of") == 1


async def test_user_may_have_only_so_many_websockets_and_others_are_not_concerned(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "USER_SOCKETS", 3)
    open_now = [await signed_in(people) for _ in range(3)]
    await until(lambda: len(viewers.viewers) == 3, "three websockets are open")
    refused = await signed_in(people)
    problem = await refused.receive()
    assert isinstance(problem, Problem)
    assert (problem.code, problem.final) == ("too-many-pages", True)
    assert await refused.end() == viewers.TOO_MANY
    assert await (await signed_in(people, "alice")).subscribe(people.host)
    await open_now[0].leave()
    assert await (await signed_in(people)).subscribe(people.host)


class Stuck:
    """A browser's websocket that accepts nothing until `open` is set."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.sent: list[Message] = []

    def send(self, message: Message) -> Coroutine[Any, Any, None]:
        async def run() -> None:
            await self.open.wait()
            self.sent.append(message)

        return run()


async def test_what_waits_for_a_browser_is_counted_with_its_snapshot_and_beyond_the_limit_it_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "BROWSER_WAITING_BYTES", 1_000)
    stuck = Stuck()
    browser = Writer(stuck.send)
    browser._hold()
    browser._release([b"x" * 100], Shared([b"y" * 700]))
    assert browser._size == 700
    browser._queue_frame(b"z" * 400)
    stuck.open.set()
    await until(lambda: len(stuck.sent) > 1, "the browser is disconnected")
    assert [message["type"] for message in stuck.sent] == ["websocket.send", "websocket.close"]
    assert stuck.sent[-1]["code"] == writer.TOO_SLOW


async def test_browsers_that_do_not_read_forget_the_oldest_snapshot_when_all_take_too_much_memory() -> None:
    messages = SharedMessages(limit=2_500)
    stuck = [Stuck() for _ in range(4)]
    browsers = [Writer(one.send) for one in stuck]
    for state, browser in enumerate(browsers):

        async def make() -> list[bytes]:
            return [b"x" * 500, b"x" * 500]

        browser._hold()
        found = await messages.get("host", state, make)
        found.holders.add(browser)
        browser._release([], found)
    assert [browser._broken for browser in browsers] == [True, True, False, False]
    for one in stuck:
        one.open.set()
    await until(lambda: all(len(one.sent) == 2 for one in stuck), "all is sent")
    assert "resync" in stuck[0].sent[-1]["text"]
    assert stuck[3].sent[-1]["text"] == "x" * 500


async def test_snapshot_is_not_kept_after_the_last_browser_received_it(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "SHARED_KEPT_S", 0.05)
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    feed = await feeds.get(people.host.id)
    await until(lambda: feed not in shared.shared_messages._made, "the snapshot is forgotten")
    await agent.delta(1, link(2))
    await browser.subscribe(people.host)
    gc.collect()
    assert len(shared.shared_messages._all) == 1


async def test_browser_of_a_host_whose_database_fails_is_closed_with_1013_and_a_reason(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await signed_in(people)

    async def fails(_: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(feeds, "get", fails)
    await browser.send(Subscribe(str(people.host.id)))
    assert (await browser.receive()).code == "try-later"
    assert await browser.end() == viewers.TRY_LATER


async def test_topology_that_nobody_uses_leaves_memory_and_is_read_again_when_it_is_needed(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNUSED_FEED_S", 0)
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    await agent.leave()
    await feeds._release_unused()
    assert feeds.held(people.host.id) is not None
    await browser.leave()
    await feeds._release_unused()
    assert feeds.held(people.host.id) is None
    assert set(await (await signed_in(people)).subscribe(people.host)) == set(HERE)
