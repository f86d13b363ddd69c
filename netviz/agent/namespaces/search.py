"""Finds network namespaces: by name, by process and thread, by mount, by open descriptor.

The result is a `Sighting` for each namespace: the inode of its file, and the ways (paths) that lead to it. The
namespace is identified later (`netviz.agent.namespaces.known`), because an inode number is used again as soon as a
namespace is gone.
"""

import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from netviz.agent.system.own_thread import THREAD_NAME
from netviz.agent.system.syscalls import cached_inode

# The folders in which ip-netns(8) keeps names, and in which container runtimes keep files of namespaces.
NAME_FOLDERS = ("/run/netns", "/var/run/netns")
RUNTIME_FOLDERS = ("/run/docker/netns", "/var/run/docker/netns")

# The time of a folder's last change has the granularity of the kernel's clock tick (10 ms at most): a later change in
# the same tick leaves it the same.
_SETTLED_NS = 100_000_000

_LINK = re.compile(rb"net:\[(\d+)\]")
_INTERFACE = re.compile(rb"^iff:\t(.+)$", re.MULTILINE)
_TUN = b"/dev/net/tun"
_OCTAL = re.compile(rb"\\([0-7]{3})")


class FoundBy(Enum):
    """What kind of path leads to a namespace.

    VISITOR is a thread of another agent, which enters namespaces only to read them; OTHER_MOUNT is a mount in another
    mount namespace.
    """

    NAME = "name"
    MOUNT = "mount"
    PROCESS = "process"
    THREAD = "thread"
    VISITOR = "visitor"
    OTHER_MOUNT = "other mount"
    DESCRIPTOR = "descriptor"


# The kinds of path that only a deep search finds. A deep search inspects all threads, mounts and descriptors of all
# processes, and so takes longer.
DEEP = frozenset({FoundBy.THREAD, FoundBy.VISITOR, FoundBy.OTHER_MOUNT, FoundBy.DESCRIPTOR})


class Way(NamedTuple):
    """How a path that leads to a namespace was found.

    `label` is the name or the mount point, empty for other paths. `pid` is the process that the path belongs to, 0 for
    a name or a mount point.
    """

    found_by: FoundBy
    label: bytes = b""
    pid: int = 0


@dataclass(slots=True)
class Sighting:
    """A namespace that a search found, with all paths that lead to it (`ways`)."""

    inode: int
    ways: dict[bytes, Way] = field(default_factory=dict)

    @property
    def names(self) -> list[bytes]:
        """The names of the namespace in /run/netns, sorted as byte strings."""
        return sorted({way.label for way in self.ways.values() if way.found_by is FoundBy.NAME})

    @property
    def mounts(self) -> list[bytes]:
        """The files outside /run/netns on which the namespace is mounted, sorted as byte strings."""
        return sorted({way.label for way in self.ways.values() if way.found_by in (FoundBy.MOUNT, FoundBy.OTHER_MOUNT)})

    @property
    def pids(self) -> list[int]:
        """The sorted pids of the processes in the namespace."""
        return sorted({way.pid for way in self.ways.values() if way.found_by in (FoundBy.PROCESS, FoundBy.THREAD)})

    @property
    def is_open(self) -> bool:
        """Whether a process has the file of the namespace open."""
        return any(way.found_by is FoundBy.DESCRIPTOR for way in self.ways.values())

    def existing_names(self) -> set[bytes]:
        """Returns those names in /run/netns that lead to the namespace now."""
        return {way.label for path, way in self.ways.items() if way.found_by is FoundBy.NAME and self.leads(path)}

    def leads(self, path: bytes) -> bool:
        """Returns whether the file at this path still is the namespace."""
        with suppress(OSError):
            return os.stat(path).st_ino == self.inode
        return False


class TunUser(NamedTuple):
    """A process that has a tun or tap device open: the inode of its network namespace, and the name of the link."""

    pid: int
    inode: int
    ifname: bytes


@dataclass(slots=True)
class Sightings:
    """The result of a search for namespaces.

    `dangling_names` are names in /run/netns that do not lead to a network namespace; `tuns` are the processes that have
    a tun or tap device open, None after a shallow search; `hidden` counts the processes that cannot be inspected.
    """

    found: dict[int, Sighting] = field(default_factory=dict)
    tuns: list[TunUser] | None = None
    dangling_names: set[bytes] = field(default_factory=set)
    hidden: int = 0

    def add(self, inode: int, path: bytes, way: Way) -> None:
        """Adds a path that leads to the namespace with this inode. If the path is known already, nothing changes."""
        sighting = self.found.get(inode)
        if sighting is None:
            sighting = self.found[inode] = Sighting(inode)
        sighting.ways.setdefault(path, way)


def search(*, deep: bool, mounts: bool = False) -> Sightings:
    """Searches names in /run/netns, the agent's own mounts, and processes.

    With `mounts` it also searches the mounts of other mount namespaces; with `deep` it also searches everywhere that
    `DEEP` lists.
    """
    sightings = Sightings()
    own_mounts = _read("/proc/thread-self/mountinfo")
    _look_at_names(sightings, own_mounts)
    _look_at_own_mounts(sightings, own_mounts)
    pids = _look_at_processes(sightings, deep)
    if deep or mounts:
        _look_at_other_mounts(sightings, pids)
    if deep:
        _look_at_descriptors(sightings, pids)
    return sightings


# -- names


def _look_at_names(sightings: Sightings, mounts: bytes) -> None:
    device = os.stat("/proc/thread-self/ns/net").st_dev
    for path, name, inode in _files(NAME_FOLDERS, device, mounts):
        if inode is None:
            sightings.dangling_names.add(name)
        else:
            sightings.add(inode, path, Way(FoundBy.NAME, name))
    for path, _, inode in _files(RUNTIME_FOLDERS, device, mounts):
        if inode is not None:
            sightings.add(inode, path, Way(FoundBy.MOUNT, path))


# A file in one of the folders: its path, its name, and the inode of the namespace, None for other files.
_File = tuple[bytes, bytes, int | None]


def _files(folders: tuple[str, ...], device: int, mounts: bytes) -> Iterator[_File]:
    """Yields the files in these folders. `mounts` is the content of the agent's mountinfo.

    If two folders are the same one (by a symbolic link), its files are yielded once.
    """
    for folder in dict.fromkeys(os.path.realpath(folder) for folder in folders):
        with suppress(OSError):
            yield from _files_in(os.fsencode(folder), device, mounts)


def _files_in(folder: bytes, device: int, mounts: bytes) -> tuple[_File, ...]:
    """Returns the files in a folder, sorted by name, as byte strings.

    As long as neither the folder nor a mount changes, they stay the same, except for symbolic links.
    """
    about = os.stat(folder)
    if time.time_ns() - about.st_mtime_ns > _SETTLED_NS:
        files, lasting = _list_once(folder, device, mounts, (about.st_dev, about.st_ino, about.st_mtime_ns))
        if lasting:
            return files
    return _list(folder, device)[0]


@lru_cache(maxsize=8)
def _list_once(
    folder: bytes, device: int, mounts: bytes, stamp: tuple[int, int, int]
) -> tuple[tuple[_File, ...], bool]:
    return _list(folder, device)


def _list(folder: bytes, device: int) -> tuple[tuple[_File, ...], bool]:
    """Returns the files in a folder, and whether they stay the same until the folder or a mount changes."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    files = tuple((entry.path, entry.name, _inode(entry.path, device)) for entry in entries)
    return files, not any(entry.is_symlink() for entry in entries)


def _inode(path: bytes, device: int) -> int | None:
    """Returns the inode of a namespace's file, None for other files.

    It uses stat(2), because opening an unknown file is unsafe.
    """
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino if found.st_dev == device and stat.S_ISREG(found.st_mode) else None


# -- processes


def _look_at_processes(sightings: Sightings, deep: bool) -> list[int]:
    pids = sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit())
    for pid in pids:
        path = b"/proc/%d/ns/net" % pid
        try:
            inode = _link_inode(path)
        except FileNotFoundError:  # the process is gone or a zombie, or its first thread ended
            inode = None
        except OSError:
            sightings.hidden += 1
            continue
        if inode is not None:
            sightings.add(inode, path, Way(FoundBy.PROCESS, pid=pid))
        if deep or inode is None:
            _look_at_threads(sightings, pid, inode)
    return pids


def _look_at_threads(sightings: Sightings, pid: int, first: int | None) -> None:
    folder = f"/proc/{pid}/task"
    try:
        tids = os.listdir(folder)
    except OSError:
        return
    if len(tids) < 2 and first is not None:
        return
    for tid in tids:
        path = os.fsencode(f"{folder}/{tid}/ns/net")
        with suppress(OSError):
            inode = _link_inode(path)
            if inode is not None and inode != first:
                visits = _read(f"{folder}/{tid}/comm") == os.fsencode(f"{THREAD_NAME}\n")
                sightings.add(inode, path, Way(FoundBy.VISITOR if visits else FoundBy.THREAD, pid=pid))


def _link_inode(path: bytes) -> int | None:
    match = _LINK.fullmatch(os.readlink(path))
    return int(match[1]) if match else None


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


# -- mounts


def _look_at_own_mounts(sightings: Sightings, mounts: bytes) -> None:
    folders = {os.fsencode(os.path.realpath(folder)) for folder in NAME_FOLDERS}
    for inode, point in _mounted(mounts):
        if os.path.dirname(point) not in folders:
            sightings.add(inode, point, Way(FoundBy.MOUNT, point))


def _look_at_other_mounts(sightings: Sightings, pids: list[int]) -> None:
    """Searches the mounts of all mount namespaces except the agent's own, each mount namespace once.

    Most mounts there are copies of the agent's own mounts: a mount of a known namespace under a known path is left out.
    """
    seen = {_link("/proc/thread-self/ns/mnt")}
    for pid in pids:
        space = _link(f"/proc/{pid}/ns/mnt")
        if not space or space in seen:
            continue
        seen.add(space)
        for inode, point in _mounted(_read(f"/proc/{pid}/mountinfo")):
            known = sightings.found.get(inode)
            if known is None or point not in known.ways:
                sightings.add(inode, b"/proc/%d/root%b" % (pid, point), Way(FoundBy.OTHER_MOUNT, point))


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


@lru_cache(maxsize=8)
def _mounted(mountinfo: bytes) -> tuple[tuple[int, bytes], ...]:
    """Returns inode and mount point of every network namespace in a mountinfo (proc_pid_mountinfo(5))."""
    found = []
    for line in mountinfo.split(b"\n"):
        if b" nsfs " not in line:
            continue
        fields = line.split(b" ")
        match = _LINK.fullmatch(fields[3]) if len(fields) > 4 else None
        if match:
            found.append((int(match[1]), _OCTAL.sub(lambda m: bytes([int(m[1], 8) & 0xFF]), fields[4])))
    return tuple(found)


# -- descriptors


def _look_at_descriptors(sightings: Sightings, pids: list[int]) -> None:
    own = os.getpid()
    tuns = sightings.tuns = []
    device = os.stat("/proc/thread-self/ns/net").st_dev
    for pid in pids:
        folder = b"/proc/%d/fd" % pid
        try:
            numbers = os.listdir(folder) if pid != own else []
        except OSError:
            continue
        for number in numbers:
            path = os.path.join(folder, number)
            with suppress(OSError):
                target = os.readlink(path)
                if target == _TUN:
                    tuns += _tun_users(pid, number)
                    continue
                inode = _open_inode(path, target, device)
                if inode is not None:
                    sightings.add(inode, path, Way(FoundBy.DESCRIPTOR, pid=pid))


def _tun_users(pid: int, number: bytes) -> Iterator[TunUser]:
    """Yields the process and the link, if this open /dev/net/tun is attached to a link (proc_pid_fdinfo(5))."""
    match = _INTERFACE.search(_read(f"/proc/{pid}/fdinfo/{int(number)}"))
    inode = _link_inode(b"/proc/%d/ns/net" % pid) if match else None
    if match and inode is not None:
        yield TunUser(pid, inode, match[1])


def _open_inode(path: bytes, target: bytes, device: int) -> int | None:
    """Returns the inode of the network namespace that a descriptor has open, None if it has another file open.

    The link in /proc/PID/fd contains the inode (`net:[INODE]`), unless the file was opened where the namespace is
    mounted: then the link contains a path, and the inode is read from the file.
    """
    match = _LINK.fullmatch(target)
    if match:
        return int(match[1])
    if not target.startswith(b"/") or target.startswith(b"/dev/"):
        return None
    found = cached_inode(path)
    return found[1] if found is not None and found[0] == device else None
