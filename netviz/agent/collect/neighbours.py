"""Reads neighbours and FDB entries (RTM_GETNEIGH; net/core/neighbour.c, net/bridge/br_fdb.c, vxlan_fdb_info).

Two groups of entries are left out. The first are those that the kernel creates for itself without reporting their
changes: multicast, broadcast and noarp neighbours, and multicast MACs that a device receives. The second are neighbours
that are being resolved for the first time: within seconds the kernel either knows their address or marks them as
failed.
"""

import struct
from collections import Counter
from collections.abc import Collection
from typing import Literal

from netviz.agent.collect.numbering import numbered
from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import Socket
from netviz.model.address import FdbEntry, Neighbour
from netviz.model.state import FdbOwn, FdbState, NeighbourState
from netviz.uapi.attributes import Layouts, be, u8, walk
from netviz.uapi.known import known
from netviz.uapi.notation import FAMILIES, ip, link_layer
from netviz.uapi.rtnetlink import NDA, NFEA, RTM

AF_BRIDGE = 7

_HEADER = struct.Struct("=BxxxiHBB")

# NTF_*
_SELF, _PROXY, _EXTERN, _OFFLOADED, _STICKY, _ROUTER = 0x02, 0x08, 0x10, 0x20, 0x40, 0x80

# NUD_*
_INCOMPLETE, _REACHABLE, _STALE, _DELAY, _PROBE, _FAILED, _NOARP, _PERMANENT = 1, 2, 4, 8, 16, 32, 64, 128
_NUD_NAMES = {
    0: "none",
    _INCOMPLETE: "incomplete",
    _REACHABLE: "reachable",
    _STALE: "stale",
    _DELAY: "delay",
    _PROBE: "probe",
    _FAILED: "failed",
    _NOARP: "noarp",
    _PERMANENT: "permanent",
}
_RTN_UNICAST = 1

# NTF_EXT_*, and the bits of NFEA_ACTIVITY_NOTIFY (FDB_NOTIFY_*)
_EXT_MANAGED, _EXT_LOCKED, _EXT_VALIDATED = 1, 2, 4
_NOTIFY, _INACTIVE = 1, 2

# How to recognize a message of the kernel's `nlmsg_populate_fdb_fill` (multicast MACs that a device receives): the
# first attribute is NDA_LLADDR with six bytes, and only NDA_VLAN may follow.
_MAC_HEAD, _LISTENS_BYTES = struct.pack("=HH", 10, 2), 32

# The functions below unpack the values of these attributes by position, so they depend on the order of this list.
_message = Layouts(
    "BxxxiHBB",
    {
        NDA.DST: "s",
        NDA.LLADDR: "s",
        NDA.CACHEINFO: "s",
        NDA.PROBES: "I",
        NDA.VLAN: "H",
        NDA.PORT: "s",
        NDA.VNI: "I",
        NDA.MASTER: "I",
        NDA.PROTOCOL: "B",
        NDA.IFINDEX: "I",
        NDA.LINK_NETNSID: "i",
        NDA.SRC_VNI: "I",
        NDA.NH_ID: "I",
        NDA.FLAGS_EXT: "I",
        NDA.FDB_EXT_ATTRS: "s",
    },
    {(): known(NDA)},
)


def _body(family: int = 0, flags: int = 0) -> bytes:
    return _HEADER.pack(family, 0, 0, flags, 0)


def read_neighbours(sock: Socket, ns: str, without_arp: Collection[int]) -> list[Neighbour]:
    """Returns all neighbours of the socket's namespace.

    `without_arp` are the ifindexes of links on which the kernel resolves no addresses. Raises NetlinkError.
    """
    parsed = (neighbour(ns, payload, without_arp) for payload in sock.dump(RTM.GETNEIGH, _body()))
    return [entity for entity in parsed if entity is not None]


def read_proxies(sock: Socket, ns: str) -> list[Neighbour]:
    """Returns the proxy neighbours: addresses for which the socket's namespace answers ARP and NDP.

    Raises NetlinkError.
    """
    parsed = (neighbour(ns, payload, ()) for payload in sock.dump(RTM.GETNEIGH, _body(flags=_PROXY)))
    return [entity for entity in parsed if entity is not None]


def read_fdb(sock: Socket, ns: str) -> list[FdbEntry]:
    """Returns all FDB entries of the socket's namespace. Raises NetlinkError."""
    seen: dict[str, int] = {}
    out = []
    for payload in sock.dump(RTM.GETNEIGH, _body(AF_BRIDGE)):
        found = None if _listens(payload) else fdb_entry(ns, payload)
        if found is not None:
            out.append(numbered(found, seen))
    return out


def _listens(payload: bytes) -> bool:
    """Returns whether a message is only about a multicast MAC that a device receives.

    Such messages are frequent and left out; this check avoids parsing them.
    """
    return payload[12:16] == _MAC_HEAD and payload[16] & 1 == 1 and len(payload) <= _LISTENS_BYTES


def neighbour(ns: str, payload: bytes, without_arp: Collection[int]) -> Neighbour | None:
    """Returns the neighbour in this message; None if this module leaves it out, or if it is neither IPv4 nor IPv6."""
    family, ifindex, state, flags, kind, dst, mac, _, _, _, _, _, _, protocol, *rest = _message(payload)
    _, _, _, _, more, _, unread = rest
    name = FAMILIES.get(family)
    if name is None or dst is None:
        return None
    proxy = bool(flags & _PROXY)
    word = "" if proxy else _state(state, kind, ifindex in without_arp, dst)
    if word is None:
        return None
    return Neighbour(
        ns,
        ifindex,
        name,
        ip(dst),
        link_layer(mac) if mac else "",
        word,
        bool(flags & _ROUTER),
        proxy,
        bool(flags & _EXTERN),
        protocol or 0,
        bool(flags & _OFFLOADED),
        bool(more and more & _EXT_MANAGED),
        bool(more and more & _EXT_VALIDATED),
        unread_notes(unread) if unread else (),
    )


def neighbour_key(ns: str, payload: bytes) -> str:
    """Returns the key of the neighbour in this message, also of a neighbour that the function `neighbour` leaves out.

    Returns an empty text if the message has no IPv4 or IPv6 address.
    """
    family, ifindex, _, flags, _, dst, *_ = _message(payload)
    name = FAMILIES.get(family)
    return "" if name is None or dst is None else Neighbour(ns, ifindex, name, ip(dst), proxy=bool(flags & _PROXY)).key


def _state(
    state: int, kind: int, without_arp: bool, dst: bytes
) -> Literal["permanent", "noarp", "failed", "known", ""] | None:
    if state & _PERMANENT:
        return "permanent"
    if state & _NOARP:
        return None if without_arp or kind != _RTN_UNICAST or dst[0] == 0xFF else "noarp"
    if state & _FAILED:
        return "failed"
    return "known" if state & (_REACHABLE | _STALE | _DELAY | _PROBE) else None


def fdb_entry(ns: str, payload: bytes) -> FdbEntry | None:
    """Returns the FDB entry in this message; None if it is one that this module leaves out (a multicast MAC that a
    device receives). Its `nth` is 0, because a message does not say that other entries have the same key.
    """
    _, ifindex, state, flags, _, dst, mac, _, _, vlan, port, vni, master, _, *rest = _message(payload)
    via, elsewhere, src_vni, nexthop, more, activity, unread = rest
    if not mac or (mac[0] & 1 and dst is None):
        return None
    table: Literal["master", "self"] = "self" if flags & _SELF else "master"
    address, remote = link_layer(mac), ip(dst) if dst else ""
    found = FdbEntry(
        ns,
        ifindex,
        address,
        table,
        master,
        vlan or 0,
        "permanent" if state & _PERMANENT else "static" if state & _NOARP else "learned",
        remote,
        vni or 0,
        be(port) if port else 0,
        bool(flags & _STICKY),
        bool(flags & _OFFLOADED),
        bool(flags & _EXTERN),
        0,
        via or None,
        via is not None and elsewhere is not None,
        src_vni,
        nexthop,
        bool(more and more & _EXT_LOCKED),
        *_activity(activity),
        unread_notes(unread) if unread else (),
    )
    found.keep_key(f"fdb/{ns}/{ifindex}/{table}/{address}/{vlan or 0}/{remote}/{vni or 0}")
    return found


def _activity(raw: bytes | None) -> tuple[bool, bool]:
    """Returns whether the kernel reports the inactivity of an FDB entry, and whether the entry is inactive."""
    flags = u8(walk(raw).get(NFEA.ACTIVITY_NOTIFY, b"")) if raw else 0
    return bool(flags & _NOTIFY), bool(flags & _INACTIVE)


def read_neighbour_states(sock: Socket) -> list[NeighbourState]:
    """Returns the current states of all neighbours, except noarp ones. Raises NetlinkError."""
    out = []
    for payload in sock.dump(RTM.GETNEIGH, _body()):
        family, ifindex, state, _, _, dst, _, cache, probes, *_ = _message(payload)
        if family not in FAMILIES or dst is None or state & _NOARP:
            continue
        confirmed, used, updated = _ages(cache)
        nud = _NUD_NAMES.get(state, str(state))
        out.append(NeighbourState(ifindex, ip(dst), nud, used, confirmed, updated, probes or 0))
    return out


def read_fdb_states(sock: Socket) -> list[FdbState | FdbOwn]:
    """Returns the ages of all FDB entries, except multicast MACs that a device receives, and the number of these MACs
    for each device. Raises NetlinkError.
    """
    states: list[FdbState | FdbOwn] = []
    own: Counter[int] = Counter()
    for payload in sock.dump(RTM.GETNEIGH, _body(AF_BRIDGE)):
        _, ifindex, _, _, _, dst, mac, cache, _, vlan, *_ = _message(payload)
        if mac and mac[0] & 1 and dst is None:
            own[ifindex] += 1
        elif mac:
            _, used, updated = _ages(cache)
            states.append(FdbState(ifindex, link_layer(mac), vlan or 0, used, updated))
    # The numbers come first, because a frame that is too large is cut at its end.
    return [*(FdbOwn(ifindex, count) for ifindex, count in own.items()), *states]


def _ages(cache: bytes | None) -> tuple[int, int, int]:
    """Returns the ages in struct nda_cacheinfo in milliseconds; the kernel sends them in units of 10 ms (USER_HZ)."""
    if cache is None or len(cache) < 12:
        return 0, 0, 0
    confirmed, used, updated = struct.unpack_from("=III", cache)
    return confirmed * 10, used * 10, updated * 10
