"""Many changes at once: when quiet the map equals a fresh read; an overrun causes a resync and loses no link."""

import json
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.live import Live
from tests.worlds import CHECKOUT, World


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def overrun(world: World, storm: str) -> dict[str, Any]:
    script = str(CHECKOUT / "tests/conformance/overrunning.py")
    result: dict[str, Any] = json.loads(world.run(["env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, storm]))
    assert result["overruns"] > 0
    return result


def test_live_topology_equals_a_fresh_read_after_a_buffer_overrun(world: World) -> None:
    result = overrun(world, "pairs")
    assert result["late_s"] is not None
    assert result["entities"] > 150


@pytest.mark.parametrize("turn", range(3))
def test_ten_thousand_events_in_a_second_are_shown_within_three_seconds(world: World, turn: int) -> None:
    world.run("ip link set lo up")
    result = overrun(world, "addresses")
    assert result["late_s"] is not None
    assert result["late_s"] < 3
    assert 1 <= result["resyncs"] <= 2 + (result["took_s"] + result["late_s"]) / 5


@pytest.mark.xdist_group("this host")
def test_five_hundred_veth_pairs_are_shown_after_their_creation_and_disappear_after_their_deletion(
    world: World, live: Live
) -> None:
    pairs = range(500)
    world.run("ip -batch -", stdin="\n".join(f"link add v{n} type veth peer name w{n}" for n in pairs))
    live.wait_until(lambda: len(live.edges()) == len(pairs), 20)
    live.wait_until_as_fresh()
    world.run("ip -batch -", stdin="\n".join(f"link del v{n}" for n in pairs))
    live.wait_until(lambda: not live.edges(), 20)
    live.wait_until_as_fresh()


@pytest.mark.xdist_group("this host")
def test_short_lived_namespaces_leave_nothing_in_the_topology(world: World, live: Live) -> None:
    for turn in range(4):
        made = (f"netns add c{n}\nlink add v{turn}x{n} type veth peer name w{n} netns c{n}" for n in range(60))
        world.run("ip -batch -", stdin="\n".join(made))
        world.run("ip -batch -", stdin="\n".join(f"netns del c{n}" for n in range(60)))
    world.run("ip netns add last")
    world.run("ip link add end type veth peer name end netns last")
    live.wait_until(lambda: live.edges() == ["veth host:end last:end"], 20)
    live.wait_until_as_fresh()


def test_full_read_succeeds_while_the_network_changes(world: World) -> None:
    script = """i=0; while :; do i=$((i+1)); ip netns add s$((i % 7))
    ip -n s$((i % 7)) link add a$i type veth peer name b$i
    ip link add v$i type veth peer name w$i netns s$((i % 7)); ip addr add 10.0.0.$((i % 250))/32 dev lo
    ip netns del s$(((i + 3) % 7)); nft add table ip t$i; nft delete table ip t$((i - 5)); done 2>/dev/null"""
    world.popen(["sh", "-c", script])
    for written in ("json", "edges", "text", "dot", "mermaid") * 3:
        done = world.agent("dump", "--format", written)
        assert (done.returncode, done.stderr) == (0, "")


def test_full_read_succeeds_although_some_processes_and_namespace_names_cannot_be_read(world: World) -> None:
    zombie = "import os, time; pid = os.fork(); time.sleep(60) if pid else os._exit(0)"
    world.popen(["unshare", "-n", sys.executable, "-c", zombie])
    world.popen(["unshare", "-n", "-p", "-f", "--mount-proc", "sh", "-c", "sleep 60 & exec unshare -n -p -f sleep 60"])
    world.run("ip netns add gone")
    world.run("mount --bind /proc/self/ns/uts /run/netns/gone")
    world.run("ln -s /nowhere /run/netns/dangling")
    world.run("mkfifo /run/netns/pipe")
    world.run("mkdir /run/netns/folder")
    world.run("ln -s /proc/1/ns/net /run/netns/link")
    done = world.agent("dump", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    namespaces = [entity for entity in json.loads(done.stdout)["entities"] if entity["t"] == "ns"]
    (host,) = [namespace for namespace in namespaces if namespace.get("is_host")]
    assert host["names"] == ["link"]
    assert sorted(note["text"].split()[2] for note in host["notes"]) == ["dangling", "folder", "gone", "pipe"]


NAMES = [f"n{number}" for number in range(8)]


def a_change(choose: random.Random, number: int) -> list[str]:
    """Returns a random change of links between namespaces. The kernel refuses many of them."""
    here, there = choose.choice(NAMES), choose.choice(NAMES)
    index, other = choose.randrange(5, 25), choose.randrange(5, 25)
    some = f"v{choose.randrange(number + 1)}"
    return [
        f"-n {here} link add v{number} index {index} type veth peer name w{number} index {other} netns {there}",
        f"-n {here} link set {some} netns {there}",
        f"-n {here} link set {some} name x{index}",
        f"-n {here} link set x{index} netns {there}",
        f"-n {there} link add m{number} link {some} type macvlan mode bridge",
        f"-n {there} link set m{number} netns {here}",
        f"-n {there} link del w{choose.randrange(number + 1)}",
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_veth_pairs_are_correct_after_random_moves_with_colliding_ifindexes(
    world: World, live: Live, seed: int
) -> None:
    choose = random.Random(seed)
    for name in NAMES:
        world.run(f"ip netns add {name}")
    for round_ in range(4):
        for number in range(12):
            for command in a_change(choose, 12 * round_ + number):
                world.run(f"ip {command}", check=False)
        if round_ == 2:
            world.run(f"ip netns del {NAMES[0]}")
            world.run(f"ip netns add {NAMES[0]}")
        fresh = world.agent("dump", "--format", "edges").stdout.splitlines()
        live.wait_until(lambda fresh=fresh: live.edges() == fresh)  # type: ignore[misc]
        live.wait_until_as_fresh()
