"""Agents with an older protocol: supported, and subject to the same checks as current agents."""

import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from netviz.model.entity import Note
from netviz.model.link import Link
from netviz.server.decoder import decode
from netviz.server.live import closing
from netviz.server.live.feeds import load_async
from netviz.wire.frames import OLDEST_PROTOCOL, PROTOCOL, Ack, Answer, Problem, ReadNow, Request, State, Watch
from netviz.wire.limits import FRAME_BYTES
from netviz.wire.problems import WireError
from tests.fuzz.mutations import mutated
from tests.server.entities import HERE
from tests.server.people import People
from tests.server.sockets import Agent, Browser, known

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
OLD: list[dict[str, str]] = [
    row for row in json.loads((GOLDEN / "good-1.json").read_text(encoding="utf-8")) if row["direction"] == "agent"
]
BAD: list[dict[str, str]] = [
    row
    for row in json.loads((GOLDEN / "bad.json").read_text(encoding="utf-8"))
    if row["direction"] == "agent" and row["name"] not in ("a note of protocol 1", "a verdict in words")
]
OF_STREAM = ("delta", "snapshot_chunk", "state")


@pytest.fixture
async def agent(people: People) -> Agent:
    """Provides our host's agent, which uses protocol 1 and has sent a snapshot."""
    agent = Agent()
    await known(agent, people.host)
    welcome = await agent.greet(protocol=1)
    assert welcome.protocol == 1
    await agent.snapshot(*HERE)
    return agent


async def signed_in(people: People) -> Browser:
    browser = Browser(await sync_to_async(people.cookies)("victor"))
    await browser.open()
    return browser


# -- admission


async def test_agent_with_an_older_protocol_receives_a_welcome_of_that_protocol(people: People) -> None:
    agent = Agent()
    await known(agent, people.host)
    assert (await agent.greet(protocol=OLDEST_PROTOCOL)).protocol == OLDEST_PROTOCOL


@pytest.mark.parametrize(("protocol", "side"), [(OLDEST_PROTOCOL - 1, "agent"), (PROTOCOL + 1, "server")])
async def test_error_for_an_unsupported_protocol_names_the_side_to_upgrade(
    people: People, protocol: int, side: str
) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.challenged()
    await agent.prove(protocol=protocol)
    problem = await agent.receive()
    assert (problem.code, problem.final) == ("protocol", True)
    assert problem.text.endswith(f"Upgrade the {side}.")
    assert await agent.end() == closing.REFUSED


async def test_hello_of_a_newer_protocol_is_refused_for_its_protocol_and_not_for_its_new_fields(people: People) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.challenged()
    await agent.send(json.dumps({"t": "proof", "key": agent.key.public, "signature": agent.signature()}))
    await agent.send(json.dumps({"t": "hello", "protocol": PROTOCOL + 1, "abilities": ["new"]}))
    assert (await agent.receive()).code == "protocol"


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ('{"t":"hello","protocol":"1"}', "bad-type"),
        ('{"t":"hello","protocol":true}', "bad-type"),
        ('{"t":"hello","agent_version":"x","epoch":"e","since":0,"seq":0}', "missing-field"),
        ('{"t":"hello","protocol":1,"protocol":2}', "not-json"),
        ('{"t":"hello","protocol":1,"x":1}', "unknown-field"),
        ("[" * 100, "too-deep"),
        ("[]", "bad-type"),
        ('{"t":"snapshot_end"}', "bad-order"),
    ],
)
async def test_bad_hello_is_refused_with_the_expected_error_code(people: People, hello: str, code: str) -> None:
    agent = Agent()
    await known(agent, people.host)
    await agent.challenged()
    await agent.send(json.dumps({"t": "proof", "key": agent.key.public, "signature": agent.signature()}))
    await agent.send(hello)
    assert (await agent.receive()).code == code
    assert await agent.end() == closing.BAD_FRAME


# -- the stream


async def test_entities_in_frames_of_an_older_agent_are_stored_in_the_form_of_the_current_protocol(
    agent: Agent, people: People
) -> None:
    deltas = [json.loads(row["frame"]) for row in OLD if json.loads(row["frame"])["t"] == "delta"]
    chunks = [json.loads(row["frame"]) for row in OLD if json.loads(row["frame"])["t"] == "snapshot_chunk"]
    put = {}
    for entity in [*(e for d in deltas for e in d.get("put", ())), *(e for c in chunks for e in c["entities"])]:
        put[json.dumps(entity)] = entity
    expected: dict[str, Any] = {entity.key: entity for entity in HERE}
    for seq, entity in enumerate(put.values(), 1):
        frame = json.dumps({"t": "delta", "epoch": "e", "seq": seq, "put": [entity]})
        await agent.send(frame)
        assert await agent.receive_until(Ack) == Ack("e", seq)
        (now,) = decode(frame, "agent", 1).put  # type: ignore[union-attr]
        expected[now.key] = now
    assert len(put) > 20
    assert (await load_async(people.host.id)).entities == expected


@pytest.mark.parametrize(
    "row", [row for row in OLD if json.loads(row["frame"])["t"] in OF_STREAM], ids=lambda row: row["name"]
)
def test_every_recorded_frame_of_an_older_agent_is_converted_to_the_current_protocol(row: dict[str, str]) -> None:
    assert json.loads(row["frame"])["t"] == decode(row["frame"], "agent", 1).TAG


async def test_sentence_in_a_note_from_an_older_agent_reaches_the_browser_as_a_code(
    agent: Agent, people: People
) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    text = "The kernel names a far end that was not there when it was read."
    note = {"code": "x", "text": text}
    row = {"t": "link", "ns": "1", "ifindex": 2, "ifname": "v2", "kind": "veth", "notes": [note]}
    await agent.send(json.dumps({"t": "delta", "epoch": "e", "seq": 1, "put": [row]}))

    (link,) = (await browser.receive()).put
    assert link == Link("1", 2, "v2", "veth", notes=(Note("far-end-missing"),))


async def test_older_agent_receives_only_frames_of_its_protocol(agent: Agent, people: People) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    await browser.send(Watch("1", ("counters",), bulky=True))
    assert (await agent.raw()) == '{"t":"watch","ns":"1","subjects":["counters"]}'


# -- no check is skipped


@pytest.mark.parametrize("row", BAD, ids=lambda row: row["name"])
def test_frame_that_is_refused_from_a_current_agent_is_also_refused_from_an_older_agent(row: dict[str, str]) -> None:
    with pytest.raises(WireError) as refusal:
        decode(row["frame"], "agent", 1)
    assert refusal.value.code == row["code"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b'{"t":"delta","epoch":"e","seq":1,"put":[]}' + b" " * FRAME_BYTES, "too-large"),
        ('{"t":"delta","epoch":"e","seq":1,"seq":1}', "not-json"),
        ('{"t":"delta","epoch":"\\u0000","seq":1}', "bad-value"),
        ('{"t":"delta","epoch":"\\ud800","seq":1}', "bad-value"),
        ('{"t":"delta","epoch":"e","seq":9007199254740992}', "bad-value"),
        ('{"t":"delta","epoch":"e","seq":1.5}', "bad-type"),
        ('{"t":"delta","epoch":"e","seq":NaN}', "not-json"),
        ("[" * 100_000, "too-deep"),
        (b"\xff", "not-utf8"),
        ('{"t":"answer","id":"x"}', "unknown-type"),
        ('{"t":"state","ns":"1","subject":"fdb","missing":"\\u0000"}', "bad-value"),
        ('{"t":"delta","epoch":"e","seq":1,"put":[{"t":"ns","id":"1","notes":[{"code":"x"}]}]}', "bad-value"),
        ('{"t":"hello","protocol":1,"agent_version":"x","epoch":"e","since":0,"seq":0}', "bad-order"),
    ],
)
async def test_bad_frame_of_an_older_agent_is_answered_with_an_error_code_and_closes_the_socket(
    agent: Agent, people: People, frame: str | bytes, code: str
) -> None:
    before = await load_async(people.host.id)
    await agent.send(frame)
    problem = await agent.receive_until(Problem)
    assert (problem.code, problem.final) == (code, True)
    assert await agent.end() == closing.BAD_FRAME
    assert await load_async(people.host.id) == before


def test_hostile_frame_of_an_older_protocol_is_either_accepted_or_refused_with_a_wire_error() -> None:
    taken = refused = 0
    for data in mutated(11, 5_000, OLD):
        try:
            frame = decode(data, "agent", 1)
        except WireError:
            refused += 1
        else:
            taken += 1
            assert frame.TAG != "answer"
    assert refused > 1_000
    assert taken > 100


async def test_hostile_frames_of_an_older_protocol_close_a_real_connection_with_an_error_code(people: People) -> None:
    first = Agent()
    await known(first, people.host)
    await first.greet(protocol=1)
    await first.snapshot(*HERE)
    await first.leave()
    before = await load_async(people.host.id)
    tried = 0
    for data in mutated(12, 200, OLD):
        try:
            decode(data, "agent", 1)
        except WireError as refusal:
            agent = Agent()
            await agent.greet(protocol=1)
            await agent.send(data)
            answer = await agent.receive_until(Problem)
            assert (answer.code, answer.final) == (refusal.code, True)
            assert await agent.end() == closing.BAD_FRAME
            tried += 1
    assert tried > 50
    assert (await load_async(people.host.id)).entities == before.entities


# -- requests, which an older agent does not know


async def test_request_for_values_reaches_an_older_agent_as_a_watch_frame_and_is_answered_when_all_values_arrived(
    agent: Agent, people: People
) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    await browser.send(Request("r", ReadNow("1", ("counters", "fdb"))))
    assert await agent.receive() == Watch("1", ("counters", "fdb"))
    await agent.send(State("1", "counters"))
    assert await browser.receive() == State("1", "counters")
    assert await browser.quiet()
    await agent.send(State("1", "fdb"))
    assert await browser.receive() == State("1", "fdb")
    assert await browser.receive() == Answer("r", "done")


async def test_server_itself_answers_a_request_for_a_nonexistent_namespace_if_the_agent_uses_an_older_protocol(
    agent: Agent, people: People
) -> None:
    browser = await signed_in(people)
    await browser.subscribe(people.host)
    await browser.send(Request("r", ReadNow("77", ("counters",))))
    assert await browser.receive() == Answer("r", "unknown-namespace")
    assert await agent.quiet()
