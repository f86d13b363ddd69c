"""The observer: a private, empty network namespace in which every other has an id, so that all ids are of one space.

The agent's thread makes it, opens two sockets in it and goes home: nobody sits there, and it lives as long as the
sockets. Links and addresses of any namespace are read by its id there; the events of all of them arrive there.
No other namespace's table of ids is ever written (`rtnl_net_newid` in net/core/net_namespace.c).
"""

import errno
import os
import struct
from contextlib import suppress

from netviz.agent.netlink.events import Events
from netviz.agent.netlink.requests import NETFILTER, ROUTE, NetlinkError, Socket, attribute_u32
from netviz.agent.system.syscalls import in_new_namespace, own_namespace
from netviz.uapi.attributes import i32, walk

_NEWNSID, _GETNSID = 88, 90
_NETNSA_NSID, _NETNSA_FD = 1, 3
_BODY = struct.pack("=B3x", 0)
NOT_ASSIGNED = -1


class Observer:
    """Making one raises OSError without CAP_SYS_ADMIN (to make the namespace) and CAP_NET_ADMIN (to give ids)."""

    def __init__(self, *, listens: bool) -> None:
        self.route_events: Events | None = None
        self.netfilter_events: Events | None = None
        home = own_namespace()
        try:
            with in_new_namespace():
                self.socket = Socket()
                self._prepare(home, listens)
        finally:
            os.close(home)

    def _prepare(self, home: int, listens: bool) -> None:
        try:
            self.nsid(home)
            if listens:
                self.route_events = Events(ROUTE)
                with suppress(OSError):  # a kernel without nftables
                    self.netfilter_events = Events(NETFILTER)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Ends it; the namespace and its ids go with it."""
        self.socket.close()
        for events in (self.route_events, self.netfilter_events):
            if events is not None:
                events.close()

    def nsid(self, descriptor: int) -> int:
        """The id of the namespace behind a descriptor, given to it where it had none. Raises NetlinkError."""
        known = self.known_nsid(descriptor)
        if known != NOT_ASSIGNED:
            return known
        try:
            self.socket.request(
                _NEWNSID, _BODY + attribute_u32(_NETNSA_FD, descriptor) + attribute_u32(_NETNSA_NSID, -1)
            )
        except NetlinkError as error:
            if error.errno != errno.EEXIST:  # a link that points there gave it one in between
                raise
        return self.known_nsid(descriptor)

    def known_nsid(self, descriptor: int) -> int:
        """The id of the namespace behind a descriptor, `NOT_ASSIGNED` where it has none. Raises NetlinkError."""
        return known_nsid_within(self.socket, descriptor)


def known_nsid_within(sock: Socket, descriptor: int) -> int:
    """The id that the socket's namespace has for another, `NOT_ASSIGNED` for none. Raises NetlinkError."""
    payloads = sock.request(_GETNSID, _BODY + attribute_u32(_NETNSA_FD, descriptor), flags=0)
    return i32(walk(payloads[0], 4).get(_NETNSA_NSID, b"\xff\xff\xff\xff"))
