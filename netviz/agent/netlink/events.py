"""Sockets that receive the events of all namespaces that have an nsid in the namespace in which the socket was opened
(netlink(7)).
"""

import socket
import struct
from collections.abc import Container, Iterator
from contextlib import suppress
from typing import NamedTuple

from netviz.agent.netlink.requests import NETFILTER, ROUTE, SOL_NETLINK, XFRM

_ADD_MEMBERSHIP, _LISTEN_ALL_NSID = 1, 8
_SO_RCVBUFFORCE = 33
_RECEIVE_BYTES = 8 << 20
_DATAGRAM_BYTES = 1 << 17
_HEADER = struct.Struct("=IHHII").unpack_from
_INT = struct.Struct("=i").unpack
_FIRST_TYPE = 16

# The groups RTNLGRP_* (include/uapi/linux/rtnetlink.h) for links, neighbours, traffic control, addresses, routes, route
# rules of both families, settings of links (netconf), multicast groups, nsids, nexthop objects, VLANs of bridges, VNIs.
# Of nfnetlink NFNLGRP_NFTABLES; of IPsec the groups XFRMNLGRP_* for expiry, states, policies, migration, mapping.
_GROUPS = {
    ROUTE: (1, 3, 4, 5, 7, 8, 9, 11, 19, 24, 25, 26, 28, 32, 33, 35),
    NETFILTER: (7,),
    XFRM: (2, 3, 4, 7, 8),
}

# The message types of IPsec are numbered like those of rtnetlink; in an event they have this bit too.
XFRM_EVENT = 1 << 16


class Event(NamedTuple):
    """An event: the nsid of its namespace (None for the namespace of the socket), its message type and its payload.

    The message type of an event of IPsec has the bit `XFRM_EVENT`.
    """

    nsid: int | None
    kind: int
    payload: bytes


class Overrun(Exception):
    """Raised if the socket's buffer was full: events were lost, and everything must be read again."""


class Events:
    """A socket that receives events. `all_namespaces` says whether events of other namespaces are included."""

    def __init__(self, protocol: int) -> None:
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, protocol
        )
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BYTES)
        except OSError:  # no CAP_NET_ADMIN in the initial user namespace: the kernel allows up to net.core.rmem_max
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        self._counts: dict[int, int] = {}
        self.all_namespaces = True
        try:
            self._socket.setsockopt(SOL_NETLINK, _LISTEN_ALL_NSID, 1)
        except OSError:  # no CAP_NET_BROADCAST
            self.all_namespaces = False
        self._socket.bind((0, 0))
        self._mark = XFRM_EVENT if protocol == XFRM else 0
        for group in _GROUPS[protocol]:
            with suppress(OSError):  # an older kernel, which does not have this group
                self._socket.setsockopt(SOL_NETLINK, _ADD_MEMBERSHIP, group)

    def fileno(self) -> int:
        """Returns the descriptor to poll."""
        return self._socket.fileno()

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def limit_buffer(self, size: int) -> None:
        """Sets the size of the receive buffer, in bytes (the kernel doubles it)."""
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)

    def drain(self) -> None:
        """Discards all events that wait in the socket's buffer."""
        while True:
            try:
                self._socket.recv(_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError:
                continue

    def read(self, counted_only: Container[int] = frozenset(), limit: int = 4_096) -> Iterator[Event]:
        """Yields the waiting events, from up to `limit` datagrams. Raises Overrun if events were lost.

        Datagrams of namespaces whose nsid is in `counted_only` are counted, but not parsed.
        """
        for _ in range(limit):
            try:
                data, ancillary, _, _ = self._socket.recvmsg(_DATAGRAM_BYTES, 64)
            except BlockingIOError:
                return
            except OSError as error:
                raise Overrun(str(error)) from error
            nsid = _nsid(ancillary)
            if nsid is not None:
                self._counts[nsid] = self._counts.get(nsid, 0) + 1
                if nsid in counted_only:
                    continue
            yield from _events(data, nsid, self._mark)

    def take_counts(self) -> dict[int, int]:
        """Returns the number of datagrams that were received since the last call, by the nsid of their namespace."""
        counts, self._counts = self._counts, {}
        return counts


def _nsid(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, data in ancillary:
        if level == SOL_NETLINK and kind == _LISTEN_ALL_NSID and len(data) == 4:
            found: int = _INT(data)[0]
            return found
    return None


def _events(data: bytes, nsid: int | None, mark: int) -> Iterator[Event]:
    at, end = 0, len(data)
    while at + 16 <= end:
        length, kind, _, _, _ = _HEADER(data, at)
        if length < 16:
            return
        if kind >= _FIRST_TYPE:
            yield Event(nsid, kind | mark, data[at + 16 : at + length])
        at += (length + 3) & ~3
