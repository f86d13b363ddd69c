"""Namespaces that no name and no process's first thread shows: each is found, and shown with what holds it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from netviz.model.labels import namespace_label
from netviz.model.namespace import Namespace
from netviz.model.topology import of_type
from tests.conformance.live import Live, dumped_topology
from tests.worlds import CHECKOUT, World

HOW = {"socket": "peer", "descriptor": "descriptor", "thread": "process"}
each_way = pytest.mark.parametrize("how", HOW)


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """A live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def hold(world: World, how: str) -> None:
    """Starts a process in the world that holds a namespace in this way."""
    script = str(CHECKOUT / "tests/conformance/holding.py")
    command = ["env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, how]
    process = world.popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"


def far_namespaces(topology: dict[str, object]) -> list[Namespace]:
    return [entity for entity in topology.values() if isinstance(entity, Namespace) and not entity.is_host]


@each_way
def test_a_full_read_finds_it(world: World, how: str) -> None:
    hold(world, how)
    topology = dumped_topology(world)
    (namespace,) = far_namespaces({**topology})
    assert namespace.held_by == (HOW[how],)
    label = namespace_label(topology, namespace.id)
    assert label.startswith("pid:" if how == "thread" else "nsid:")
    edges = world.agent("dump", "--format", "edges").stdout.splitlines()
    assert [edge.split(":")[0] for edge in edges] == ["veth host"]
    assert not edges[0].endswith("?")


@each_way
def test_the_live_agent_finds_it(world: World, live: Live, how: str) -> None:
    hold(world, how)
    live.wait_until(lambda: len(live.edges()) == 1 and not live.edges()[0].endswith("?"))
    live.wait_until(lambda: [ns.held_by for ns in far_namespaces({**live.topology})] == [(HOW[how],)])


def test_a_namespace_mounted_elsewhere_is_shown_with_its_mount(world: World, live: Live) -> None:
    world.run("touch /run/elsewhere")
    world.run(["unshare", "-n", "mount", "--bind", "/proc/self/ns/net", "/run/elsewhere"])
    live.wait_until(lambda: [ns.mounts for ns in far_namespaces({**live.topology})] == [("/run/elsewhere",)])
    assert [ns.mounts for ns in far_namespaces({**dumped_topology(world)})] == [("/run/elsewhere",)]
    world.run("umount /run/elsewhere")
    live.wait_until(lambda: not far_namespaces({**live.topology}))


def test_a_namespace_in_another_mount_namespace_is_found(world: World, live: Live) -> None:
    script = "mount -t tmpfs tmpfs /run && ip netns add inner && exec sleep 60"
    world.popen(["unshare", "-m", "sh", "-c", script])

    def found() -> bool:
        return [ns.mounts for ns in far_namespaces({**live.topology})] == [("/run/netns/inner",)]

    live.wait_until(found)
    assert [ns.mounts for ns in far_namespaces({**dumped_topology(world)})] == [("/run/netns/inner",)]


def test_a_namespace_keeps_its_identity_when_its_name_goes_and_a_process_stays(world: World, live: Live) -> None:
    world.run("ip netns add n1")
    world.popen("ip netns exec n1 sleep 60")
    live.wait_until(lambda: [ns.held_by for ns in far_namespaces({**live.topology})] == [("name", "process")])
    (before,) = far_namespaces({**live.topology})
    world.run("ip netns del n1")
    live.wait_until(lambda: [ns.held_by for ns in far_namespaces({**live.topology})] == [("process",)])
    assert [ns.id for ns in far_namespaces({**live.topology})] == [before.id]


def test_the_same_inode_used_again_is_another_namespace(world: World, live: Live) -> None:
    seen: set[str] = set()
    for _ in range(8):
        world.run("ip netns add n1")
        live.wait_until(lambda: any(ns.names == ("n1",) for ns in of_type(live.topology, Namespace)))
        seen |= {ns.id for ns in far_namespaces({**live.topology})}
        world.run("ip netns del n1")
        live.wait_until(lambda: not far_namespaces({**live.topology}))
    assert len(seen) == 8
