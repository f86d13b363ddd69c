"""Whatever an agent sends: every frame that the server makes of it is one that a browser accepts, and what the database
cannot hold is refused.
"""

import json
import time
import tracemalloc
import uuid
from collections import deque
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netviz.model.topology import ENTITY_TYPES, AnyEntity
from netviz.server.decoder import decode, decode_entity
from netviz.server.history.models import Keyframe, Segment
from netviz.server.history.store import Present
from netviz.server.hosts.models import Host
from netviz.server.live.agents import _LAG_EVERY_MS
from netviz.server.live.feed import Feed
from netviz.server.live.feeds import Feeds
from netviz.server.live.ingest import Ingest
from netviz.server.live.pieces import size_of_encoded
from netviz.server.teams.models import Membership
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import encode
from netviz.wire.frames import (
    PROTOCOL,
    DeltaFrame,
    Freshness,
    Hello,
    Ping,
    SnapshotBegin,
    SnapshotChunk,
    SnapshotEnd,
    State,
)
from netviz.wire.limits import EPOCH_CHARACTERS, INTEGER, TEXT_CHARACTERS
from netviz.wire.problems import WireError
from netviz.wire.shapes import Array, Integer, Optional, Record, Shape, Text, fields_of
from tests.entities import of_class, topologies
from tests.server.people import People
from tests.server.sockets import Agent, Browser, known

EDGES = st.sampled_from([-INTEGER, -1, 0, 1, 2_000_000_000_000, INTEGER]) | st.integers(-INTEGER, INTEGER)


class Watching:
    """A browser that decodes everything that it receives."""

    def __init__(self) -> None:
        self.frames: list[Any] = []

    def offer(self, message: Any, size: int) -> None:
        self.frames += [decode(line, "view") for line in message["text"].split("\n")]

    def restart(self, reason: str) -> None:
        self.frames.append(reason)

    def watches(self, ns: str) -> bool:
        return True


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(EDGES, min_size=3, max_size=6),
    state=of_class(State),
    world=topologies,
    same_clock=st.booleans(),
)
async def test_every_frame_that_the_server_makes_of_any_accepted_frame_is_accepted_by_a_browser(
    numbers: list[int], state: State, world: dict[str, AnyEntity], same_clock: bool
) -> None:
    host, put = uuid.uuid4(), list(world.values())
    feed, feeds, watching = Feed(host, Present()), Feeds(), Watching()

    async def say(frame: Any) -> None:
        decode(encode(frame), "server")

    ingest = Ingest(host, "s", feed, feeds, say)
    setattr(ingest, "_schedule", lambda: None)  # noqa: B010 - nothing is stored
    feed.join(watching)
    feed.agent_epoch = "e"
    for seq, at_ms in enumerate(numbers):
        feed.agent_seq = seq
        frame = decode(encode(DeltaFrame("e", seq + 1, tuple(put), (), at_ms)), "agent")
        await ingest.take(frame, 100)
        lag = ingest.lag_ms(at_ms, same_clock)
        assert 0 <= lag <= INTEGER
        feed.show_freshness(Freshness(str(host), "live", lag_ms=lag))
    await ingest.take(decode(encode(state), "agent"), 100)
    begin = SnapshotBegin("e2", numbers[0], 1, len(put), numbers[1])
    for part in (begin, SnapshotChunk(0, tuple(put)), SnapshotEnd()):
        await ingest.take(decode(encode(part), "agent"), 100)
    feed.hear(numbers[2] / 1_000)
    decode(feed.pong(Ping(INTEGER)), "view")
    feed._flush()
    seq, found = feed.copy()
    for raw in snapshot_frames(found, feed.epoch, seq, 0):
        decode(raw, "view")
    assert any(isinstance(frame, Freshness) for frame in watching.frames)
    assert _LAG_EVERY_MS > 0


@pytest.mark.parametrize("at_ms", [-INTEGER, INTEGER])
async def test_delta_with_an_absurd_time_is_shown_to_browsers_like_any_other(people: People, at_ms: int) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.greet(protocol=PROTOCOL - 1)
    await agent.snapshot()
    browser = Browser(await _cookies(people))
    await browser.open()
    await browser.subscribe(people.host)
    for seq, time_ms in ((1, int(time.time() * 1_000)), (2, at_ms), (3, -at_ms)):
        await agent.send(DeltaFrame("e", seq, (), (), time_ms))
        while (await browser.receive()).TAG != "delta":
            pass


async def _cookies(people: People) -> str:
    assert await Membership.objects.acount() > 0
    return str(await sync_to_async(people.cookies)("victor"))


def test_every_text_that_an_agent_sends_and_the_database_stores_has_the_limit_of_its_column() -> None:
    column = Host._meta.get_field("epoch").max_length
    for cls in (Hello, SnapshotBegin, DeltaFrame):
        (shape,) = (field.shape for field in fields_of(cls) if field.name == "epoch")
        assert isinstance(shape, Text)
        assert shape.limit == EPOCH_CHARACTERS <= (column or 0)
    for model in (Host, Keyframe, Segment):
        for field in model._meta.get_fields():
            if field.get_internal_type() == "IntegerField":
                assert field.name == "count"  # of the changes in a segment; other numbers of agents need 64 bits


async def test_epoch_of_more_than_64_characters_is_refused_as_too_long(people: People) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.challenged()
    await agent.prove(epoch="e" * 65)
    problem = await agent.receive()
    assert (problem.code, problem.final) == ("too-long", True)
    with pytest.raises(WireError):
        decode(encode(SnapshotBegin("e" * 65, 0, 0, 0)), "agent")


def largest(shape: Shape) -> Any:
    """Returns values that take much memory for their JSON: many small objects, numbers and texts."""
    match shape:
        case Array(of=Integer()):
            return [1_000 + at for at in range(300)]
        case Array(of=Text()):
            return [f"{at:02x}" for at in range(200)]
        case Array(of=of):
            return [least(of)] * 300
        case Optional(of=of):
            return largest(of)
        case Text(limit=limit):
            return "\U0001f600" + "a" * (min(limit, 400) - 1)
    return None


def least(shape: Shape) -> Any:
    """Returns the smallest JSON of a shape."""
    match shape:
        case Text():
            return ""
        case Integer():
            return 0
        case Record(cls=cls):
            return {field.name: least(field.shape) for field in fields_of(cls) if field.required}
        case Array():
            return []
        case Optional():
            return None
    return getattr(shape, "words", (False,))[0]


def rows() -> list[dict[str, Any]]:
    """Returns for each field of each class of entities: an entity with a large value in this field alone."""
    found: list[dict[str, Any]] = []
    for cls in ENTITY_TYPES:
        base = {"t": cls.TAG, **{field.name: least(field.shape) for field in fields_of(cls) if field.required}}
        found.append(base)
        for field in fields_of(cls):
            value = largest(field.shape)
            if value is not None:
                found.append({**base, field.name: value})
    return found


def test_memory_of_an_entity_is_at_most_twice_what_the_limit_of_memory_counts_for_it() -> None:
    for row in rows():
        text = json.dumps(row)
        try:
            decoded = decode_entity(text)
        except WireError:  # the value is not allowed in this field
            continue
        counted = size_of_encoded(encode(decoded)).memory
        tracemalloc.start()
        kept = deque((entity.key, entity) for entity in (decode_entity(text) for _ in range(20)))
        taken = tracemalloc.get_traced_memory()[0] / len(kept)
        tracemalloc.stop()
        assert taken < 2 * counted, (row["t"], taken, counted)
    assert TEXT_CHARACTERS > 400
