"""Containers and pods from the paths of control groups, as each runtime writes them."""

import os

import pytest

from netviz.agent.namespaces.containers import Containers
from netviz.agent.namespaces.owners import CgroupContainer, container_of, owner

ID = "0123456789abcdef" * 4
POD = "3b1c5f6e-8a9d-4c2b-9f00-1234567890ab"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/system.slice/docker-{ID}.scope", CgroupContainer(ID, "docker")),
        (f"/docker/{ID}", CgroupContainer(ID, "docker")),
        (f"/machine.slice/libpod-{ID}.scope/container", CgroupContainer(ID, "podman")),
        (
            f"/kubepods.slice/kubepods-pod{POD.replace('-', '_')}.slice/cri-containerd-{ID}.scope",
            CgroupContainer(ID, "containerd", POD),
        ),
        (f"/kubepods/besteffort/pod{POD}/{ID}", CgroupContainer(ID, "", POD)),
        (
            f"/kubepods.slice/kubepods-pod{POD.replace('-', '_')}.slice/crio-{ID}.scope",
            CgroupContainer(ID, "crio", POD),
        ),
        (f"/docker/{ID}/docker/{ID[::-1]}", CgroupContainer(ID[::-1], "docker")),
        ("/user.slice/user-1000.slice/session-2.scope", CgroupContainer()),
        ("/", CgroupContainer()),
        ("", CgroupContainer()),
        (f"/{ID[:-1]}", CgroupContainer()),
    ],
)
def test_container_runtime_and_pod_are_read_from_the_cgroup_path(path: str, expected: CgroupContainer) -> None:
    assert container_of(path) == expected


def test_processes_with_the_same_name_are_shown_as_one_group_with_the_lowest_pid() -> None:
    found = owner("1", [os.getpid(), os.getpid()], Containers())
    assert found.pid == os.getpid()
    assert [(group.pid, group.count) for group in found.processes] == [(os.getpid(), 2)]


def test_process_that_has_ended_is_listed_without_a_name() -> None:
    assert owner("1", [2**22 + 1], Containers()).processes[0].name == ""
