"""The observer: a private, empty network namespace in which every other network namespace has an nsid.

So all nsids are unique there. The agent's thread creates the observer, opens sockets in it and returns to its own
namespace; the observer exists as long as the sockets. Links and addresses of any namespace are read by its nsid there,
and the events of all namespaces arrive there. The agent adds no nsid to any other namespace (`rtnl_net_newid` in
net/core/net_namespace.c).
"""

import errno
import os
import struct
from contextlib import suppress

from netviz.agent.netlink.events import Events
from netviz.agent.netlink.requests import NETFILTER, ROUTE, XFRM, NetlinkError, Socket, attribute_u32
from netviz.agent.system.syscalls import in_new_namespace, own_namespace
from netviz.uapi.attributes import i32, walk
from netviz.uapi.rtnetlink import NETNSA, RTM

_BODY = struct.pack("=B3x", 0)
NOT_ASSIGNED = -1


class Observer:
    """The observer namespace.

    Creating it raises OSError without CAP_SYS_ADMIN (for a new namespace) or CAP_NET_ADMIN (for setting nsids in it).
    """

    def __init__(self, *, listens: bool) -> None:
        self.route_events: Events | None = None
        self.netfilter_events: Events | None = None
        self.ipsec_events: Events | None = None
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
                with suppress(OSError):  # this kernel has no nftables
                    self.netfilter_events = Events(NETFILTER)
                with suppress(OSError):  # this kernel has no IPsec
                    self.ipsec_events = Events(XFRM)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Closes the sockets; the namespace and its nsids disappear with them."""
        self.socket.close()
        for events in (self.route_events, self.netfilter_events, self.ipsec_events):
            if events is not None:
                events.close()

    def nsid(self, descriptor: int) -> int:
        """Returns the nsid that a namespace has in the observer namespace, and assigns one if it has none.

        `descriptor` is the open file of the namespace. Raises NetlinkError.
        """
        known = self.known_nsid(descriptor)
        if known != NOT_ASSIGNED:
            return known
        try:
            self.socket.request(
                RTM.NEWNSID, _BODY + attribute_u32(NETNSA.FD, descriptor) + attribute_u32(NETNSA.NSID, -1)
            )
        except NetlinkError as error:
            if error.errno != errno.EEXIST:  # the kernel has just assigned an nsid itself, for a link
                raise
        return self.known_nsid(descriptor)

    def known_nsid(self, descriptor: int) -> int:
        """Returns the nsid that a namespace has in the observer namespace, `NOT_ASSIGNED` if it has none.

        `descriptor` is the open file of the namespace. Raises NetlinkError.
        """
        return known_nsid_within(self.socket, descriptor)


def known_nsid_within(sock: Socket, descriptor: int) -> int:
    """Returns the nsid that a namespace has in the namespace of the socket, `NOT_ASSIGNED` if it has none.

    `descriptor` is the open file of the namespace. Raises NetlinkError.
    """
    payloads = sock.request(RTM.GETNSID, _BODY + attribute_u32(NETNSA.FD, descriptor), flags=0)
    return i32(walk(payloads[0], 4).get(NETNSA.NSID, b"\xff\xff\xff\xff"))
