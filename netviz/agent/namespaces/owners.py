"""Finds out what uses a namespace: the processes in it, and the containers and pods that their control groups name."""

import os
import re
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from netviz.agent.namespaces.containers import Containers
from netviz.model.namespace import Container, Owner, ProcessGroup
from netviz.model.text import text

_CONTAINER = re.compile(r"(?:^|[/-])([0-9a-f]{64})(?:\.scope)?(?=/|$)")
_POD = re.compile(r"pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})")

# Maps a part of a control group's path to the container runtime that creates such paths.
_RUNTIMES = {
    "docker-": "docker",
    "/docker/": "docker",
    "crio-": "crio",
    "libpod-": "podman",
    "cri-containerd-": "containerd",
    "nerdctl-": "containerd",
}

_READ_BYTES = 65_536
_PROCESSES_SHOWN = _CONTAINERS_SHOWN = 256


class CgroupContainer(NamedTuple):
    """The container and pod that the path of a control group names."""

    id: str = ""
    runtime: str = ""
    pod_uid: str = ""


def owner(ns: str, pids: list[int], on_disk: Containers) -> Owner:
    """Returns the entity `Owner` of a namespace, given the pids of the processes in it (at least one)."""
    ordered = sorted(pids)
    groups: dict[str, list[int]] = {}
    containers: dict[CgroupContainer, int] = {}
    for pid in ordered:
        groups.setdefault(process_name(pid), []).append(pid)
        containers.setdefault(container_of(_cgroup(_read(f"/proc/{pid}/cgroup"))), pid)
    processes = tuple(ProcessGroup(name, group[0], len(group)) for name, group in groups.items())
    cgroup = _cgroup(_read(f"/proc/{ordered[0]}/cgroup"))
    return Owner(ns, ordered[0], processes[:_PROCESSES_SHOWN], _containers(containers, on_disk), cgroup)


def _containers(found: dict[CgroupContainer, int], on_disk: Containers) -> tuple[Container, ...]:
    """Returns the containers named in the paths of control groups, each with its lowest pid."""
    containers = []
    for in_path, pid in found.items():
        known = on_disk.get(in_path.id)
        if known is not None:
            containers.append(replace(known, pid=pid, pod_uid=known.pod_uid or in_path.pod_uid))
        elif in_path.id or in_path.pod_uid:
            containers.append(Container(in_path.id, runtime=in_path.runtime, pid=pid, pod_uid=in_path.pod_uid))
    containers.sort(key=lambda each: (each.name, each.id, each.pod_uid))
    return tuple(containers[:_CONTAINERS_SHOWN])


@lru_cache(maxsize=4_096)
def container_of(path: str) -> CgroupContainer:
    """Returns the container and pod in the path of a control group; of nested containers the innermost."""
    found = _CONTAINER.findall(path)
    pods = _POD.findall(path)
    pod_uid = pods[-1].replace("_", "-") if pods else ""
    if not found:
        return CgroupContainer(pod_uid=pod_uid)
    runtime = next((name for mark, name in _RUNTIMES.items() if f"{mark}{found[-1]}" in path), "")
    return CgroupContainer(found[-1], runtime, pod_uid)


@lru_cache(maxsize=4_096)
def _cgroup(raw: bytes) -> str:
    """Returns a process's control group: the path in the unified hierarchy, else the longest one (cgroups(7))."""
    paths: list[str] = []
    for line in raw.split(b"\n"):
        number, _, rest = line.partition(b":")
        controllers, _, path = rest.partition(b":")
        shown = text(path)
        if number == b"0" and not controllers and len(shown) > 1:
            return shown
        paths.append(shown)
    return max(paths, key=len, default="")


def process_name(pid: int) -> str:
    """Returns the name of a process (`comm`), empty if the process is gone."""
    return text(_read(f"/proc/{pid}/comm").rstrip(b"\n"))


def _read(path: str) -> bytes:
    """Returns the first `_READ_BYTES` of a file in /proc, empty if the file is gone or unreadable."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(descriptor, _READ_BYTES)
        finally:
            os.close(descriptor)
    return b""
