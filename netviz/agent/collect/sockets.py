"""Reads listening sockets and the processes that have them open, and counts of connections (sock_diag(7), inet_diag.c).

To dump the sockets of one namespace, the kernel searches those of the whole host. So what has no socket in the
namespace, according to /proc/net/sockstat (net/ipv4/proc.c), is not dumped.

A socket reports its inode; /proc/PID/fd shows which processes have that inode open (proc_pid_fd(5)).
"""

import os
import re
import socket
import struct
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from netviz.agent.namespaces.owners import process_name
from netviz.agent.netlink.requests import Socket
from netviz.model.state import Connections, Listener, StateValue
from netviz.uapi.attributes import u8, walk

Protocol = Literal["tcp", "udp"]

_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY = 4, 20
_PROTOCOLS: dict[Protocol, int] = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
# The files that count the sockets of each family, and the words in these files for each protocol.
_FAMILIES = {
    socket.AF_INET: ("/proc/thread-self/net/sockstat", {"tcp": b"TCP", "udp": b"UDP"}),
    socket.AF_INET6: ("/proc/thread-self/net/sockstat6", {"tcp": b"TCP6", "udp": b"UDP6"}),
}
_SOCKSTAT_BYTES = 4_096
_INET_DIAG_SKV6ONLY = 11

# struct inet_diag_req_v2: family, protocol, extensions, states. The remaining fields select a single socket and are
# zero.
_REQUEST = struct.Struct("=BBBxI48x")

# The fields of struct inet_diag_msg that are used: family, state; source port, source address; interface; inode.
_MESSAGE = struct.Struct("=BBxx2s2x16s16xI8x16xI")

# The states TCP_* in include/net/tcp_states.h. An unconnected UDP socket is in the state CLOSE.
_CLOSE, _LISTEN = 7, 10
_STATES = {
    1: "established",
    2: "syn-sent",
    3: "syn-recv",
    4: "fin-wait-1",
    5: "fin-wait-2",
    6: "time-wait",
    8: "close-wait",
    9: "last-ack",
    11: "closing",
    12: "syn-recv",
}
_ALL_STATES = sum(1 << state for state in (*_STATES, _CLOSE, _LISTEN))

_SOCKET = re.compile(r"socket:\[(\d+)\]")

# Maximum time for the search through processes, because a host may have thousands of them. Sockets that are not found
# in this time are shown without a process.
_SEARCH_S = 0.1


class _Address(NamedTuple):
    """The address of a listening socket.

    Several sockets with the same address (SO_REUSEPORT) are shown as one listener.
    """

    protocol: Protocol
    address: str
    port: int
    ifindex: int
    v6only: bool


@dataclass(slots=True)
class Sockets:
    """The result of reading sockets.

    `closed` is True if the agent found no process for some listening sockets, and was not permitted to inspect all
    processes. The processes that it could not inspect may have these sockets open.
    """

    values: list[StateValue] = field(default_factory=list)
    closed: bool = False


def read(pids: Collection[int]) -> Sockets:
    """Returns the sockets of the namespace that the calling thread is in; `pids` are the processes in this namespace.

    For sockets that none of these processes has open, the processes of other namespaces are searched too. Raises
    NetlinkError.
    """
    listeners: dict[_Address, set[int]] = {}
    connections: Counter[tuple[Protocol, str, int]] = Counter()
    existing = _existing()
    if not existing:
        return Sockets()
    with Socket(_SOCK_DIAG) as sock:
        for family, protocol in existing:
            request = _REQUEST.pack(family, _PROTOCOLS[protocol], 0, _ALL_STATES)
            for payload in sock.dump(_SOCK_DIAG_BY_FAMILY, request):
                _take(protocol, payload, listeners, connections)
    search = _Search({inode for inodes in listeners.values() for inode in inodes} - {0})
    search.look_at(pids)
    if search.unseen:
        search.look_at(_others(pids), all_of_them=False)
    values: list[StateValue] = [_listener(address, inodes, search) for address, inodes in sorted(listeners.items())]
    values += _counts(connections, {(address.protocol, address.port) for address in listeners})
    return Sockets(values, search.closed and bool(search.unseen))


def _existing() -> list[tuple[int, Protocol]]:
    """Returns the families and protocols of which the namespace of the calling thread has sockets.

    A row of sockstat begins `TCP: inuse 2 orphan 0 tw 1`. The sockets that wait after their end (tw) are counted for
    both families together. If a file cannot be read, its sockets may exist.
    """
    files = {family: _sockstat(path) for family, (path, _) in _FAMILIES.items()}
    waiting = b" tw 0 " not in files[socket.AF_INET]
    return [
        (family, protocol)
        for family, (_, words) in _FAMILIES.items()
        for protocol in _PROTOCOLS
        if (waiting and protocol == "tcp") or b"%s: inuse 0" % words[protocol] not in files[family]
    ]


def _sockstat(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, _SOCKSTAT_BYTES)
    finally:
        os.close(descriptor)


def _take(
    protocol: Protocol,
    payload: bytes,
    listeners: dict[_Address, set[int]],
    connections: Counter[tuple[Protocol, str, int]],
) -> None:
    family, state, source_port, source, ifindex, inode = _MESSAGE.unpack_from(payload)
    port = int.from_bytes(source_port, "big")
    if state in _STATES:
        connections[protocol, _STATES[state], port] += 1
    elif state == (_LISTEN if protocol == "tcp" else _CLOSE) and port:
        only = bool(u8(walk(payload, _MESSAGE.size).get(_INET_DIAG_SKV6ONLY, b"")))
        address = socket.inet_ntop(family, source[: 4 if family == socket.AF_INET else 16])
        listeners.setdefault(_Address(protocol, address, port, ifindex, only), set()).add(inode)


def _listener(address: _Address, inodes: set[int], search: "_Search") -> Listener:
    pids = sorted(set().union(*(search.found.get(inode, ()) for inode in inodes)))
    return Listener(
        address.protocol,
        address.address,
        address.port,
        address.ifindex or None,
        pids[0] if pids else None,
        process_name(pids[0]) if pids else "",
        max(len(pids) - 1, 0),
        address.v6only,
    )


def _counts(
    connections: Counter[tuple[Protocol, str, int]], listening: set[tuple[Protocol, int]]
) -> Iterator[Connections]:
    shown: Counter[tuple[Protocol, str, int]] = Counter()
    for (protocol, state, port), count in connections.items():
        shown[protocol, state, port if (protocol, port) in listening else 0] += count
    for (protocol, state, port), count in sorted(shown.items()):
        yield Connections(protocol, state, port, count)


class _Search:
    """Searches processes for open sockets.

    `found` maps the inode of a socket to the processes that have it open; `unseen` has the inodes of sockets that were
    not found yet.
    """

    def __init__(self, inodes: set[int]) -> None:
        self.found: dict[int, set[int]] = {}
        self.unseen = inodes
        self.closed = False
        self._wanted = frozenset(inodes)
        self._until = time.monotonic() + _SEARCH_S

    def look_at(self, pids: Iterable[int], *, all_of_them: bool = True) -> None:
        """Searches the open files of these processes for the sockets.

        If `all_of_them` is False, the search stops when a process was found for each socket.
        """
        for pid in pids:
            if not self._wanted or (not all_of_them and not self.unseen) or time.monotonic() > self._until:
                return
            folder = f"/proc/{pid}/fd"
            try:
                numbers = os.listdir(folder)
            except PermissionError:
                self.closed = True
                continue
            except OSError:
                continue
            for number in numbers:
                with suppress(OSError):
                    self._see(pid, os.readlink(f"{folder}/{number}"))

    def _see(self, pid: int, target: str) -> None:
        match = _SOCKET.fullmatch(target)
        inode = int(match[1]) if match else 0
        if inode in self._wanted:
            self.found.setdefault(inode, set()).add(pid)
            self.unseen.discard(inode)


def _others(pids: Collection[int]) -> list[int]:
    """Returns the pids of all processes except these."""
    return sorted({int(entry) for entry in os.listdir("/proc") if entry.isdigit()} - set(pids))
