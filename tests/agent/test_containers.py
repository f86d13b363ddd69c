"""What is read of the containers on disk: what a runtime wrote, and what somebody hostile might have."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netviz.agent.namespaces.containers import Containers
from netviz.model.namespace import Container

ID = "0123456789abcdef" * 4
CONFIG = {"Name": "/web", "State": {"Pid": 7}, "Config": {"Image": "nginx:1", "Labels": {}}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data root, named in the settings beside it."""
    folder = tmp_path / "data"
    (folder / "containers" / ID).mkdir(parents=True)
    (tmp_path / "daemon.json").write_text(json.dumps({"data-root": str(folder)}))
    return folder


@pytest.fixture
def containers(root: Path) -> Containers:
    """What is read of it."""
    return Containers(str(root.parent / "daemon.json"))


def write(root: Path, config: Any, container: str = ID) -> None:
    """Replaces a container's file, as the daemon does."""
    folder = root / "containers" / container
    folder.mkdir(exist_ok=True)
    (folder / "new").write_text(config if isinstance(config, str) else json.dumps(config))
    (folder / "new").rename(folder / "config.v2.json")


def test_a_container_has_its_name_and_image(root: Path, containers: Containers) -> None:
    write(root, CONFIG)
    assert containers.refresh()
    assert containers.get(ID) == Container(ID, "web", "docker", "nginx:1")


def test_the_labels_of_kubernetes_name_its_pod(root: Path, containers: Containers) -> None:
    labels = {f"io.kubernetes.pod.{word}": word for word in ("uid", "name", "namespace")}
    write(root, {**CONFIG, "Config": {"Labels": labels}})
    containers.refresh()
    found = containers.get(ID)
    assert found is not None
    assert (found.pod_uid, found.pod, found.pod_namespace) == ("uid", "name", "namespace")


def test_nothing_changed_is_no_change(root: Path, containers: Containers) -> None:
    write(root, CONFIG)
    assert containers.refresh()
    assert not containers.refresh()
    write(root, {**CONFIG, "State": {"Pid": 7, "Health": {"Status": "healthy"}}})
    assert not containers.refresh()


@pytest.mark.parametrize("change", [{"Name": "/other"}, {"State": {"Pid": 0}}, {"Config": {"Image": "x"}}])
def test_a_new_name_a_start_or_a_stop_is_a_change(root: Path, containers: Containers, change: dict[str, Any]) -> None:
    write(root, CONFIG)
    containers.refresh()
    write(root, {**CONFIG, **change})
    assert containers.refresh()


def test_a_container_that_was_removed_is_forgotten(root: Path, containers: Containers) -> None:
    write(root, CONFIG)
    containers.refresh()
    (root / "containers" / ID / "config.v2.json").unlink()
    assert containers.refresh()
    assert containers.get(ID) is None


def test_a_data_root_that_moves_is_followed(root: Path, containers: Containers) -> None:
    containers.refresh()
    other = root.parent / "other"
    (other / "containers").mkdir(parents=True)
    write(other, CONFIG)
    (root.parent / "daemon.json").write_text(json.dumps({"data-root": str(other), "debug": True}))
    assert containers.refresh()
    assert containers.get(ID) is not None


def test_where_nothing_is_yet_the_nearest_folder_is_told(tmp_path: Path) -> None:
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
def test_a_file_that_is_no_such_thing_names_nothing(root: Path, containers: Containers, config: str) -> None:
    write(root, config)
    containers.refresh()
    assert containers.get(ID) == Container(ID, "", "docker")


def test_a_name_that_could_fool_somebody_is_escaped_and_a_long_one_cut(root: Path, containers: Containers) -> None:
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
def test_what_is_no_plain_file_is_not_read(root: Path, containers: Containers, make: Callable[[Path], None]) -> None:
    make(root / "containers" / ID / "config.v2.json")
    containers.refresh()
    assert containers.get(ID) == Container(ID, "", "docker")


def test_a_folder_that_has_no_containers_name_is_left_out(root: Path, containers: Containers) -> None:
    write(root, CONFIG, container="not-an-id")
    containers.refresh()
    assert containers.get("not-an-id") is None
