"""Bridges and their ports (IFLA_BR_*, IFLA_BRPORT_*; net/bridge/br_netlink.c). Times are in hundredths of a second."""

import struct

from netviz.agent.attributes import be, each, u8, u16, u32, walk
from netviz.agent.collect.notation import link_layer, name
from netviz.model.kinds import BridgeData, BridgePort, PortVlan

_STATES = {0: "disabled", 1: "listening", 2: "learning", 3: "forwarding", 4: "blocking"}

_VLAN_INFO, _VLAN_RANGE_BEGIN, _VLAN_RANGE_END = 2, 1 << 3, 1 << 4
_VLAN_PVID, _VLAN_UNTAGGED = 1 << 1, 1 << 2


def _bridge_id(raw: bytes) -> str:
    """A bridge's id as bridge(8) writes it: priority, then the MAC."""
    return f"{raw[:2].hex()}.{raw[2:].hex(':')}" if len(raw) == 8 else ""


def bridge(data: bytes) -> BridgeData:
    """A bridge's settings. What runs by itself (its timers) is left out."""
    found = walk(data)
    get = found.get
    return BridgeData(
        bridge_id=_bridge_id(get(11, b"")),
        root_id=_bridge_id(get(10, b"")),
        root_port=u16(get(12, b"")),
        root_path_cost=u32(get(13, b"")),
        priority=u16(get(6, b"")),
        stp=bool(u32(get(5, b""))),
        forward_delay_cs=u32(get(1, b"")),
        hello_time_cs=u32(get(2, b"")),
        max_age_cs=u32(get(3, b"")),
        ageing_time_cs=u32(get(4, b"")),
        group_fwd_mask=u16(get(9, b"")),
        group_address=link_layer(get(20, b"")),
        vlan_filtering=bool(u8(get(7, b""))),
        vlan_protocol=be(get(8, b"\x81\0")),
        vlan_default_pvid=u16(get(39, b"")),
        mcast_snooping=bool(u8(get(23, b""))),
        mcast_querier=bool(u8(get(25, b""))),
        mcast_router=u8(get(22, b"")),
        nf_call_iptables=bool(u8(get(36, b""))),
        nf_call_ip6tables=bool(u8(get(37, b""))),
        nf_call_arptables=bool(u8(get(38, b""))),
        fdb_max_learned=u32(get(49, b"")),
    )


def port(data: bytes) -> BridgePort:
    """A port's settings. A field that an older kernel does not send keeps its default."""
    found = walk(data)
    get = found.get

    def flag(kind: int, default: bool = False) -> bool:
        return bool(u8(found[kind])) if kind in found else default

    return BridgePort(
        state=name(_STATES, u8(get(1, b""))),
        number=u16(get(18, b"")),
        cost=u32(get(3, b"")),
        priority=u16(get(2, b"")),
        hairpin=flag(4),
        guard=flag(5),
        root_block=flag(6),
        fast_leave=flag(7),
        learning=flag(8, True),
        flood=flag(9, True),
        mcast_flood=flag(27, True),
        bcast_flood=flag(30, True),
        mcast_to_unicast=flag(28),
        mcast_router=u8(get(25, b"\1")),
        proxy_arp=flag(10),
        proxy_arp_wifi=flag(12),
        neigh_suppress=flag(32),
        vlan_tunnel=flag(29),
        isolated=flag(33),
        locked=flag(39),
        mab=flag(40),
        group_fwd_mask=u16(get(31, b"")),
        backup_port=u32(found[34]) or None if 34 in found else None,
        designated_root=_bridge_id(get(13, b"")),
        designated_bridge=_bridge_id(get(14, b"")),
    )


def vlans(af_spec: bytes) -> tuple[PortVlan, ...]:
    """The VLANs in the IFLA_AF_SPEC of an AF_BRIDGE message (IFLA_BRIDGE_VLAN_INFO, compressed to ranges)."""
    out: list[PortVlan] = []
    first = 0
    for kind, value in each(af_spec):
        if kind != _VLAN_INFO or len(value) != 4:
            continue
        flags, vid = struct.unpack("=HH", value)
        if flags & _VLAN_RANGE_BEGIN:
            first = vid
            continue
        begin, end = (first, vid) if flags & _VLAN_RANGE_END else (vid, 0)
        out.append(PortVlan(begin, end, bool(flags & _VLAN_PVID), bool(flags & _VLAN_UNTAGGED)))
    return tuple(out)
