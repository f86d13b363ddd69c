"""Reads the VLANs of bridges that filter VLANs, and of their ports (RTM_GETVLAN; net/bridge/br_vlan.c).

Linux before 5.6 does not know this request. There the VLANs are read with the links (IFLA_BRIDGE_VLAN_INFO;
net/bridge/br_netlink.c), without their settings.
"""

import errno
import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import NetlinkError, Socket, attribute_u32
from netviz.model.device import PortVlan, PortVlans
from netviz.uapi.attributes import Unknown, each, i32, u8, u16, u32, unknown, walk
from netviz.uapi.if_bridge import BRIDGE, BRIDGE_VLAN_TUNNEL, BRIDGE_VLANDB_ENTRY, BRIDGE_VLANDB_TINFO
from netviz.uapi.if_link import IFLA
from netviz.uapi.known import known
from netviz.uapi.notation import name
from netviz.uapi.rtnetlink import RTM

_AF_BRIDGE = 7
_LINK = struct.Struct("=BxHiII")
_VLAN = struct.Struct("=BxxxI")  # struct br_vlan_msg
_ENTRY = 1  # BRIDGE_VLANDB_ENTRY
_COMPRESSED = 4  # RTEXT_FILTER_BRVLAN_COMPRESSED
_PVID, _UNTAGGED, _RANGE_BEGIN, _RANGE_END = 0x2, 0x4, 0x8, 0x10
_INFO = struct.Struct("=HH").unpack_from
_STATES = {0: "disabled", 1: "listening", 2: "learning", 3: "forwarding", 4: "blocking"}
_FORWARDING = 3

# The VLANs of a bridge or port, and the attributes that are not known.
_Found = dict[int, tuple[list[PortVlan], list[Unknown]]]


def read(sock: Socket, ns: str, ifindexes: Collection[int]) -> list[PortVlans]:
    """Returns the VLANs of these bridges and ports of the socket's namespace. Raises NetlinkError."""
    try:
        found = _by_vlans(sock)
    except NetlinkError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
            raise
        found = _by_links(sock)
    return [
        PortVlans(ns, ifindex, merged(vlans), unread_notes(tuple(dict.fromkeys(unread))))
        for ifindex, (vlans, unread) in found.items()
        if ifindex in ifindexes
    ]


def _by_vlans(sock: Socket) -> _Found:
    found: _Found = {}
    for payload in sock.dump(RTM.GETVLAN, _VLAN.pack(_AF_BRIDGE, 0)):
        _, ifindex = _VLAN.unpack_from(payload)
        vlans, unread = found.setdefault(ifindex, ([], []))
        for kind, raw in each(payload, _VLAN.size):
            if kind == _ENTRY:
                attributes = walk(raw)
                vlans.append(vlan(attributes))
                unread += unknown(known(BRIDGE_VLANDB_ENTRY), attributes)
    return found


def vlan(found: Mapping[int, bytes]) -> PortVlan:
    """Returns the VLAN or range of VLANs with these attributes (BRIDGE_VLANDB_ENTRY_*)."""
    get = found.get
    flags, vid = _INFO(get(BRIDGE_VLANDB_ENTRY.INFO, bytes(4)))
    end = u16(get(BRIDGE_VLANDB_ENTRY.RANGE, b""))
    state = u8(get(BRIDGE_VLANDB_ENTRY.STATE, bytes((_FORWARDING,))))
    tunnel = walk(get(BRIDGE_VLANDB_ENTRY.TUNNEL_INFO, b"")).get(BRIDGE_VLANDB_TINFO.ID)
    return PortVlan(
        vid,
        end if end > vid else 0,
        bool(flags & _PVID),
        bool(flags & _UNTAGGED),
        "" if state == _FORWARDING else name(_STATES, state),
        None if tunnel is None else u32(tunnel),
        u8(get(BRIDGE_VLANDB_ENTRY.MCAST_ROUTER, b"\1")),
        u32(get(BRIDGE_VLANDB_ENTRY.MCAST_MAX_GROUPS, b"")),
        bool(u8(get(BRIDGE_VLANDB_ENTRY.NEIGH_SUPPRESS, b""))),
    )


def _by_links(sock: Socket) -> _Found:
    body = _LINK.pack(_AF_BRIDGE, 0, 0, 0, 0) + attribute_u32(IFLA.EXT_MASK, _COMPRESSED)
    found: _Found = {}
    for payload in sock.dump(RTM.GETLINK, body):
        spec = walk(payload, _LINK.size).get(IFLA.AF_SPEC, b"")
        vlans, unread = found.setdefault(i32(payload[4:8]), ([], []))
        vlans += in_spec(spec)
        unread += unknown(known(BRIDGE), (kind for kind, _ in each(spec)))
    return found


def in_spec(spec: bytes) -> Iterator[PortVlan]:
    """Yields the VLANs in IFLA_AF_SPEC of an AF_BRIDGE message: a list of struct bridge_vlan_info, in which flags mark
    the two ends of a range. After them, there may be a list of tunnel ids.
    """
    tunnels = dict(_tunnels(spec))
    begin = 0
    for kind, value in each(spec):
        if kind != BRIDGE.VLAN_INFO or len(value) != 4:
            continue
        flags, vid = _INFO(value)
        if flags & _RANGE_BEGIN:
            begin = vid
            continue
        first = begin if flags & _RANGE_END and begin else vid
        begin = 0
        for each_vid in range(first, vid + 1) if tunnels else (first,):
            end = vid if vid != first and not tunnels else 0
            yield PortVlan(each_vid, end, bool(flags & _PVID), bool(flags & _UNTAGGED), tunnel=tunnels.get(each_vid))


def _tunnels(spec: bytes) -> Iterator[tuple[int, int]]:
    """Yields VLANs with their tunnel ids; flags mark the two ends of a range."""
    begin: tuple[int, int] | None = None
    for kind, raw in each(spec):
        if kind != BRIDGE.VLAN_TUNNEL_INFO:
            continue
        found = walk(raw)
        number, vid = u32(found.get(BRIDGE_VLAN_TUNNEL.ID, b"")), u16(found.get(BRIDGE_VLAN_TUNNEL.VID, b""))
        flags = u16(found.get(BRIDGE_VLAN_TUNNEL.FLAGS, b""))
        if flags & _RANGE_BEGIN:
            begin = vid, number
            continue
        first = begin if flags & _RANGE_END and begin else (vid, number)
        begin = None
        yield from ((first[0] + at, first[1] + at) for at in range(vid - first[0] + 1))


def merged(vlans: list[PortVlan]) -> tuple[PortVlan, ...]:
    """Returns the VLANs sorted by id; adjacent ids with the same settings become one range."""
    out: list[PortVlan] = []
    for one in sorted(vlans, key=lambda one: one.vid):
        if out and _continues(out[-1], one):
            out[-1] = replace(out[-1], end=one.end or one.vid)
        else:
            out.append(one)
    return tuple(out)


def _continues(last: PortVlan, one: PortVlan) -> bool:
    """Returns whether a VLAN can become the end of the range before it: its id and its tunnel id are the next ones."""
    width = (last.end or last.vid) - last.vid + 1
    tunnel = None if last.tunnel is None else last.tunnel + width
    return replace(last, vid=last.vid + width, end=one.end, tunnel=tunnel) == one
