"""Real Docker (T46): containers are named from disk, shown with their networks, and followed live."""

import json
from collections.abc import Callable, Iterator

import pytest

from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.namespace import Container, ContainerNetwork, Owner
from netviz.model.topology import AnyEntity, of_type
from tests.conformance.docker import Docker
from tests.conformance.live import Live, dumped_topology
from tests.worlds import World

pytestmark = pytest.mark.root

# Docker is slow while other tests run.
HEAVY_S = 10.0

Topology = dict[str, AnyEntity]


@pytest.fixture(scope="module")
def docker() -> Iterator[Docker]:
    """Provides two containers on docker0, a third in the namespace of the first, a fourth on a user-defined network."""
    world = World()
    try:
        daemon = Docker(world)
        try:
            daemon.run("first")
            daemon.run("second")
            daemon.run("guest", "--network container:first")
            daemon.do("network create nvt")
            daemon.run("apart", "--network nvt")
            yield daemon
        finally:
            daemon.close()
    finally:
        world.close()


@pytest.fixture
def live(docker: Docker) -> Iterator[Live]:
    """Provides a live agent in the daemon's world."""
    agent = Live(docker.world)
    yield agent
    agent.close()


def owners(topology: Topology) -> dict[tuple[str, ...], Owner]:
    """Returns the owners by the names of their containers."""
    found = [owner for owner in of_type(topology, Owner) if owner.containers]
    by_names = {tuple(container.name for container in owner.containers): owner for owner in found}
    assert len(by_names) == len(found)
    return by_names


def networks(topology: Topology, edges: list[str]) -> dict[str, set[tuple[str, ...]]]:
    """Returns the bridges, each with the containers at the other ends of its ports."""
    called = {namespace_label(topology, owner.ns): names for names, owner in owners(topology).items()}
    words = [edge.split(" ") for edge in edges]
    ends = [(b, a) if b.startswith("host:") else (a, b) for kind, a, b in words if kind == "veth"]
    at_home = {home: far.rpartition(":")[0] for home, far in ends}
    found: dict[str, set[tuple[str, ...]]] = {}
    for kind, bridge, port in words:
        if kind == "port":
            found.setdefault(bridge.removeprefix("host:"), set()).add(called[at_home[port]])
    return found


def test_containers_are_shown_by_name_and_a_namespace_shared_by_two_containers_has_both_names(docker: Docker) -> None:
    by_names = owners(dumped_topology(docker.world))
    assert set(by_names) == {("first", "guest"), ("second",), ("apart",)}
    for names, owner in by_names.items():
        for name, container in zip(names, owner.containers, strict=True):
            id_ = docker.do(f"inspect --format {{{{.Id}}}} {name}")
            assert container == Container(id_, name, "docker", "box", docker.pid(name))


def test_each_container_is_connected_to_the_bridge_of_its_network(docker: Docker) -> None:
    bridge = f"br-{docker.do('network inspect --format {{.Id}} nvt')[:12]}"
    edges = docker.world.agent("dump", "--format", "edges").stdout.splitlines()
    assert networks(dumped_topology(docker.world), edges) == {
        "docker0": {("first", "guest"), ("second",)},
        bridge: {("apart",)},
    }


def test_dump_contains_the_container_names(docker: Docker) -> None:
    written = docker.world.agent("dump").stdout
    (line,) = [line for line in written.splitlines() if "container guest" in line]
    assert "container first" in line
    assert line.count(" docker") == 2


def test_live_agent_shows_that_a_container_was_started_or_renamed_or_stopped_or_removed(
    docker: Docker, live: Live
) -> None:
    before = set(owners(live.topology))
    docker.run("early", "--label io.kubernetes.pod.name=pod-7 --label io.kubernetes.pod.namespace=shop")
    live.wait_until(lambda: set(owners(live.topology)) == before | {("early",)}, HEAVY_S)
    (container,) = owners(live.topology)["early",].containers
    assert (container.pod, container.pod_namespace) == ("pod-7", "shop")
    live.wait_until(lambda: ("early",) in networks(live.topology, live.edges())["docker0"], HEAVY_S)
    docker.do("rename early late")
    live.wait_until(lambda: set(owners(live.topology)) == before | {("late",)}, HEAVY_S)
    docker.do("stop --time 0 late")
    live.wait_until(lambda: set(owners(live.topology)) == before, HEAVY_S)
    live.wait_until_as_fresh()
    docker.do("start late")
    live.wait_until(lambda: set(owners(live.topology)) == before | {("late",)}, HEAVY_S)
    docker.do("rm --force late")
    live.wait_until(lambda: set(owners(live.topology)) == before, HEAVY_S)


def test_live_agent_shows_a_container_that_joins_and_leaves_a_known_namespace(docker: Docker, live: Live) -> None:
    docker.run("lodger", "--network container:second")
    live.wait_until(lambda: ("lodger", "second") in owners(live.topology), HEAVY_S)
    docker.do("rm --force lodger")
    live.wait_until(lambda: ("second",) in owners(live.topology), HEAVY_S)


def called(topology: Topology) -> dict[str, tuple[str, bool]]:
    """Returns the name of the network of each bridge, and whether the network is internal."""
    links = {(link.ns, link.ifindex): link.ifname for link in of_type(topology, Link)}
    found = of_type(topology, ContainerNetwork)
    return {links[network.ns, network.ifindex]: (network.name, network.internal) for network in found}


def test_bridges_bear_the_names_of_their_docker_networks_also_of_those_with_stopped_containers(
    docker: Docker, live: Live
) -> None:
    docker.do("network create --internal closed")
    docker.do("network create --opt com.docker.network.bridge.name=shop0 shop")
    docker.run("inmate", "--network closed")
    docker.run(
        "clerk", "--network shop --label com.docker.compose.project=shop --label com.docker.compose.service=till"
    )
    bridge = f"br-{docker.do('network inspect --format {{.Id}} closed')[:12]}"
    nvt = f"br-{docker.do('network inspect --format {{.Id}} nvt')[:12]}"
    # Some versions of Docker give a container a gateway even in an internal network.
    gateway = docker.world.run(f"nsenter --target {docker.pid('inmate')} --net ip route show default")
    closed = ("closed", not gateway)
    expected = {"docker0": ("bridge", False), nvt: ("nvt", False), bridge: closed, "shop0": ("shop", False)}
    live.wait_until(lambda: called(live.topology) == expected, HEAVY_S)
    assert called(dumped_topology(docker.world)) == expected
    (clerk,) = owners(live.topology)["clerk",].containers
    assert (clerk.project, clerk.service) == ("shop", "till")
    docker.do("stop --time 0 inmate")
    live.wait_until(lambda: called(live.topology)[bridge] == ("closed", False), HEAVY_S)
    docker.do("rm --force inmate clerk")
    live.wait_until(lambda: set(called(live.topology)) == {"docker0", nvt}, HEAVY_S)
    docker.do("network rm closed shop")


def test_containers_of_a_docker_daemon_with_another_data_root_are_shown_by_name(
    make_world: Callable[[], World],
) -> None:
    daemon = Docker(make_world(), json.dumps({"data-root": "/run/elsewhere"}))
    try:
        daemon.run("moved")
        assert set(owners(dumped_topology(daemon.world))) == {("moved",)}
    finally:
        daemon.close()
