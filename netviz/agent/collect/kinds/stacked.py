"""Kinds with a few fields: what stands on one other link (vlan, macvlan, ipvlan), tun and tap devices, VRFs."""

from netviz.model.kinds import IpvlanData, MacvlanData, QosMap, TunData, VlanData, VrfData, VrfPort, XfrmData
from netviz.uapi.attributes import be, each, u8, u16, u32, walk
from netviz.uapi.notation import link_layer, name

_MACVLAN_MODES = {1: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source"}
_IPVLAN_MODES = {0: "l2", 1: "l3", 2: "l3s"}
_TUN_MODES = {1: "tun", 2: "tap"}
_NOBODY = 0xFFFF_FFFF


def vlan(data: bytes) -> VlanData:
    """IFLA_VLAN_*; the flags come with a mask of those the kernel knows."""
    found = walk(data)
    return VlanData(
        vid=u16(found.get(1, b"")),
        protocol=be(found.get(5, b"\x81\0")),
        flags=u32(found.get(2, b"")[:4]),
        ingress_qos=_priorities(found.get(4, b"")),
        egress_qos=_priorities(found.get(3, b"")),
    )


def _priorities(raw: bytes) -> tuple[QosMap, ...]:
    """IFLA_VLAN_QOS_MAPPING any number of times: struct ifla_vlan_qos_mapping."""
    return tuple(QosMap(u32(one[:4]), u32(one[4:])) for _, one in each(raw))


def macvlan(data: bytes) -> MacvlanData:
    """IFLA_MACVLAN_*."""
    found = walk(data)
    sources = tuple(link_layer(address) for _, address in each(found.get(5, b"")))
    return MacvlanData(mode=name(_MACVLAN_MODES, u32(found.get(1, b""))), flags=u16(found.get(2, b"")), sources=sources)


def ipvlan(data: bytes) -> IpvlanData:
    """IFLA_IPVLAN_*."""
    found = walk(data)
    return IpvlanData(mode=name(_IPVLAN_MODES, u16(found.get(1, b""))), flags=u16(found.get(2, b"")))


def vrf(data: bytes) -> VrfData:
    """IFLA_VRF_*."""
    return VrfData(table=u32(walk(data).get(1, b"")))


def vrf_port(data: bytes) -> VrfPort:
    """IFLA_VRF_PORT_*."""
    return VrfPort(table=u32(walk(data).get(1, b"")))


def xfrm(data: bytes) -> XfrmData:
    """IFLA_XFRM_*."""
    found = walk(data)
    return XfrmData(if_id=u32(found.get(2, b"")), collect_metadata=3 in found)


def tun(data: bytes) -> TunData:
    """IFLA_TUN_*."""
    found = walk(data)
    return TunData(
        mode=name(_TUN_MODES, u8(found.get(3, b""))),
        owner=_id(found.get(1)),
        group=_id(found.get(2)),
        packet_info=bool(u8(found.get(4, b""))),
        vnet_header=bool(u8(found.get(5, b""))),
        persist=bool(u8(found.get(6, b""))),
        multi_queue=bool(u8(found.get(7, b""))),
        queues=u32(found.get(8, b"")),
    )


def _id(raw: bytes | None) -> int | None:
    number = _NOBODY if raw is None else u32(raw)
    return None if number == _NOBODY else number
