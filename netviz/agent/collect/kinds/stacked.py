"""Parses kinds of links with few fields: vlan, macvlan, ipvlan, tun and tap devices, VRFs, xfrm interfaces."""

from netviz.model.kinds import IpvlanData, MacvlanData, QosMap, TunData, VlanData, VrfData, VrfPort, XfrmData
from netviz.uapi.attributes import be, each, u8, u16, u32, walk
from netviz.uapi.if_link import IPVLAN, MACVLAN, TUN, VLAN, VRF, VRF_PORT, XFRM
from netviz.uapi.notation import link_layer, name

_MACVLAN_MODES = {1: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source"}
_IPVLAN_MODES = {0: "l2", 1: "l3", 2: "l3s"}
_TUN_MODES = {1: "tun", 2: "tap"}
_NOBODY = 0xFFFF_FFFF


def vlan(data: bytes) -> VlanData:
    """Returns the data of a VLAN link (IFLA_VLAN_*).

    IFLA_VLAN_FLAGS contains the flags and then a mask, which is ignored.
    """
    found = walk(data)
    return VlanData(
        vid=u16(found.get(VLAN.ID, b"")),
        protocol=be(found.get(VLAN.PROTOCOL, b"\x81\0")),
        flags=u32(found.get(VLAN.FLAGS, b"")[:4]),
        ingress_qos=_priorities(found.get(VLAN.INGRESS_QOS, b"")),
        egress_qos=_priorities(found.get(VLAN.EGRESS_QOS, b"")),
    )


def _priorities(raw: bytes) -> tuple[QosMap, ...]:
    """Returns the priority mappings of a VLAN link: a list of IFLA_VLAN_QOS_MAPPING (struct ifla_vlan_qos_mapping)."""
    return tuple(QosMap(u32(one[:4]), u32(one[4:])) for _, one in each(raw))


def macvlan(data: bytes) -> MacvlanData:
    """Returns the data of a macvlan or macvtap link (IFLA_MACVLAN_*)."""
    found = walk(data)
    sources = tuple(link_layer(address) for _, address in each(found.get(MACVLAN.MACADDR_DATA, b"")))
    return MacvlanData(
        mode=name(_MACVLAN_MODES, u32(found.get(MACVLAN.MODE, b""))),
        flags=u16(found.get(MACVLAN.FLAGS, b"")),
        sources=sources,
    )


def ipvlan(data: bytes) -> IpvlanData:
    """Returns the data of an ipvlan or ipvtap link (IFLA_IPVLAN_*)."""
    found = walk(data)
    return IpvlanData(
        mode=name(_IPVLAN_MODES, u16(found.get(IPVLAN.MODE, b""))), flags=u16(found.get(IPVLAN.FLAGS, b""))
    )


def vrf(data: bytes) -> VrfData:
    """Returns the data of a VRF (IFLA_VRF_*)."""
    return VrfData(table=u32(walk(data).get(VRF.TABLE, b"")))


def vrf_port(data: bytes) -> VrfPort:
    """Returns the data of a link as a port of a VRF (IFLA_VRF_PORT_*)."""
    return VrfPort(table=u32(walk(data).get(VRF_PORT.TABLE, b"")))


def xfrm(data: bytes) -> XfrmData:
    """Returns the data of an IPsec (xfrm) interface (IFLA_XFRM_*)."""
    found = walk(data)
    return XfrmData(if_id=u32(found.get(XFRM.IF_ID, b"")), collect_metadata=XFRM.COLLECT_METADATA in found)


def tun(data: bytes) -> TunData:
    """Returns the data of a tun or tap device (IFLA_TUN_*)."""
    found = walk(data)
    return TunData(
        mode=name(_TUN_MODES, u8(found.get(TUN.TYPE, b""))),
        owner=_id(found.get(TUN.OWNER)),
        group=_id(found.get(TUN.GROUP)),
        packet_info=bool(u8(found.get(TUN.PI, b""))),
        vnet_header=bool(u8(found.get(TUN.VNET_HDR, b""))),
        persist=bool(u8(found.get(TUN.PERSIST, b""))),
        multi_queue=bool(u8(found.get(TUN.MULTI_QUEUE, b""))),
        queues=u32(found.get(TUN.NUM_QUEUES, b"")),
    )


def _id(raw: bytes | None) -> int | None:
    number = _NOBODY if raw is None else u32(raw)
    return None if number == _NOBODY else number
