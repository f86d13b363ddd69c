"""Reads the VLANs of bridges that filter VLANs, and of their ports (IFLA_BRIDGE_VLAN_INFO; net/bridge/br_netlink.c)."""

import struct
from collections.abc import Collection, Iterator

from netviz.agent.netlink.requests import Socket, attribute_u32
from netviz.model.device import PortVlan, PortVlans
from netviz.uapi.attributes import each, i32, walk
from netviz.uapi.if_link import IFLA
from netviz.uapi.rtnetlink import RTM

_AF_BRIDGE = 7
_HEADER = struct.Struct("=BxHiII")
_COMPRESSED = 4  # RTEXT_FILTER_BRVLAN_COMPRESSED
_VLAN_INFO = 2  # IFLA_BRIDGE_VLAN_INFO
_PVID, _UNTAGGED, _RANGE_BEGIN, _RANGE_END = 0x2, 0x4, 0x8, 0x10
_INFO = struct.Struct("=HH").unpack


def read(sock: Socket, ns: str, ifindexes: Collection[int]) -> list[PortVlans]:
    """Returns the VLANs of these bridges and ports of the socket's namespace. Raises NetlinkError."""
    body = _HEADER.pack(_AF_BRIDGE, 0, 0, 0, 0) + attribute_u32(IFLA.EXT_MASK, _COMPRESSED)
    found: dict[int, list[PortVlan]] = {}
    for payload in sock.dump(RTM.GETLINK, body):
        ifindex = i32(payload[4:8])
        if ifindex in ifindexes:
            spec = walk(payload, _HEADER.size).get(IFLA.AF_SPEC, b"")
            found.setdefault(ifindex, []).extend(_vlans(spec))
    return [PortVlans(ns, ifindex, merged(vlans)) for ifindex, vlans in found.items()]


def _vlans(spec: bytes) -> Iterator[PortVlan]:
    """Parses a list of struct bridge_vlan_info, in which flags mark the two ends of a range."""
    begin = 0
    for kind, value in each(spec):
        if kind != _VLAN_INFO or len(value) != 4:
            continue
        flags, vid = _INFO(value)
        if flags & _RANGE_BEGIN:
            begin = vid
            continue
        first = begin if flags & _RANGE_END and begin else vid
        begin = 0
        yield PortVlan(first, vid if vid != first else 0, bool(flags & _PVID), bool(flags & _UNTAGGED))


def merged(vlans: list[PortVlan]) -> tuple[PortVlan, ...]:
    """Returns the VLANs sorted by id; adjacent ids with the same flags become one range."""
    out: list[PortVlan] = []
    for vlan in sorted(vlans, key=lambda vlan: vlan.vid):
        last = out[-1] if out else None
        same = last is not None and (last.pvid, last.untagged) == (vlan.pvid, vlan.untagged)
        if last is not None and same and (last.end or last.vid) + 1 == vlan.vid:
            out[-1] = PortVlan(last.vid, vlan.end or vlan.vid, vlan.pvid, vlan.untagged)
        else:
            out.append(vlan)
    return tuple(out)
