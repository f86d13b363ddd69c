"""What was read of a namespace and can no longer be read is kept, and marked with the time as of which it is known."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from netviz.agent.world import World as Topology
from netviz.model.namespace import Gap, Namespace
from netviz.model.route import Route
from netviz.model.topology import of_type
from tests.conformance.live import Live
from tests.worlds import CHECKOUT, World


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in a world with the namespace n1, which is linked with the host and has a route."""
    world.run("ip netns add n1")
    world.run("ip link add v0 type veth peer name v1 netns n1")
    world.run("ip -n n1 addr add 10.1.0.1/24 dev v1")
    world.run("ip -n n1 link set v1 up")
    world.run("ip link set v0 up")
    world.run("ip -n n1 route add 10.2.0.0/16 via 10.1.0.2")
    agent = Live(world)
    yield agent
    agent.close()


def hold_by_socket(world: World) -> "subprocess.Popen[bytes]":
    """Starts a process that opens a socket in n1, and is itself in the host's namespace."""
    script = str(CHECKOUT / "tests/conformance/holding.py")
    command = ["env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, "socket-in-n1"]
    process = world.popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def n1(live: Live) -> Namespace:
    return next(ns for ns in of_type(live.topology, Namespace) if not ns.is_host)


def frozen(live: Live) -> dict[str, Gap]:
    return {gap.subject: gap for gap in of_type(live.topology, Gap) if gap.ns == n1(live).id and gap.since_ms}


def has_route(live: Live) -> bool:
    return any(route.dst == "10.2.0.0/16" for route in of_type(live.topology, Route))


def test_routes_of_a_namespace_that_only_a_socket_holds_are_kept_and_marked_with_the_time(
    world: World, live: Live
) -> None:
    assert has_route(live)
    before_ms = int(time.time() * 1_000)
    hold_by_socket(world)
    world.run("ip netns del n1")
    live.wait_until(lambda: "routes" in frozen(live), 20)
    assert has_route(live)
    assert before_ms <= frozen(live)["routes"].since_ms <= int(time.time() * 1_000)
    assert {"routes", "rules", "sysctls", "neighbours"} <= frozen(live).keys()
    assert "addresses" not in frozen(live)
    assert "can no longer be read" in frozen(live)["routes"].text


def test_namespace_is_read_again_and_no_longer_marked_when_a_name_leads_to_it_again(world: World, live: Live) -> None:
    holder = hold_by_socket(world)
    world.run("ip netns del n1")
    live.wait_until(lambda: "routes" in frozen(live), 20)
    holder.communicate(b"name it\n")
    live.wait_until(lambda: n1(live).names == ("again",), 20)
    live.wait_until(lambda: not frozen(live) and not has_route(live))


def gap(since_ms: int) -> Gap:
    return Gap("1", "routes", "missing-right", ("CAP_NET_ADMIN",), since_ms=since_ms)


def route(number: int) -> Route:
    return Route("1", "ip", 254, f"10.{number}.0.0/16")


def test_subject_that_was_never_read_has_a_gap_without_a_time() -> None:
    world = Topology(100)
    world.freeze(gap(7))
    world.freeze(gap(8))
    assert list(world.entities.values()) == [gap(0)]


def test_subject_that_cannot_be_read_any_more_keeps_its_entities_and_the_time_of_the_first_failure() -> None:
    world = Topology(100)
    world.replace("1", "routes", [route(1)])
    world.freeze(gap(7))
    world.freeze(gap(8))
    assert set(world.entities.values()) == {route(1), gap(7)}


def test_empty_subject_that_cannot_be_read_any_more_is_marked_too() -> None:
    world = Topology(100)
    world.replace("1", "routes", [])
    world.freeze(gap(7))
    assert list(world.entities.values()) == [gap(7)]


def test_mark_disappears_when_the_subject_is_read_again() -> None:
    world = Topology(100)
    world.replace("1", "routes", [route(1)])
    world.freeze(gap(7))
    world.replace("1", "routes", [route(1), route(2)])
    assert set(world.entities.values()) == {route(1), route(2)}


def test_mark_keeps_the_numbers_of_a_subject_that_was_cut_before() -> None:
    world = Topology(3)
    world.replace("1", "routes", [route(number) for number in range(9)])
    world.freeze(gap(7))
    (mark,) = [entity for entity in world.entities.values() if isinstance(entity, Gap)]
    assert (mark.since_ms, mark.shown, mark.total) == (7, 2, 9)
