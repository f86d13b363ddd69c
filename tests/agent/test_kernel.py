"""The agent's kernel process: the frames on its socket, and its handling of slow readers and invalid frames."""

import itertools
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from netviz.model.link import Link
from netviz.model.namespace import Host
from netviz.model.state import LinkCounters
from netviz.model.topology import of_type
from netviz.wire.codec import encode
from netviz.wire.frames import Ack, Answer, Challenge, Problem, ReadNow, Request, Welcome
from netviz.wire.limits import HEARTBEAT_S, SILENT_S, WATCH_LEASE_S
from tests.conformance.live import Live
from tests.worlds import World, inner_pid


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def host_ns(live: Live) -> str:
    (host,) = of_type(live.topology, Host)
    return host.ns


def test_deltas_are_numbered_one_two_three_and_so_on(world: World, live: Live) -> None:
    for number in range(5):
        world.run(f"ip link add v{number} type veth peer name w{number}")
        live.wait_until(lambda number=number: len(live.edges()) == number + 1)  # type: ignore[misc]
    assert [delta.seq for delta in live.deltas] == list(range(1, len(live.deltas) + 1))
    assert {delta.epoch for delta in live.deltas} == set(live.epochs)


def test_requested_snapshot_equals_the_topology_that_the_deltas_before_it_produced(world: World, live: Live) -> None:
    world.run("ip link add v0 type veth peer name v1")
    live.wait_until(lambda: bool(live.edges()))
    kept = dict(live.topology)
    live.request_snapshot()
    live.wait_until(lambda: len(live.epochs) == 2 and live.topology == kept)
    assert live.epochs[0] == live.epochs[1]


def test_heartbeat_is_sent_every_two_seconds_while_nothing_changes(live: Live) -> None:
    live.wait_until(lambda: len(live.heartbeats) == 4, 4 * HEARTBEAT_S)
    gaps = [later - earlier for earlier, later in itertools.pairwise(live.heartbeats)]
    assert HEARTBEAT_S - 1 < sum(gaps) / 3 < SILENT_S / 2


def test_heartbeats_are_sent_while_changes_are_sent_without_pause(world: World, live: Live) -> None:
    world.run("ip link add v0 type veth peer name v1")
    flapping = world.popen(["sh", "-c", "while :; do ip link set v0 up; ip link set v0 down; done"])
    try:
        live.wait_until(lambda: len(live.deltas) > 20)
        before = len(live.heartbeats)
        live.wait_until(lambda: len(live.heartbeats) >= before + 2)
    finally:
        flapping.kill()
        flapping.wait()


def test_stopped_kernel_process_of_the_agent_sends_no_heartbeat(live: Live) -> None:
    live.wait_until(lambda: bool(live.heartbeats))
    pid = inner_pid(live.process)
    os.kill(pid, signal.SIGSTOP)
    try:
        live.take_for(0.1)
        before = len(live.heartbeats)
        live.take_for(HEARTBEAT_S * 2)
        assert len(live.heartbeats) == before
    finally:
        os.kill(pid, signal.SIGCONT)
        live.process.send_signal(signal.SIGCONT)  # nsenter stops itself together with its child
    live.wait_until(lambda: len(live.heartbeats) > before)


def test_watched_values_are_sent_at_once_and_then_periodically(world: World, live: Live) -> None:
    assert WATCH_LEASE_S > 4
    live.watch(host_ns(live), "counters", "neighbours")
    live.wait_until(lambda: len(live.states) >= 4)
    assert [state.subject for state in live.states[:2]] == ["counters", "neighbours"]
    assert any(isinstance(value, LinkCounters) and value.ifindex == 1 for value in live.states[0].values)


def test_watch_of_an_unknown_namespace_is_answered_with_a_state_without_values(live: Live) -> None:
    live.watch("no such namespace", "counters")
    live.wait_until(lambda: bool(live.states))
    assert live.states[0].values == ()


@pytest.mark.parametrize("frame", [b"", b"{}", b"[" * 100, b'{"t":"challenge","nonce":"x"}', b'{"t":"exec"}'])
def test_kernel_process_of_the_agent_continues_to_send_deltas_after_it_received_an_invalid_frame(
    world: World, live: Live, frame: bytes
) -> None:
    live.send_raw(frame)
    world.run("ip link add v0 type veth peer name v1")
    live.wait_until(lambda: live.edges() == ["veth host:v0 host:v1"])


def test_session_process_that_reads_too_slowly_receives_a_snapshot_with_a_new_epoch(world: World) -> None:
    live = Live(world, backlog_bytes=20_000)
    for batch in range(6):
        numbers = range(60 * batch, 60 * batch + 60)
        world.run("ip -batch -", stdin="\n".join(f"link add v{n} type veth peer name w{n}" for n in numbers))
    live.wait_until(lambda: len(live.edges()) == 360, 15)
    assert len(set(live.epochs)) > 1
    live.wait_until_as_fresh()
    live.close()


def test_kernel_process_of_the_agent_ends_when_its_socket_closes(live: Live) -> None:
    live.close()
    assert live.process.returncode == 0


def test_change_of_the_lifetime_of_an_address_causes_no_delta(world: World, live: Live) -> None:
    world.run("ip link add v0 type veth peer name v1")
    world.run("ip addr add 192.0.2.1/24 dev v0 valid_lft 100 preferred_lft 90")
    live.wait_until_as_fresh()
    live.deltas.clear()
    world.run("ip addr change 192.0.2.1/24 dev v0 valid_lft 200 preferred_lft 190")
    world.run("ip link set v0 alias marker")
    world.run("ip link set v0 mtu 1400")
    live.wait_until(lambda: any(link.mtu == 1400 for link in of_type(live.topology, Link)))
    assert {entity.TAG for delta in live.deltas for entity in delta.put} == {"link"}


def test_requested_values_are_sent_exactly_once_and_then_the_request_is_answered(world: World, live: Live) -> None:
    live.send_raw(encode(Request("r1", ReadNow(host_ns(live), ("counters",)))))
    live.wait_until(lambda: bool(live.others))
    assert live.others == [Answer("r1", "done")]
    assert [state.subject for state in live.states] == ["counters"]
    live.take_for(2.5)
    assert len(live.states) == 1


def test_request_for_an_unknown_namespace_is_answered_with_the_code_unknown_namespace(live: Live) -> None:
    live.send_raw(encode(Request("r1", ReadNow("no such namespace", ("counters",)))))
    live.wait_until(lambda: bool(live.others))
    assert live.others == [Answer("r1", "unknown-namespace")]
    assert live.states == []


@pytest.mark.parametrize("frame", [Ack("e", 1), Welcome(2, "h"), Challenge("x"), Problem("x", "y")])
def test_valid_frame_of_a_type_that_the_kernel_process_of_the_agent_does_not_accept_is_answered_with_an_error(
    live: Live, frame: Any
) -> None:
    live.send_raw(encode(frame))
    live.wait_until(lambda: bool(live.others))
    (problem,) = live.others
    assert isinstance(problem, Problem)
    assert (problem.code, frame.TAG in problem.text) == ("bad-order", True)
