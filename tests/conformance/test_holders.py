"""The agent finds namespaces that have no name or no process's main thread, and shows what holds each of them."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from netviz.model.labels import namespace_label
from netviz.model.namespace import Namespace, Owner
from netviz.model.topology import AnyEntity, of_type
from tests.conformance.live import ASK_S, Live, dumped_topology
from tests.waiting import WAIT_S, Limit
from tests.worlds import CHECKOUT, World, inner_pid

HOW = {"socket": "peer", "descriptor": "descriptor", "thread": "process"}
each_way = pytest.mark.parametrize("how", HOW)


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def hold(world: World, how: str) -> int:
    """Starts a process in the world that holds a namespace in this way. Returns its pid inside."""
    script = str(CHECKOUT / "tests/conformance/holding.py")
    command = ["env", f"PYTHONPATH={CHECKOUT}", sys.executable, script, how]
    process = world.popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    with open(f"/proc/{inner_pid(process)}/status") as file:
        return int(next(line for line in file if line.startswith("NSpid:")).split()[-1])


PIPES: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}


def lines_for(process: subprocess.Popen[str], limit_s: float) -> Iterator[str]:
    """Returns the lines that the process prints until the time limit."""
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    limit = Limit(limit_s)
    while not limit.is_over:
        if select.select([process.stdout], [], [], ASK_S)[0]:
            yield from process.stdout


def unnamed_namespaces(topology: dict[str, object]) -> list[Namespace]:
    return [entity for entity in topology.values() if isinstance(entity, Namespace) and not entity.is_host]


@each_way
def test_dump_command_finds_an_unnamed_namespace_that_a_thread_or_socket_or_descriptor_keeps_alive(
    world: World, how: str
) -> None:
    hold(world, how)
    topology = dumped_topology(world)
    (namespace,) = unnamed_namespaces({**topology})
    assert namespace.held_by == (HOW[how],)
    label = namespace_label(topology, namespace.id)
    assert label.startswith("pid:" if how == "thread" else "nsid:")
    edges = world.agent("dump", "--format", "edges").stdout.splitlines()
    assert [edge.split(":")[0] for edge in edges] == ["veth host"]
    assert not edges[0].endswith("?")


@each_way
def test_live_agent_finds_an_unnamed_namespace_that_a_thread_or_socket_or_descriptor_keeps_alive(
    world: World, live: Live, how: str
) -> None:
    hold(world, how)
    live.wait_until(lambda: len(live.edges()) == 1 and not live.edges()[0].endswith("?"))
    live.wait_until(lambda: [ns.held_by for ns in unnamed_namespaces({**live.topology})] == [(HOW[how],)])


@pytest.mark.parametrize("how", ["unshared", "leaderless"])
def test_process_that_moved_itself_into_a_new_namespace_is_found_even_if_its_main_thread_has_ended(
    world: World, live: Live, how: str
) -> None:
    pid = hold(world, how)

    def found(topology: dict[str, AnyEntity]) -> bool:
        return [owner.pid for owner in of_type(topology, Owner)] == [pid]

    live.wait_until(lambda: found(live.topology))
    assert found(dumped_topology(world))


def test_dump_command_finds_a_namespace_that_only_an_open_file_descriptor_keeps_alive(world: World) -> None:
    hold(world, "unlinked")
    assert [ns.held_by for ns in unnamed_namespaces({**dumped_topology(world)})] == [("descriptor",)]


def test_zombie_process_keeps_no_namespace_alive_and_causes_no_error(world: World, live: Live) -> None:
    hold(world, "zombie")
    hold(world, "unshared")
    live.wait_until(lambda: len(unnamed_namespaces({**live.topology})) == 1)
    live.wait_until_as_fresh()


def test_network_namespace_is_found_if_its_name_and_its_process_are_in_another_mount_and_pid_namespace(
    world: World, live: Live
) -> None:
    """Case T30. The mount namespace and the pid namespace are nested: each was created inside another new one."""
    script = "mount -t tmpfs tmpfs /run && ip netns add inner && exec ip netns exec inner sleep 60"
    inside = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", script]
    world.popen(["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", *inside])

    def found(topology: dict[str, AnyEntity]) -> bool:
        namespaces = [ns for ns in unnamed_namespaces({**topology}) if ns.mounts == ("/run/netns/inner",)]
        called = [group.name for owner in of_type(topology, Owner) for group in owner.processes]
        return len(namespaces) == 1 and called == ["sleep"]

    live.wait_until(lambda: found(live.topology))
    assert found(dumped_topology(world))
    (owner,) = of_type(live.topology, Owner)
    assert world.run(f"cat /proc/{owner.pid}/comm") == "sleep\n"


def test_namespace_mounted_outside_of_run_netns_is_shown_with_the_path_of_its_mount(world: World, live: Live) -> None:
    world.run("touch /run/elsewhere")
    world.run(["unshare", "-n", "mount", "--bind", "/proc/self/ns/net", "/run/elsewhere"])
    live.wait_until(lambda: [ns.mounts for ns in unnamed_namespaces({**live.topology})] == [("/run/elsewhere",)])
    assert [ns.mounts for ns in unnamed_namespaces({**dumped_topology(world)})] == [("/run/elsewhere",)]
    world.run("umount /run/elsewhere")
    live.wait_until(lambda: not unnamed_namespaces({**live.topology}))


def test_namespace_with_a_name_only_in_another_mount_namespace_is_found(world: World, live: Live) -> None:
    script = "mount -t tmpfs tmpfs /run && ip netns add inner && exec sleep 60"
    world.popen(["unshare", "-m", "sh", "-c", script])

    def found() -> bool:
        return [ns.mounts for ns in unnamed_namespaces({**live.topology})] == [("/run/netns/inner",)]

    live.wait_until(found)
    assert [ns.mounts for ns in unnamed_namespaces({**dumped_topology(world)})] == [("/run/netns/inner",)]


def test_namespace_that_loses_its_name_keeps_its_identity_while_a_process_uses_it(world: World, live: Live) -> None:
    world.run("ip netns add n1")
    world.popen("ip netns exec n1 sleep 60")
    live.wait_until(lambda: [ns.held_by for ns in unnamed_namespaces({**live.topology})] == [("name", "process")])
    (before,) = unnamed_namespaces({**live.topology})
    world.run("ip netns del n1")
    live.wait_until(lambda: [ns.held_by for ns in unnamed_namespaces({**live.topology})] == [("process",)])
    assert [ns.id for ns in unnamed_namespaces({**live.topology})] == [before.id]


def test_namespace_with_a_reused_inode_is_a_new_namespace(world: World, live: Live) -> None:
    seen: set[str] = set()
    for _ in range(8):
        world.run("ip netns add n1")
        live.wait_until(lambda: any(ns.names == ("n1",) for ns in of_type(live.topology, Namespace)))
        seen |= {ns.id for ns in unnamed_namespaces({**live.topology})}
        world.run("ip netns del n1")
        live.wait_until(lambda: not unnamed_namespaces({**live.topology}))
    assert len(seen) == 8


@pytest.mark.root
def test_agent_finds_a_process_in_a_new_namespace_as_soon_as_the_process_starts_a_program() -> None:
    """Uses the proc connector, which only works in the initial network namespace, so this test is in no world."""
    script = str(CHECKOUT / "tests/conformance/connecting.py")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True) as agent:
        try:
            assert agent.stdout is not None
            assert agent.stdout.readline() == "ready\n"
            wanted = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo nvt-here; exec cat"], **PIPES)
            try:
                assert wanted.stdout is not None
                assert wanted.stdout.readline() == b"nvt-here\n"
                assert any(line.startswith(f"{wanted.pid} ") for line in lines_for(agent, WAIT_S))
            finally:
                wanted.communicate()
        finally:
            agent.kill()
