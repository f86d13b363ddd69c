"""Observing changes nothing: no nsids in other namespaces, no legacy tables created, nothing kept open or alive."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.live import Live
from tests.worlds import World, inner_pid


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


NAMES = ("a", "b", "c")


def make_network(world: World) -> None:
    for name in NAMES:
        world.run(f"ip netns add {name}")
    world.run("ip -n a link add x type veth peer name y netns b")
    world.run("ip link add v0 type veth peer name v1 netns c")


def facts(world: World) -> dict[str, str]:
    """Returns everything that a reader could change, by namespace."""
    out = {"host ids": world.run("ip netns list-id")}
    for name in NAMES:
        out[f"{name} ids"] = world.run(f"ip -n {name} netns list-id")
        for family in ("ip", "ip6", "arp"):
            out[f"{name} {family}"] = world.run(f"ip netns exec {name} cat /proc/thread-self/net/{family}_tables_names")
        out[f"{name} rules"] = world.run(f"ip netns exec {name} nft list ruleset")
    return out


def test_full_read_changes_nothing_on_the_host(world: World) -> None:
    make_network(world)
    before = facts(world)
    for _ in range(3):
        assert world.agent("dump").returncode == 0
    assert facts(world) == before


def test_live_agent_changes_nothing_on_the_host(world: World, live: Live) -> None:
    make_network(world)
    live.wait_until(lambda: live.edges() == ["veth a:x b:y", "veth c:v1 host:v0"])
    before = facts(world)
    live.request_snapshot()
    live.wait_until_as_fresh()
    assert facts(world) == before


def test_live_agent_keeps_no_descriptor_of_a_removed_namespace_open(world: World, live: Live) -> None:
    folder = Path(f"/proc/{inner_pid(live.process)}/fd")
    live.wait_until_as_fresh()
    before = sorted(os.readlink(entry) for entry in folder.iterdir())
    for _ in range(5):
        make_network(world)
        live.wait_until(lambda: len(live.edges()) == 2)
        for name in NAMES:
            world.run(f"ip netns del {name}")
        live.wait_until(lambda: not live.edges())
    assert sorted(os.readlink(entry) for entry in folder.iterdir()) == before


def test_live_agent_keeps_no_namespace_alive(world: World, live: Live) -> None:
    make_network(world)
    live.wait_until(lambda: len(live.edges()) == 2)
    world.run("ip netns del c")
    live.wait_until(lambda: live.edges() == ["veth a:x b:y"])
    assert "v0" not in world.run("ip link")
