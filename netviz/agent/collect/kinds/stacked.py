"""Parses kinds of links with few fields: vlan, macvlan, ipvlan, netkit, MACsec, OpenVPN, tun and tap devices, VRFs,
xfrm interfaces.
"""

import sys

from netviz.model.kinds import (
    IpvlanData,
    MacsecData,
    MacvlanData,
    NetkitData,
    OvpnData,
    QosMap,
    TunData,
    VlanData,
    VrfData,
    VrfPort,
    XfrmData,
)
from netviz.uapi.attributes import be, each, i32, u8, u16, u32, u64, walk
from netviz.uapi.if_link import IPVLAN, MACSEC, MACVLAN, NETKIT, OVPN, TUN, VLAN, VRF, VRF_PORT, XFRM
from netviz.uapi.notation import link_layer, name

_MACVLAN_MODES = {1: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source"}
_IPVLAN_MODES = {0: "l2", 1: "l3", 2: "l3s"}
_TUN_MODES = {1: "tun", 2: "tap"}
_VERDICTS = {0: "forward", 2: "blackhole"}  # NETKIT_PASS, NETKIT_DROP
_NETKIT_MODES = {0: "l2", 1: "l3"}
_SCRUBS = {0: "none", 1: "default"}
_VALIDATIONS = {0: "disabled", 1: "check", 2: "strict"}
_OFFLOADS = {0: "off", 1: "phy", 2: "mac"}
_OVPN_MODES = {0: "p2p", 1: "mp"}
_CIPHERS = {  # MACSEC_CIPHER_ID_* in include/uapi/linux/if_macsec.h, and the older id of the first one
    0x0080C20001000001: "GCM-AES-128",
    0x0080020001000001: "GCM-AES-128",
    0x0080C20001000002: "GCM-AES-256",
    0x0080C20001000003: "GCM-AES-XPN-128",
    0x0080C20001000004: "GCM-AES-XPN-256",
}

# The defaults of a macvlan's queue for broadcasts, which older kernels do not send (MACVLAN_DEFAULT_BC_QUEUE_LEN).
_BROADCASTS, _CUTOFF = (1000).to_bytes(4, sys.byteorder), (1).to_bytes(4, sys.byteorder)
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
        broadcast_queue=u32(found.get(MACVLAN.BC_QUEUE_LEN, _BROADCASTS)),
        broadcast_queue_used=u32(found.get(MACVLAN.BC_QUEUE_LEN_USED, _BROADCASTS)),
        broadcast_cutoff=i32(found.get(MACVLAN.BC_CUTOFF, _CUTOFF)),
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


def netkit(data: bytes) -> NetkitData:
    """Returns the data of a netkit link (IFLA_NETKIT_*; drivers/net/netkit.c)."""
    found = walk(data)
    get = found.get
    return NetkitData(
        mode=name(_NETKIT_MODES, u32(get(NETKIT.MODE, b""))),
        primary=bool(u8(get(NETKIT.PRIMARY, b""))),
        policy=name(_VERDICTS, u32(found[NETKIT.POLICY])) if NETKIT.POLICY in found else "",
        peer_policy=name(_VERDICTS, u32(found[NETKIT.PEER_POLICY])) if NETKIT.PEER_POLICY in found else "",
        scrub=name(_SCRUBS, u32(found[NETKIT.SCRUB])) if NETKIT.SCRUB in found else "",
        peer_scrub=name(_SCRUBS, u32(found[NETKIT.PEER_SCRUB])) if NETKIT.PEER_SCRUB in found else "",
        headroom=u16(get(NETKIT.HEADROOM, b"")),
        tailroom=u16(get(NETKIT.TAILROOM, b"")),
    )


def macsec(data: bytes) -> MacsecData:
    """Returns the data of a MACsec link (IFLA_MACSEC_*; drivers/net/macsec.c). The kernel sends no keys here."""
    found = walk(data)
    get = found.get
    cipher = u64(get(MACSEC.CIPHER_SUITE, b""))
    return MacsecData(
        sci=get(MACSEC.SCI, b"").hex(),
        port=be(found[MACSEC.PORT]) if MACSEC.PORT in found else None,
        cipher_suite=(_CIPHERS.get(cipher) or f"{cipher:#018x}") if cipher else "",
        icv_bytes=u8(get(MACSEC.ICV_LEN, b"\x10")),
        encoding_sa=u8(get(MACSEC.ENCODING_SA, b"")),
        protect=bool(u8(get(MACSEC.PROTECT, b""))),
        encrypt=bool(u8(get(MACSEC.ENCRYPT, b""))),
        include_sci=bool(u8(get(MACSEC.INC_SCI, b""))),
        end_station=bool(u8(get(MACSEC.ES, b""))),
        single_copy_broadcast=bool(u8(get(MACSEC.SCB, b""))),
        replay_protect=bool(u8(get(MACSEC.REPLAY_PROTECT, b""))),
        window=u32(get(MACSEC.WINDOW, b"")),
        validation=name(_VALIDATIONS, u8(found[MACSEC.VALIDATION])) if MACSEC.VALIDATION in found else "",
        offload=name(_OFFLOADS, u8(found[MACSEC.OFFLOAD])) if MACSEC.OFFLOAD in found else "",
    )


def ovpn(data: bytes) -> OvpnData:
    """Returns the data of an OpenVPN link (IFLA_OVPN_*)."""
    return OvpnData(mode=name(_OVPN_MODES, u8(walk(data).get(OVPN.MODE, b""))))


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
        disabled_queues=u32(found.get(TUN.NUM_DISABLED_QUEUES, b"")),
    )


def _id(raw: bytes | None) -> int | None:
    number = _NOBODY if raw is None else u32(raw)
    return None if number == _NOBODY else number
