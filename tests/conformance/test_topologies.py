"""The command `dump` and a live agent, which starts before the changes, show each example network."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from netviz.model.link import Link
from netviz.model.namespace import Namespace
from netviz.model.topology import of_type
from tests.conformance.cases import CASES, Case
from tests.conformance.live import Live
from tests.worlds import World

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def edges_read(world: World) -> list[str]:
    done = world.agent("dump", "--format", "edges")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def names_read(world: World) -> set[str]:
    entities = json.loads(world.agent("dump", "--format", "json").stdout)["entities"]
    return {name for entity in entities if entity["t"] == "ns" for name in entity.get("names", ())}


def names_live(live: Live) -> set[str]:
    return {name for namespace in of_type(live.topology, Namespace) for name in namespace.names}


@each_case
def test_dump_command_prints_the_expected_edges_and_namespaces_of_each_example_network(
    world: World, case: Case
) -> None:
    for command in case.commands:
        world.run(command)
    assert edges_read(world) == list(case.edges)
    names = names_read(world)
    assert names >= set(case.namespaces)
    assert names.isdisjoint(case.gone)


@each_case
def test_live_agent_shows_the_expected_edges_and_namespaces_of_each_example_network(
    world: World, live: Live, case: Case
) -> None:
    for command in case.commands:
        world.run(command)

    def arrived() -> bool:
        names = names_live(live)
        return live.edges() == list(case.edges) and names >= set(case.namespaces) and names.isdisjoint(case.gone)

    live.wait_until(arrived)
    live.wait_until_as_fresh()


def test_renamed_end_of_a_veth_keeps_its_identity(world: World, live: Live) -> None:
    world.run("ip link add v0 type veth peer name v1")
    live.wait_until(lambda: bool(live.edges()))
    before = {link.key for link in of_type(live.topology, Link)}
    world.run("ip link set v0 name w0")
    world.run("ip link set w0 address 02:00:00:00:00:77")

    def renamed() -> bool:
        links = {link.ifname: link for link in of_type(live.topology, Link)}
        return "w0" in links and links["w0"].address == "02:00:00:00:00:77"

    live.wait_until(renamed)
    assert {link.key for link in of_type(live.topology, Link)} == before
    assert not any(delta.drop for delta in live.deltas)


def test_deleting_a_namespace_with_one_end_of_a_veth_removes_both_ends_in_the_same_delta(
    world: World, live: Live
) -> None:
    world.run("ip netns add c")
    world.run("ip link add v0 type veth peer name v1 netns c")
    live.wait_until(lambda: live.edges() == ["veth c:v1 host:v0"])
    ends = {link.key for link in of_type(live.topology, Link) if link.ifname in ("v0", "v1")}
    assert len(ends) == 2
    live.deltas.clear()
    world.run("ip netns del c")
    live.wait_until(lambda: not ends & live.topology.keys())
    assert [ends & set(delta.drop) for delta in live.deltas if ends & set(delta.drop)] == [ends]


def test_plain_file_in_run_netns_causes_a_warning_on_the_host_namespace(world: World, live: Live) -> None:
    world.run("touch /run/netns/plain")

    def noted() -> bool:
        hosts = [namespace for namespace in of_type(live.topology, Namespace) if namespace.is_host]
        return [note.code for note in hosts[0].notes] == ["name-without-namespace"]

    live.wait_until(noted)
    assert len(list(of_type(live.topology, Namespace))) == 1


def sleeping_namespace(world: World, start: Callable[..., subprocess.Popen[bytes]]) -> int:
    """Creates a namespace that only a process holds. Returns the process's pid inside the world."""
    start(["unshare", "-n", "sleep", "60"])
    pid = ""
    while not pid:
        pid = world.run("pidof sleep", check=False).strip()
    own = world.run("readlink /proc/self/ns/net")
    while world.run(f"readlink /proc/{pid}/ns/net") == own:
        pass
    return int(pid)


def test_namespace_without_a_name_is_shown_with_its_process(world: World) -> None:
    pid = sleeping_namespace(world, world.popen)
    world.run(f"ip link add v0 type veth peer name v1 netns {pid}")
    assert edges_read(world) == [f"veth host:v0 pid:{pid}:v1"]
    assert "processes: sleep" in world.agent("dump").stdout


def test_live_agent_finds_a_namespace_without_a_name(world: World, live: Live) -> None:
    pid = sleeping_namespace(world, world.popen)
    world.run(f"ip link add v0 type veth peer name v1 netns {pid}")
    live.wait_until(lambda: live.edges() == [f"veth host:v0 pid:{pid}:v1"])
    live.wait_until_as_fresh()
