"""Reading containers from disk: files of a real runtime, and files that an attacker might write."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from netviz.agent.links.container_networks import ContainerNetworks
from netviz.agent.namespaces.containers import Containers
from netviz.agent.world import World
from netviz.model.address import Address
from netviz.model.link import Link
from netviz.model.namespace import Container, ContainerNetwork, Host, Owner
from netviz.model.route import Route
from netviz.model.topology import of_type

ID = "0123456789abcdef" * 4
CONFIG = {"Name": "/web", "State": {"Pid": 7}, "Config": {"Image": "nginx:1", "Labels": {}}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Provides a data root, named in the settings file next to it."""
    folder = tmp_path / "data"
    (folder / "containers" / ID).mkdir(parents=True)
    (tmp_path / "daemon.json").write_text(json.dumps({"data-root": str(folder)}))
    return folder


@pytest.fixture
def containers(root: Path) -> Containers:
    """Provides the containers that are read from `root`."""
    return Containers(str(root.parent / "daemon.json"))


def write(root: Path, config: Any, container: str = ID) -> None:
    """Replaces a container's file as the daemon does."""
    folder = root / "containers" / container
    folder.mkdir(exist_ok=True)
    (folder / "new").write_text(config if isinstance(config, str) else json.dumps(config))
    (folder / "new").rename(folder / "config.v2.json")


def test_name_and_image_of_a_container_are_read_from_the_file_that_docker_keeps_about_it(
    root: Path, containers: Containers
) -> None:
    write(root, CONFIG)
    assert containers.refresh()
    assert containers.get(ID) == Container(ID, "web", "docker", "nginx:1")


def test_pod_name_is_read_from_kubernetes_labels(root: Path, containers: Containers) -> None:
    labels = {f"io.kubernetes.pod.{word}": word for word in ("uid", "name", "namespace")}
    write(root, {**CONFIG, "Config": {"Labels": labels}})
    containers.refresh()
    found = containers.get(ID)
    assert found is not None
    assert (found.pod_uid, found.pod, found.pod_namespace) == ("uid", "name", "namespace")


def test_refresh_reports_no_change_if_only_unused_fields_of_a_container_changed(
    root: Path, containers: Containers
) -> None:
    write(root, CONFIG)
    assert containers.refresh()
    assert not containers.refresh()
    write(root, {**CONFIG, "State": {"Pid": 7, "Health": {"Status": "healthy"}}})
    assert not containers.refresh()


@pytest.mark.parametrize("change", [{"Name": "/other"}, {"State": {"Pid": 0}}, {"Config": {"Image": "x"}}])
def test_refresh_reports_a_change_if_a_container_was_renamed_stopped_or_got_another_image(
    root: Path, containers: Containers, change: dict[str, Any]
) -> None:
    write(root, CONFIG)
    containers.refresh()
    write(root, {**CONFIG, **change})
    assert containers.refresh()


def test_container_is_no_longer_known_after_its_file_was_removed(root: Path, containers: Containers) -> None:
    write(root, CONFIG)
    containers.refresh()
    (root / "containers" / ID / "config.v2.json").unlink()
    assert containers.refresh()
    assert containers.get(ID) is None


def test_containers_are_read_from_the_new_folder_after_data_root_changed_in_the_settings_of_docker(
    root: Path, containers: Containers
) -> None:
    containers.refresh()
    other = root.parent / "other"
    (other / "containers").mkdir(parents=True)
    write(other, CONFIG)
    (root.parent / "daemon.json").write_text(json.dumps({"data-root": str(other), "debug": True}))
    assert containers.refresh()
    assert containers.get(ID) is not None


def test_nearest_existing_parent_folder_is_watched_if_the_data_root_of_docker_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "daemon.json").write_text(json.dumps({"data-root": f"{tmp_path}/not/there"}))
    containers = Containers(str(tmp_path / "daemon.json"))
    containers.refresh()
    assert containers.folders()[-1] == str(tmp_path)


@pytest.mark.parametrize(
    "config",
    [
        "",
        "[" * 100_000,
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
        '{"Name": NaN}',
        "[]",
        "7",
        json.dumps({"Name": 7, "State": [], "Config": "x"}),
        json.dumps({"Name": ["a"], "State": {"Pid": "7"}, "Config": {"Labels": 7, "Image": None}}),
        " " * ((1 << 20) + 1) + json.dumps(CONFIG),
    ],
    ids=lambda config: config[:16],
)
def test_container_is_known_without_a_name_if_the_file_that_docker_keeps_about_it_is_invalid(
    root: Path, containers: Containers, config: str
) -> None:
    write(root, config)
    containers.refresh()
    assert containers.get(ID) == Container(ID, "", "docker")


def test_container_name_is_escaped_where_it_is_misleading_and_cut_if_it_is_long(
    root: Path, containers: Containers
) -> None:
    write(root, {"Name": "/a\u202eb\ud800\n" + "x" * 1_000})
    containers.refresh()
    found = containers.get(ID)
    assert found is not None
    assert found.name.startswith("a\\xe2\\x80\\xaeb\\xed\\xa0\\x80\\x0axxx")
    assert len(found.name) < 300


def fifo(path: Path) -> None:
    os.mkfifo(path)


def symlink(path: Path) -> None:
    path.with_name("target").write_text(json.dumps(CONFIG))
    path.symlink_to("target")


@pytest.mark.parametrize("make", [fifo, symlink, Path.mkdir])
def test_file_that_docker_keeps_about_a_container_is_ignored_if_it_is_a_fifo_or_a_symlink_or_a_folder(
    root: Path, containers: Containers, make: Callable[[Path], None]
) -> None:
    make(root / "containers" / ID / "config.v2.json")
    containers.refresh()
    assert containers.get(ID) == Container(ID, "", "docker")


def test_folder_whose_name_is_not_a_container_id_is_ignored(root: Path, containers: Containers) -> None:
    write(root, CONFIG, container="not-an-id")
    containers.refresh()
    assert containers.get("not-an-id") is None


NETWORK = "b1673c37dd3f" + "0" * 52


def config(network: str, gateway: str = "") -> dict[str, Any]:
    endpoint = {"NetworkID": NETWORK, "Gateway": gateway, "IPv6Gateway": ""}
    return {**CONFIG, "NetworkSettings": {"Networks": {network: endpoint}}}


def settled(
    root: Path, *links: tuple[str, str], inside: Sequence[Owner] = (), routes: Sequence[Route] = ()
) -> dict[str, ContainerNetwork]:
    """Returns the networks of bridges with these names and addresses, by the name of the bridge."""
    containers = Containers(str(root.parent / "daemon.json"))
    containers.refresh()
    world = World(100)
    world.replace("", "host", [Host("h", "boot", "1")])
    found = [Link("1", at, name, "bridge") for at, (name, _) in enumerate(links)]
    world.replace("1", "links", found)
    world.replace(
        "1", "addresses", [Address("1", at, "ip", address, 16) for at, (_, address) in enumerate(links) if address]
    )
    world.replace("7", "namespace", inside)
    world.replace("7", "routes", routes)
    ContainerNetworks(containers, world).settle()
    return {found[network.ifindex].ifname: network for network in of_type(world.entities, ContainerNetwork)}


@pytest.mark.parametrize(
    ("name", "bridge", "address"),
    [
        ("shop", "br-b1673c37dd3f", ""),
        ("bridge", "docker0", ""),
        ("shop", "shop0", "172.20.0.1"),
    ],
)
def test_bridge_bears_the_name_of_its_docker_network(root: Path, name: str, bridge: str, address: str) -> None:
    write(root, config(name, "172.20.0.1"))
    (found,) = settled(root, ("br-000000000000", "10.0.0.1"), (bridge, address)).items()
    assert found == (bridge, ContainerNetwork("1", 1, name, NETWORK))


def test_network_of_a_stopped_container_is_known_and_not_called_internal(root: Path) -> None:
    write(root, config("shop"))
    assert settled(root, ("br-b1673c37dd3f", "")) == {"br-b1673c37dd3f": ContainerNetwork("1", 0, "shop", NETWORK)}


@pytest.mark.parametrize(("default", "internal"), [("0.0.0.0/0", False), ("10.0.0.0/8", True)])
def test_network_is_internal_if_its_running_containers_have_no_default_route(
    root: Path, default: str, internal: bool
) -> None:
    write(root, config("shop", "172.20.0.1"))
    inside = [Owner("7", 1, containers=(Container(ID, "web"),))]
    found = settled(root, ("br-b1673c37dd3f", ""), inside=inside, routes=[Route("7", "ip", 254, default)])
    assert found["br-b1673c37dd3f"].internal is internal


@pytest.mark.parametrize(
    "networks",
    [7, [], {"shop": 7}, {"shop": {}}, {"shop": {"NetworkID": "x"}}, {"shop": {"NetworkID": NETWORK, "Gateway": 7}}],
)
def test_strange_networks_in_the_file_of_a_container_cause_no_error(root: Path, networks: Any) -> None:
    write(root, {**CONFIG, "NetworkSettings": {"Networks": networks}})
    settled(root, ("br-b1673c37dd3f", ""))


def test_container_has_the_project_and_the_service_of_docker_compose(root: Path) -> None:
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}
    write(root, {**CONFIG, "Config": {"Labels": labels}})
    containers = Containers(str(root.parent / "daemon.json"))
    containers.refresh()
    found = containers.get(ID)
    assert found is not None
    assert (found.project, found.service) == ("shop", "web")
