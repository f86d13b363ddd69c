"""Reads multicast groups of bridges and vxlans, and the VNIs of vxlans (RTM_GETMDB, RTM_GETTUNNEL; br_mdb.c in
net/bridge, vxlan_mdb.c and vxlan_vnifilter.c in drivers/net/vxlan).
"""

import struct
from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from netviz.agent.collect.numbering import numbered
from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import Socket
from netviz.model.multicast import MdbEntry, MulticastRouter, VniRange, VxlanVnis
from netviz.uapi.attributes import Unknown, be, each, u8, u16, u32, unknown, walk
from netviz.uapi.if_bridge import MDBA_MDB_EATTR, MDBA_MDB_SRCATTR, MDBA_ROUTER_PATTR, VXLAN_VNIFILTER_ENTRY
from netviz.uapi.known import known
from netviz.uapi.notation import PROTOCOLS, every_flag, ip, link_layer, name
from netviz.uapi.rtnetlink import RTM

_AF_BRIDGE = 7
_HEADER = struct.Struct("=BxxxI")  # struct br_port_msg, and struct tunnel_msg
_MDB, _ROUTER = 1, 2  # MDBA_MDB, MDBA_ROUTER
_ENTRY = struct.Struct("=IBBH16sH2x")  # struct br_mdb_entry: port, state, flags, VLAN, group, protocol
_PERMANENT = 1
_FLAGS = {1: "offload", 2: "fast_leave", 4: "added_by_star_ex", 8: "blocked", 16: "offload_failed"}
_MODES: Mapping[int, Literal["include", "exclude"]] = {0: "exclude", 1: "include"}  # MCAST_EXCLUDE, MCAST_INCLUDE
_TYPES = {0: "disabled", 1: "temp_query", 2: "permanent", 3: "temp"}  # MDB_RTR_TYPE_*
_ETH_P_IP, _ETH_P_IPV6 = 0x0800, 0x86DD


def read(sock: Socket, ns: str) -> list[MdbEntry | MulticastRouter]:
    """Returns the multicast groups and the ports towards multicast routers of all bridges and vxlans of the socket's
    namespace. Raises NetlinkError.
    """
    seen: dict[str, int] = {}
    out: list[MdbEntry | MulticastRouter] = []
    for payload in sock.dump(RTM.GETMDB, _HEADER.pack(_AF_BRIDGE, 0)):
        _, ifindex = _HEADER.unpack_from(payload)
        for kind, part in each(payload, _HEADER.size):
            if kind == _MDB:
                out += [numbered(entry, seen) for entry in entries(ns, ifindex, part)]
            elif kind == _ROUTER:
                out += [_router(ns, ifindex, raw) for _, raw in each(part)]
    return out


def entries(ns: str, ifindex: int, raw: bytes) -> Iterator[MdbEntry]:
    """Yields the groups in MDBA_MDB of a bridge or vxlan: a list of lists of entries, one for each port."""
    for _, group in each(raw):
        for _, entry in each(group):
            if len(entry) >= _ENTRY.size:
                yield _entry(ns, ifindex, entry)


def _entry(ns: str, ifindex: int, raw: bytes) -> MdbEntry:
    port, state, flags, vlan, group, protocol = _ENTRY.unpack_from(raw)
    found = walk(raw, _ENTRY.size)
    get = found.get
    sources = [walk(source) for _, source in each(get(MDBA_MDB_EATTR.SRC_LIST, b""))]
    unread: tuple[Unknown, ...] = unknown(known(MDBA_MDB_EATTR), found)
    unread += unknown(known(MDBA_MDB_SRCATTR), (kind for source in sources for kind in source))
    mode = get(MDBA_MDB_EATTR.GROUP_MODE)
    return MdbEntry(
        ns,
        ifindex,
        port,
        _group(group, be(struct.pack("=H", protocol))),
        vlan,
        ip(found[MDBA_MDB_EATTR.SOURCE]) if MDBA_MDB_EATTR.SOURCE in found else "",
        u32(get(MDBA_MDB_EATTR.SRC_VNI, b"")),
        ip(found[MDBA_MDB_EATTR.DST]) if MDBA_MDB_EATTR.DST in found else "",
        0,
        state == _PERMANENT,
        "" if mode is None else _MODES.get(u8(mode), ""),
        tuple(_source(source) for source in sources),
        name(PROTOCOLS, u8(found[MDBA_MDB_EATTR.RTPROT])) if MDBA_MDB_EATTR.RTPROT in found else "",
        every_flag(_FLAGS, flags),
        u16(get(MDBA_MDB_EATTR.DST_PORT, b"")),
        u32(get(MDBA_MDB_EATTR.VNI, b"")),
        u32(get(MDBA_MDB_EATTR.IFINDEX, b"")) or None,
        unread_notes(unread),
    )


def _source(found: Mapping[int, bytes]) -> str:
    return ip(found.get(MDBA_MDB_SRCATTR.ADDRESS, b""))


def _group(raw: bytes, protocol: int) -> str:
    """Returns a group: an IP address, or a MAC address if the protocol is 0."""
    if protocol == _ETH_P_IP:
        return ip(raw[:4])
    return ip(raw) if protocol == _ETH_P_IPV6 else link_layer(raw[:6])


def _router(ns: str, ifindex: int, raw: bytes) -> MulticastRouter:
    """Returns a port towards a multicast router in MDBA_ROUTER_PORT: the ifindex of the port, then attributes."""
    found = walk(raw, 4)
    return MulticastRouter(
        ns,
        ifindex,
        u32(raw[:4]),
        u16(found.get(MDBA_ROUTER_PATTR.VID, b"")),
        name(_TYPES, u8(found[MDBA_ROUTER_PATTR.TYPE])) if MDBA_ROUTER_PATTR.TYPE in found else "",
        unread_notes(unknown(known(MDBA_ROUTER_PATTR), found)),
    )


def read_vnis(sock: Socket, ns: str, ifindexes: Collection[int]) -> list[VxlanVnis]:
    """Returns the VNIs of these vxlans of the socket's namespace. Raises NetlinkError."""
    found: dict[int, list[Mapping[int, bytes]]] = {}
    for payload in sock.dump(RTM.GETTUNNEL, _HEADER.pack(_AF_BRIDGE, 0)):
        _, ifindex = _HEADER.unpack_from(payload)
        if ifindex in ifindexes:
            found.setdefault(ifindex, []).extend(walk(raw) for _, raw in each(payload, _HEADER.size))
    return [vnis(ns, ifindex, ranges) for ifindex, ranges in found.items()]


def vnis(ns: str, ifindex: int, ranges: list[Mapping[int, bytes]]) -> VxlanVnis:
    """Returns the VNIs of a vxlan from the attributes of each range."""
    unread = unknown(known(VXLAN_VNIFILTER_ENTRY), (kind for one in ranges for kind in one))
    listed = sorted((_range(one) for one in ranges), key=lambda one: one.vni)
    return VxlanVnis(ns, ifindex, tuple(listed), unread_notes(unread))


def _range(found: Mapping[int, bytes]) -> VniRange:
    first = u32(found.get(VXLAN_VNIFILTER_ENTRY.START, b""))
    last = u32(found[VXLAN_VNIFILTER_ENTRY.END]) if VXLAN_VNIFILTER_ENTRY.END in found else first
    group = b""
    for kind in (VXLAN_VNIFILTER_ENTRY.GROUP, VXLAN_VNIFILTER_ENTRY.GROUP6):
        if kind in found:
            group = found[kind]
    return VniRange(first, last if last != first else 0, ip(group) if any(group) else "")
