"""Who lives in a namespace: processes by name, and the container and pod that a control group's path tells of."""

import json
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from netviz.model.namespace import Container, Owner, ProcessGroup
from netviz.model.text import text

_CONTAINER = re.compile(r"(?:^|[/-])([0-9a-f]{64})(?:\.scope)?(?=/|$)")
_POD = re.compile(r"pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})")

# How runtimes name their control groups, as far as each says who it is.
_RUNTIMES = {
    "docker-": "docker",
    "/docker/": "docker",
    "crio-": "crio",
    "libpod-": "podman",
    "cri-containerd-": "containerd",
    "nerdctl-": "containerd",
}

_PROCESSES_SHOWN = 256


class InPath(NamedTuple):
    """What a control group's path tells of a container."""

    id: str = ""
    runtime: str = ""
    pod_uid: str = ""


def owner(ns: str, pids: list[int]) -> Owner:
    """The owner of a namespace that these processes live in, at least one."""
    ordered = sorted(pids)
    groups: dict[str, list[int]] = {}
    for pid in ordered:
        groups.setdefault(text(_read(f"/proc/{pid}/comm").rstrip(b"\n")), []).append(pid)
    processes = tuple(ProcessGroup(name, group[0], len(group)) for name, group in groups.items())
    cgroup = _cgroup(_read(f"/proc/{ordered[0]}/cgroup"))
    found = container_of(cgroup)
    containers: tuple[Container, ...] = ()
    if found.id or found.pod_uid:
        name = _docker_name(found.id) if found.runtime == "docker" else ""
        containers = (Container(found.id, name, found.runtime, pod_uid=found.pod_uid),)
    return Owner(ns, ordered[0], processes[:_PROCESSES_SHOWN], containers, cgroup)


def container_of(path: str) -> InPath:
    """The container and pod in a control group's path; the innermost of several."""
    found = _CONTAINER.findall(path)
    pods = _POD.findall(path)
    pod_uid = pods[-1].replace("_", "-") if pods else ""
    if not found:
        return InPath(pod_uid=pod_uid)
    runtime = next((name for mark, name in _RUNTIMES.items() if f"{mark}{found[-1]}" in path), "")
    return InPath(found[-1], runtime, pod_uid)


def _cgroup(raw: bytes) -> str:
    """The path in the unified hierarchy, else the longest of the others (cgroups(7), /proc/PID/cgroup)."""
    paths: list[str] = []
    for line in raw.split(b"\n"):
        number, _, rest = line.partition(b":")
        controllers, _, path = rest.partition(b":")
        shown = text(path)
        if number == b"0" and not controllers and len(shown) > 1:
            return shown
        paths.append(shown)
    return max(paths, key=len, default="")


@lru_cache(maxsize=1_024)
def _docker_name(container: str) -> str:
    """A Docker container's name from its file on disk; empty where it may not be read."""
    with suppress(OSError, ValueError, AttributeError):
        config = json.loads(Path(f"/var/lib/docker/containers/{container}/config.v2.json").read_bytes())
        return text(str(config.get("Name", "")).removeprefix("/").encode("utf-8", "surrogatepass"))
    return ""


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
