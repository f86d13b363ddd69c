"""Reads Docker's containers from disk: names, images, pods. The daemon is not contacted.

Each container has a folder `containers/ID` in Docker's data root (`data-root` in /etc/docker/daemon.json). At each
start, stop and rename of the container, Docker replaces the file `config.v2.json` in this folder.
"""

import json
import os
import re
import stat
from contextlib import suppress
from typing import Any, NamedTuple

from netviz.model.namespace import Container
from netviz.model.text import text

_SETTINGS, _DATA_ROOT = "/etc/docker/daemon.json", "/var/lib/docker"
_CONFIG = "config.v2.json"
_ID = re.compile(r"[0-9a-f]{64}")

# Limits: bytes of a file, characters of a string in the file, number of containers (each has a folder), number of
# networks of a container.
_FILE_BYTES, _TEXT_CHARACTERS, _FOLDERS, _NETWORKS = 1 << 20, 256, 4_096, 256

# The stamp of a file: inode, mtime, size. A file whose stamp is unchanged is not read again.
_Stamp = tuple[int, int, int]


class Endpoint(NamedTuple):
    """The connection of a container to a network: the network's name and id, and the addresses of the network's bridge,
    which Docker calls gateways even if the network is internal. `only` means that the container has no other network.
    A stopped container has no gateways.
    """

    container: str
    network: str
    id: str
    gateways: tuple[str, ...]
    only: bool


class _Known(NamedTuple):
    stamp: _Stamp
    container: Container
    pid: int
    endpoints: tuple[Endpoint, ...]


class Containers:
    """The containers that Docker has on disk, by id. `settings` is the path of the daemon's configuration file."""

    def __init__(self, settings: str = _SETTINGS) -> None:
        self._known: dict[str, _Known] = {}
        self._root = _DATA_ROOT
        self._settings = settings
        self._settings_stamp: _Stamp | None = None
        self.changes = 0  # how often a container appeared, disappeared or changed

    def get(self, container: str) -> Container | None:
        """Returns the container with this id, None if it is not known."""
        known = self._known.get(container)
        return known.container if known else None

    def endpoints(self) -> list[Endpoint]:
        """Returns the connections of all containers to networks."""
        return [endpoint for known in self._known.values() for endpoint in known.endpoints]

    def folders(self) -> list[str]:
        """Returns the folders to watch, in which each change of a container changes a file.

        If the folder of all containers does not exist yet, its parents up to an existing one are included.
        """
        top = f"{self._root}/containers"
        found = [top, *(f"{top}/{container}" for container in self._listed())]
        while not os.path.isdir(top) and top != "/":
            top = os.path.dirname(top)
            found.append(top)
        return found

    def refresh(self) -> bool:
        """Reads Docker's file of each container, if the file is new or has changed since the last call.

        Returns whether a container appeared, disappeared or changed.
        """
        self._find_root()
        before, self._known = self._known, {}
        for container in self._listed():
            self._read_container(container, before.get(container))
        changed = _reported(before) != _reported(self._known)
        self.changes += changed
        return changed

    def _find_root(self) -> None:
        stamp = _stamp(self._settings)
        if stamp != self._settings_stamp:
            self._settings_stamp = stamp
            found = _read_json(self._settings).get("data-root")
            self._root = found if isinstance(found, str) and found.startswith("/") and "\0" not in found else _DATA_ROOT

    def _listed(self) -> list[str]:
        try:
            names = os.listdir(f"{self._root}/containers")
        except (OSError, ValueError):
            return []
        return [name for name in names if _ID.fullmatch(name)][:_FOLDERS]

    def _read_container(self, container: str, known: _Known | None) -> None:
        path = f"{self._root}/containers/{container}/{_CONFIG}"
        stamp = _stamp(path)
        if stamp is None:
            return
        if known is None or known.stamp != stamp:
            config = _read_json(path)
            known = _Known(stamp, _container(container, config), _pid(config), _endpoints(container, config))
        self._known[container] = known


def _reported(known: dict[str, _Known]) -> dict[str, tuple[Container, int, tuple[Endpoint, ...]]]:
    """Returns what the agent reports about containers: everything except the timestamps of their files, which change
    more often.
    """
    return {container: (one.container, one.pid, one.endpoints) for container, one in known.items()}


def _container(container: str, config: dict[str, Any]) -> Container:
    settings = _object_field(config, "Config")
    labels = _object_field(settings, "Labels")
    return Container(
        container,
        _text_field(config, "Name").removeprefix("/"),
        "docker",
        _text_field(settings, "Image"),
        pod_uid=_text_field(labels, "io.kubernetes.pod.uid"),
        pod=_text_field(labels, "io.kubernetes.pod.name"),
        pod_namespace=_text_field(labels, "io.kubernetes.pod.namespace"),
        project=_text_field(labels, "com.docker.compose.project"),
        service=_text_field(labels, "com.docker.compose.service"),
    )


def _endpoints(container: str, config: dict[str, Any]) -> tuple[Endpoint, ...]:
    """Returns the container's networks, which Docker keeps for a stopped container too, without their gateways."""
    networks = _object_field(_object_field(config, "NetworkSettings"), "Networks")
    found = []
    for name, network in list(networks.items())[:_NETWORKS]:
        settings = network if isinstance(network, dict) else {}
        number = _text_field(settings, "NetworkID")
        gateways = (_text_field(settings, "Gateway"), _text_field(settings, "IPv6Gateway"))
        if _ID.fullmatch(number):
            shown = text(name[:_TEXT_CHARACTERS].encode("utf-8", "surrogatepass"))
            found.append(Endpoint(container, shown, number, tuple(filter(None, gateways)), len(networks) == 1))
    return tuple(found)


def _pid(config: dict[str, Any]) -> int:
    """Returns the pid of the container's first process as the Docker daemon numbers it; 0 if the container is not
    running.
    """
    found = _object_field(config, "State").get("Pid")
    return found if isinstance(found, int) else 0


def _object_field(config: dict[str, Any], name: str) -> dict[str, Any]:
    found = config.get(name)
    return found if isinstance(found, dict) else {}


def _text_field(config: dict[str, Any], name: str) -> str:
    found = config.get(name)
    if not isinstance(found, str):
        return ""
    return text(found[:_TEXT_CHARACTERS].encode("utf-8", "surrogatepass"))


def _stamp(path: str) -> _Stamp | None:
    try:
        found = os.stat(path, follow_symlinks=False)
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read_json(path: str) -> dict[str, Any]:
    """Returns the JSON object in a file.

    Returns an empty dict if the file has none, is too large, or is not a regular file.
    """
    with suppress(OSError, ValueError, RecursionError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if stat.S_ISREG(about.st_mode) and about.st_size <= _FILE_BYTES:
                found = json.loads(file.read(_FILE_BYTES))
                return found if isinstance(found, dict) else {}
    return {}
