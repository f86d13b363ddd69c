"""Bulky entities: a browser has exactly those of the namespaces that it watches, and others receive nothing."""

import asyncio
import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netviz.model.delta import Delta, apply_to
from netviz.model.link import Link
from netviz.model.namespace import Host as HostEntity
from netviz.model.namespace import Namespace
from netviz.model.netfilter import Element, NfElements, NfRule
from netviz.model.topology import BULKY_TAGS, AnyEntity, namespace_of
from netviz.server import limits as server_limits
from netviz.server.history.store import Present
from netviz.server.live import feed as feed_module
from netviz.server.live.feed import Feed, Message
from netviz.server.web import viewers
from netviz.wire.chunks import bulk_frames
from netviz.wire.codec import decode
from netviz.wire.frames import Bulk, DeltaFrame, Resync, SnapshotBegin, Watch
from netviz.wire.limits import FRAME_BYTES, WATCH_LEASE_S
from tests.server.people import People
from tests.server.sockets import Agent, Browser, known

HERE = (HostEntity("h", "boot", "1"), Namespace("1", is_host=True), Namespace("2"))


def rule(handle: int, ns: str = "1", comment: str = "") -> NfRule:
    return NfRule(ns, "inet", "t", "c", handle, comment=comment)


def elements(part: int, ns: str = "1", count: int = 1) -> NfElements:
    return NfElements(ns, "inet", "t", "s", part, tuple(Element(f"{at:080x}") for at in range(count)))


@pytest.fixture
async def agent(people: People) -> Agent:
    """Provides our host's agent, with two rules in the first namespace and one in the second."""
    agent = Agent()
    await known(agent, people.host)
    await agent.greet()
    await agent.snapshot(*HERE, rule(1), rule(2), rule(9, "2"))
    return agent


async def subscribed(people: People, name: str = "victor") -> tuple[Browser, list[AnyEntity]]:
    browser = Browser(await sync_to_async(people.cookies)(name))
    await browser.open()
    return browser, await browser.subscribe(people.host)


async def test_snapshot_for_a_browser_contains_no_netfilter_rules_and_does_not_count_them(
    agent: Agent, people: People
) -> None:
    browser = Browser(await sync_to_async(people.cookies)("victor"))
    await browser.open()
    await browser.send(json.dumps({"t": "subscribe", "host": str(people.host.id)}))
    begin = await browser.receive_until(SnapshotBegin)
    assert begin.entities == 3
    assert set(await browser.take_snapshot()) == set(HERE)


async def test_browser_that_starts_to_watch_a_namespace_receives_all_netfilter_rules_of_the_namespace(
    agent: Agent, people: People
) -> None:
    browser, _ = await subscribed(people)
    await browser.send(Watch("1", (), bulky=True))
    frame = await browser.receive()
    assert (frame.ns, frame.seq, frame.whole, frame.more) == ("1", 1, True, False)
    assert set(frame.put) == {rule(1), rule(2)}
    assert await agent.quiet()


async def test_browser_that_watches_a_namespace_without_rules_receives_an_empty_bulk_frame(
    agent: Agent, people: People
) -> None:
    browser, _ = await subscribed(people)
    await browser.send(Watch("no such namespace", (), bulky=True))
    assert await browser.receive() == Bulk("no such namespace", 1, whole=True)


async def test_changed_netfilter_rule_is_sent_after_the_other_changes_and_only_to_browsers_that_watch_its_namespace(
    agent: Agent, people: People
) -> None:
    (leased, _), (other, _) = await subscribed(people), await subscribed(people, "alice")
    await leased.send(Watch("1", (), bulky=True))
    await leased.receive()
    await agent.delta(1, rule(3), Link("1", 7, "v7", "veth"), drop=(rule(1).key,))
    for browser in (leased, other):
        delta = await browser.receive()
        assert (delta.seq, delta.put, delta.drop) == (2, (Link("1", 7, "v7", "veth"),), ())
    bulk = await leased.receive()
    assert (bulk.ns, bulk.seq, bulk.put, bulk.drop, bulk.whole) == ("1", 2, (rule(3),), (rule(1).key,), False)
    await agent.delta(2, rule(4))
    empty = await other.receive()
    assert (empty.seq, empty.put, empty.drop) == (3, (), ())
    assert await other.quiet()


async def test_changed_netfilter_rule_is_not_sent_to_a_browser_that_watches_only_another_namespace(
    agent: Agent, people: People
) -> None:
    browser, _ = await subscribed(people)
    await browser.send(Watch("1", (), bulky=True))
    await browser.receive()
    await agent.delta(1, rule(10, "2"))
    assert isinstance(await browser.receive(), DeltaFrame)
    assert await browser.quiet()


async def test_browser_that_watches_without_the_flag_bulky_receives_no_netfilter_rules(
    agent: Agent, people: People
) -> None:
    browser, _ = await subscribed(people)
    await browser.send(Watch("1", ()))
    await agent.delta(1, rule(3))
    assert isinstance(await browser.receive(), DeltaFrame)
    assert await browser.quiet()


async def test_browser_that_renews_its_watch_does_not_receive_all_netfilter_rules_again(
    agent: Agent, people: People
) -> None:
    browser, _ = await subscribed(people)
    for _ in range(3):
        await browser.send(Watch("1", (), bulky=True))
    assert (await browser.receive()).whole
    assert await browser.quiet()


async def test_browser_that_subscribes_again_receives_no_rules_until_it_watches_a_namespace_again(
    agent: Agent, people: People
) -> None:
    browser, _ = await subscribed(people)
    await browser.send(Watch("1", (), bulky=True))
    await browser.receive()
    await browser.subscribe(people.host)
    await agent.delta(1, rule(3))
    assert isinstance(await browser.receive(), DeltaFrame)
    assert await browser.quiet()
    await browser.send(Watch("1", (), bulky=True))
    assert set((await browser.receive()).put) == {rule(1), rule(2), rule(3)}


async def test_browser_that_must_subscribe_again_receives_no_netfilter_rules_until_it_does_so(
    agent: Agent, people: People
) -> None:
    browser, _ = await subscribed(people)
    await browser.send(Watch("1", (), bulky=True))
    await browser.receive()
    (viewer,) = viewers.viewers
    viewer.restart("the browser was too slow")
    assert isinstance(await browser.receive(), Resync)
    assert viewer.feed is not None
    assert not viewer.feed._leases
    await browser.send(Watch("1", (), bulky=True))
    await agent.delta(1, rule(3))
    assert await browser.quiet()
    await browser.subscribe(people.host)
    await browser.send(Watch("1", (), bulky=True))
    assert set((await browser.receive()).put) == {rule(1), rule(2), rule(3)}


async def test_large_change_of_netfilter_rules_does_not_force_a_browser_to_subscribe_again(
    agent: Agent, people: People
) -> None:
    (leased, _), (other, _) = await subscribed(people), await subscribed(people, "alice")
    await leased.send(Watch("1", (), bulky=True))
    await leased.receive()
    await agent.snapshot(*HERE, *(rule(n, comment="x" * 100) for n in range(12_000)), seq=5)
    assert isinstance(await other.receive(), DeltaFrame)
    assert await other.quiet()
    assert isinstance(await leased.receive(), DeltaFrame)
    seen: list[AnyEntity] = []
    while True:
        frame = await leased.receive()
        seen += frame.put
        if not frame.more:
            break
    assert len(seen) == 12_000


async def test_large_set_of_netfilter_rules_is_encoded_in_a_thread_and_sent_in_order(
    agent: Agent, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "BULKY_ON_THE_SPOT", 1)
    gate = asyncio.Event()
    real = sync_to_async

    def slow(function: Any, **options: Any) -> Any:
        async def run(*arguments: Any) -> Any:
            await gate.wait()
            return await real(function, **options)(*arguments)

        return run

    browser, _ = await subscribed(people)
    monkeypatch.setattr(viewers, "sync_to_async", slow)
    await browser.send(Watch("1", (), bulky=True))
    await asyncio.sleep(0.02)
    await agent.delta(1, rule(3))
    assert await browser.quiet()
    gate.set()
    whole, delta, bulk = [await browser.receive() for _ in range(3)]
    assert (whole.whole, whole.seq, set(whole.put)) == (True, 1, {rule(1), rule(2)})
    assert (delta.TAG, delta.seq) == ("delta", 2)
    assert (bulk.seq, bulk.put) == (2, (rule(3),))
    assert server_limits.BULKY_ON_THE_SPOT > 1


def test_bulk_frames_are_within_the_size_limit_and_all_but_the_last_say_that_more_follow() -> None:
    delta = Delta(tuple(elements(part, count=400) for part in range(60)), tuple(f"nf_rule/{n}" for n in range(20_000)))
    raw = bulk_frames("1", 7, delta, whole=True)
    assert max(map(len, raw)) <= FRAME_BYTES
    frames = [decode(one, "view") for one in raw]
    assert [frame.more for frame in frames] == [True] * (len(frames) - 1) + [False]  # type: ignore[union-attr]
    assert [frame.whole for frame in frames] == [True] + [False] * (len(frames) - 1)  # type: ignore[union-attr]
    assert tuple(entity for frame in frames for entity in frame.put) == delta.put  # type: ignore[union-attr]
    assert tuple(key for frame in frames for key in frame.drop) == delta.drop  # type: ignore[union-attr]


# -- the law: base and leased bulky entities equal the filtered topology at every step


class Clock:
    """A clock that the test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Reader:
    """The store of a browser: the base entities, and the leased bulky entities."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.messages = 0
        self.broken = False
        self.begin()

    def begin(self) -> None:
        """Subscribes."""
        self.feed.leave(self)
        self.seq, entities = self.feed.copy()
        self.base: dict[str, AnyEntity] = {entity.key: entity for entity in entities}
        self.bulky: dict[str, dict[str, AnyEntity]] = {}
        self.broken = False
        self.feed.join(self)

    def lease(self, ns: str) -> None:
        """Starts or renews a lease."""
        entities = self.feed.lease(self, ns)
        if entities is not None:
            for frame in bulk_frames(ns, self.feed.seq, Delta(entities), whole=True):
                self._take(decode(frame, "view"))

    def forget(self, ns: str) -> None:
        """Ends its lease and discards what it had."""
        self.bulky.pop(ns, None)

    def offer(self, message: Message, size: int) -> None:
        """Receives a message of the stream."""
        self.messages += 1
        assert size == len(message["text"].encode())
        for line in message["text"].split("\n"):
            self._take(decode(line, "view"))

    def restart(self, reason: str) -> None:
        """Called when the stream broke."""
        self.broken = True

    def watches(self, ns: str) -> bool:
        """Watches no state."""
        return False

    def _take(self, frame: Any) -> None:
        if self.broken:
            return
        if isinstance(frame, DeltaFrame):
            assert frame.seq == self.seq + 1
            assert not any(entity.TAG in BULKY_TAGS for entity in frame.put)
            self.seq = frame.seq
            apply_to(self.base, Delta(frame.put, frame.drop))
        elif isinstance(frame, Bulk):
            assert frame.seq == self.seq
            assert frame.whole or frame.ns in self.bulky, "nothing is sent without a lease"
            if frame.whole:
                self.bulky[frame.ns] = {}
            assert all(namespace_of(entity) == frame.ns for entity in frame.put)
            apply_to(self.bulky[frame.ns], Delta(frame.put, frame.drop))


_NS = st.sampled_from(["1", "2", "3"])
_ENTITY: st.SearchStrategy[AnyEntity] = st.one_of(
    st.builds(rule, st.integers(1, 4), _NS, st.sampled_from(["", "a", "b"])),
    st.builds(elements, st.integers(0, 2), _NS, st.integers(0, 2)),
    st.builds(lambda n, ns, name: Link(ns, n, name, "veth"), st.integers(1, 3), _NS, st.sampled_from(["a", "b"])),
)
_STEP = st.one_of(
    st.tuples(st.just("delta"), st.lists(_ENTITY, max_size=4), st.lists(_ENTITY, max_size=3)),
    st.tuples(st.just("lease"), st.integers(0, 2), _NS),
    st.tuples(st.just("time"), st.sampled_from([1.0, WATCH_LEASE_S / 2, WATCH_LEASE_S + 1.0])),
    st.tuples(st.just("restart"), st.integers(0, 2)),
    st.tuples(st.just("reset")),
    st.tuples(st.just("flush")),
)


def unlike(put: list[AnyEntity], drop: list[AnyEntity]) -> Delta:
    keyed = {entity.key: entity for entity in put}
    keys = dict.fromkeys(entity.key for entity in drop)
    return Delta(tuple(keyed.values()), tuple(key for key in keys if key not in keyed))


def shown(world: dict[str, AnyEntity], leased: set[str]) -> dict[str, AnyEntity]:
    """Returns the topology, filtered for these leases."""
    return {
        key: entity for key, entity in world.items() if entity.TAG not in BULKY_TAGS or namespace_of(entity) in leased
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, max_size=40))
async def test_browser_always_has_exactly_the_netfilter_rules_of_the_namespaces_that_it_watches(
    steps: list[Any],
) -> None:
    clock = Clock()
    feed = Feed(uuid.uuid4(), Present(entities={entity.key: entity for entity in (*HERE, rule(1))}), clock)
    readers = [Reader(feed) for _ in range(3)]
    until: dict[tuple[int, str], float] = {}
    truth = dict(feed.entities)
    for step, *what in steps:
        if step == "delta":
            delta = unlike(*what)
            apply_to(truth, delta)
            feed.step(delta, 0)
        elif step == "lease":
            number, ns = what
            readers[number].lease(ns)
            until[number, ns] = clock.now + WATCH_LEASE_S
        elif step == "time":
            feed._flush()
            clock.now += what[0]
            for number, ns in [key for key, end in until.items() if end <= clock.now]:
                del until[number, ns]
                readers[number].forget(ns)
        elif step == "restart":
            number = what[0]
            readers[number].begin()
            until = {key: end for key, end in until.items() if key[0] != number}
        elif step == "reset":
            feed.reset(Present(feed.seq, entities=dict(truth)))
            feed.restart("test")
            assert all(reader.broken for reader in readers)
            for reader in readers:
                reader.begin()
            until.clear()
        feed._flush()
        assert feed.entities == truth
        for number, reader in enumerate(readers):
            leased = {ns for one, ns in until if one == number}
            assert reader.bulky.keys() == leased
            have = reader.base | {key: entity for part in reader.bulky.values() for key, entity in part.items()}
            assert have == shown(truth, leased)


async def test_message_that_combines_many_rule_changes_has_only_rules_of_namespaces_that_the_browser_watches() -> None:
    feed = Feed(uuid.uuid4(), Present(entities={entity.key: entity for entity in HERE}))
    readers = [Reader(feed), Reader(feed)]
    readers[0].lease("1")
    feed.step(Delta((rule(1),)), 0)  # the only change, so it is sent at once
    before = readers[0].messages
    for handle in range(2, 12):
        feed.step(Delta((rule(handle), rule(handle, "2")), (rule(handle - 1).key,)), 0)
    assert readers[0].messages == before
    await asyncio.sleep(2 * feed_module.MESSAGE_S)
    assert [reader.messages for reader in readers] == [before + 1, before + 1]
    assert readers[0].bulky == {"1": {rule(11).key: rule(11)}}
    assert readers[1].bulky == {}


async def test_browser_that_starts_to_watch_while_changes_wait_to_be_sent_receives_each_change_once() -> None:
    feed = Feed(uuid.uuid4(), Present(entities={entity.key: entity for entity in HERE}))
    first, second = Reader(feed), Reader(feed)
    first.lease("1")
    feed.step(Delta((rule(1),)), 0)
    feed.step(Delta((rule(2),)), 0)  # this change waits for further changes
    second.lease("1")
    feed.step(Delta((), (rule(1).key,)), 0)
    feed._flush()
    assert first.bulky == second.bulky == {"1": {rule(2).key: rule(2)}}


async def test_rules_that_wait_to_be_sent_are_not_sent_to_a_browser_that_no_longer_watches_their_namespace() -> None:
    clock = Clock()
    feed = Feed(uuid.uuid4(), Present(entities={entity.key: entity for entity in HERE}), clock)
    reader = Reader(feed)
    reader.lease("1")
    feed.step(Delta((rule(1),)), 0)
    feed.step(Delta((rule(2),)), 0)
    clock.now += WATCH_LEASE_S + 1
    reader.forget("1")
    feed._flush()
    assert reader.seq == 2
    assert reader.bulky == {}
    reader.lease("1")
    assert reader.bulky == {"1": {rule(1).key: rule(1), rule(2).key: rule(2)}}


async def test_expired_leases_for_namespaces_are_removed_from_memory() -> None:
    clock = Clock()
    feed = Feed(uuid.uuid4(), Present(entities={entity.key: entity for entity in HERE}), clock)
    reader = Reader(feed)
    for number in range(50):
        reader.lease(f"ns {number}")
        clock.now += WATCH_LEASE_S
    assert len(feed._leases) == 1
    feed.leave(reader)
    assert feed._leases == {}


async def test_changed_netfilter_rules_are_encoded_once_for_all_watching_browsers_and_not_at_all_if_none_watches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    real = bulk_frames

    def counted(ns: str, seq: int, delta: Delta, *, whole: bool = False) -> list[bytes]:
        made.append(ns)
        return real(ns, seq, delta, whole=whole)

    monkeypatch.setattr(feed_module, "bulk_frames", counted)
    feed = Feed(uuid.uuid4(), Present(entities={entity.key: entity for entity in HERE}))
    readers = [Reader(feed) for _ in range(5)]
    feed.step(Delta((rule(1),)), 0)
    feed._flush()
    assert made == []
    for reader in readers[:3]:
        reader.lease("1")
    feed.step(Delta((rule(2), rule(3, "2"))), 0)
    feed._flush()
    assert made == ["1"]
    assert [len(reader.bulky.get("1", {})) for reader in readers] == [2, 2, 2, 0, 0]
