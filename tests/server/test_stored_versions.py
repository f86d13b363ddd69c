"""History stored by older servers can be read, continued, merged, and gets keyframes of the current model."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from netviz.model.delta import Delta, apply_to
from netviz.model.link import Link
from netviz.model.topology import AnyEntity
from netviz.server.decoder import decode_entities
from netviz.server.history import store
from netviz.server.history.blobs import (
    Unreadable,
    change_of,
    present_changes,
    unpack_changes,
    unpack_topology,
)
from netviz.server.history.models import Keyframe, Segment
from netviz.server.hosts.models import Host
from netviz.server.live import closing
from netviz.wire.frames import PROTOCOL, Problem, Subscribe
from netviz.wire.problems import WireError
from tests.server.people import People
from tests.server.sockets import Agent, Browser, known

STORED = Path(__file__).resolve().parents[1] / "golden" / "stored"
VERSIONS = range(1, PROTOCOL + 1)
MORE = Link("7008", 99, "new", "veth")


def blob(kind: str, version: int) -> bytes:
    return (STORED / f"{kind}-{version}.bin").read_bytes()


def as_stored(host: Host, version: int) -> uuid.UUID:
    """Returns the host with the golden history of that version: a keyframe and three changes after it."""
    Segment.objects.create(
        host=host, first=1, last=3, from_ms=1_000, to_ms=3_000, count=3, model_version=version,
        blob=blob("segment", version),
    )  # fmt: skip
    Keyframe.objects.create(host=host, seq=0, at_ms=0, model_version=version, blob=blob("keyframe", version))
    Host.objects.filter(id=host.id).update(seq=3, epoch="e", agent_seq=3, session="s")
    return host.id


def expected() -> dict[str, AnyEntity]:
    """Returns the topology at the end of that history."""
    world = unpack_topology(blob("keyframe", PROTOCOL))
    for change in unpack_changes(blob("segment", PROTOCOL)):
        apply_to(world, change.delta)
    return world


def added(world: dict[str, AnyEntity], seq: int, entity: AnyEntity) -> Any:
    change = change_of(world, seq, seq * 1_000, Delta((entity,)))
    apply_to(world, change.delta)
    return change


# -- the golden blobs


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["keyframe", "segment"])
def test_recorded_keyframe_and_recorded_segment_exist_for_every_model_version(kind: str, version: int) -> None:
    assert (STORED / f"{kind}-{version}.bin").exists(), "run `python -m tests.golden.write_stored`"


@pytest.mark.parametrize("version", VERSIONS)
def test_recorded_keyframe_of_every_version_decodes_to_the_same_topology(version: int) -> None:
    world = unpack_topology(blob("keyframe", version), version)
    assert world == unpack_topology(blob("keyframe", PROTOCOL))
    assert len(world) == 149


@pytest.mark.parametrize("version", VERSIONS)
def test_recorded_segment_of_every_version_decodes_to_the_same_changes(version: int) -> None:
    changes = unpack_changes(blob("segment", version), version)
    assert changes == unpack_changes(blob("segment", PROTOCOL))
    assert [change.seq for change in changes] == [1, 2, 3]


@pytest.mark.parametrize("version", VERSIONS)
def test_segment_of_history_converted_from_an_older_version_contains_the_same_changes(version: int) -> None:
    there = unpack_changes(blob("segment", version), version)
    assert unpack_changes(present_changes(blob("segment", version), version)) == there


# -- a database of every version


@pytest.mark.parametrize("version", VERSIONS)
def test_server_can_read_a_database_that_any_older_version_wrote(people: People, version: int) -> None:
    host = as_stored(people.host, version)
    present = store.load(host)
    assert present.entities == expected()
    assert (present.seq, present.epoch, present.agent_seq) == (3, "e", 3)


@pytest.mark.parametrize("version", VERSIONS)
def test_topology_is_rebuilt_from_stored_changes_of_any_protocol_version_if_no_whole_topology_is_stored(
    people: People, version: int
) -> None:
    host = as_stored(people.host, version)
    Keyframe.objects.all().delete()
    world: dict[str, AnyEntity] = {}
    for change in unpack_changes(blob("segment", PROTOCOL)):
        apply_to(world, change.delta)
    assert store.load(host).entities == world


@pytest.mark.parametrize("version", VERSIONS)
def test_server_can_add_changes_to_a_database_that_any_older_version_wrote(people: People, version: int) -> None:
    host = as_stored(people.host, version)
    world = store.load(host).entities
    store.store(host, "s", [added(world, 4, MORE)], "e", 4)
    assert store.load(host).entities == world
    assert list(Segment.objects.order_by("first").values_list("first", "model_version")) == [
        (1, version),
        (4, PROTOCOL),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_history_segments_of_different_versions_are_merged_into_one_of_the_current_version(
    people: People, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setattr(store, "MERGE_AT", 5)
    host = as_stored(people.host, version)
    world = store.load(host).entities
    store.store(host, "s", [added(world, 4, MORE), added(world, 5, Link("7008", 99, "again", "veth"))], "e", 5)
    (segment,) = Segment.objects.all()
    assert (segment.first, segment.last, segment.count, segment.model_version) == (1, 5, 5, PROTOCOL)
    assert [change.seq for change in unpack_changes(bytes(segment.blob))] == [1, 2, 3, 4, 5]
    assert store.load(host).entities == world


def test_keyframe_written_by_an_older_version_is_due_for_replacement(people: People) -> None:
    host = as_stored(people.host, 1)
    assert store.keyframe_due(host, 3)
    store.store_keyframe(host, store.load(host).entities, 3, 9_000)
    assert Keyframe.objects.get(seq=3).model_version == PROTOCOL
    assert not store.keyframe_due(host, 3)
    assert store.load(host).entities == expected()


def test_stored_keyframe_of_an_older_protocol_is_replaced_by_a_new_keyframe_with_the_same_seq(people: People) -> None:
    host = as_stored(people.host, 1)
    store.store_keyframe(host, unpack_topology(blob("keyframe", 1), 1), 0, 9_000)
    keyframe = Keyframe.objects.get()
    assert (keyframe.seq, keyframe.at_ms, keyframe.model_version) == (0, 9_000, PROTOCOL)
    assert store.load(host).entities == expected()


def test_existing_history_rows_without_a_version_get_version_1(transactional_db: None) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("history", "0001_initial")])
    try:
        apps = executor.loader.project_state([("history", "0001_initial"), ("hosts", "0001_initial")]).apps
        team = apps.get_model("teams", "Team").objects.create(name="Old")
        host = apps.get_model("hosts", "Host").objects.create(team=team, name="old", key="0a" * 32, seq=3)
        old = {"host": host, "seq": 0, "at_ms": 1, "blob": blob("keyframe", 1)}
        apps.get_model("history", "Keyframe").objects.create(**old)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert Keyframe.objects.get().model_version == 1
    assert len(store.load(host.id).entities) == 149


# -- unreadable history


@pytest.mark.parametrize(
    ("data", "version", "what"),
    [
        (b"not zstd", PROTOCOL, "zstd"),
        (blob("keyframe", PROTOCOL)[:-9], PROTOCOL, "zstd"),
        (blob("keyframe", PROTOCOL), PROTOCOL + 1, "model version"),
        (blob("keyframe", 1), PROTOCOL, "line "),
        (blob("keyframe", PROTOCOL), 0, "model version"),
    ],
)
def test_error_for_an_unreadable_blob_contains_the_host_and_the_database_row_and_the_problem(
    people: People, data: bytes, version: int, what: str
) -> None:
    host = as_stored(people.host, PROTOCOL)
    keyframe = Keyframe.objects.get()
    Keyframe.objects.update(blob=data, model_version=version)
    with pytest.raises(Unreadable) as refusal:
        store.load(host)
    text = str(refusal.value)
    assert f"host {host}, keyframe {keyframe.id} (after change 0): " in text
    assert what in text


@pytest.mark.parametrize("version", [1, PROTOCOL])
def test_error_for_an_invalid_line_contains_the_line_number_and_the_field(version: int) -> None:
    good = b'{"t":"ns","id":"1"}\n'
    with pytest.raises(WireError) as refusal:
        decode_entities(good + good + b'{"t":"ns","id":7}\n', version)
    assert refusal.value.where == "line 3, id"


def test_unreadable_segment_of_history_does_not_prevent_the_storing_of_new_changes(
    people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "MERGE_AT", 5)
    host = as_stored(people.host, PROTOCOL)
    world = store.load(host).entities
    store.store_keyframe(host, world, 3, 0)
    Segment.objects.update(model_version=1, blob=b"damaged")
    for seq in range(4, 9):
        store.store(host, "s", [added(world, seq, Link("7008", 99, f"n{seq}", "veth"))], "e", seq)
    assert store.load(host).entities == world
    assert bytes(Segment.objects.get(first=1).blob) == b"damaged"
    assert "cannot merge" in caplog.text
    assert str(host) in caplog.text


async def test_agent_is_asked_to_try_later_if_stored_history_is_unreadable(people: People) -> None:
    agent = Agent()
    await known(agent, people.host)
    await sync_to_async(as_stored)(people.host, PROTOCOL)
    await Keyframe.objects.aupdate(blob=b"damaged")
    await agent.challenged()
    await agent.prove()
    problem = await agent.receive_until(Problem)
    assert (problem.code, problem.final) == ("try-later", True)
    assert await agent.end() == closing.TRY_LATER


async def test_browser_that_subscribes_to_a_host_with_unreadable_history_receives_an_error_and_stays_connected(
    people: People,
) -> None:
    await sync_to_async(as_stored)(people.host, PROTOCOL)
    await Keyframe.objects.aupdate(blob=b"damaged")
    browser = Browser(await sync_to_async(people.cookies)("victor"))
    await browser.open()
    await browser.send(Subscribe(str(people.host.id)))
    assert (await browser.receive()).code == "unreadable"
    assert await browser.quiet()


def test_api_answers_503_for_unreadable_history(people: People) -> None:
    as_stored(people.host, PROTOCOL)
    Keyframe.objects.update(blob=b"damaged")
    answer = people.client("victor").get(f"/api/v1/hosts/{people.host.id}/topology/")
    assert (answer.status_code, answer.json()["code"]) == (503, "unreadable")


async def test_agent_resumes_after_the_last_change_that_an_older_server_version_stored(people: People) -> None:
    agent = Agent()
    await known(agent, people.host)
    await sync_to_async(as_stored)(people.host, 1)
    assert (await agent.greet(epoch="e", since=0, seq=3)).seq == 3
    await agent.delta(4, MORE)
    present = await sync_to_async(store.load)(people.host.id)
    assert present.entities == expected() | {MORE.key: MORE}
