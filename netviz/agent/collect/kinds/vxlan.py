"""Vxlans (IFLA_VXLAN_*; vxlan_fill_info in drivers/net/vxlan/vxlan_core.c)."""

from netviz.model.kinds import VxlanData
from netviz.uapi.attributes import be, u8, u32, walk
from netviz.uapi.notation import ip

LINK = 3  # IFLA_VXLAN_LINK: the lower device, in the namespace of IFLA_LINK_NETNSID


def vxlan(data: bytes) -> VxlanData:
    """A vxlan's settings; flags that are attributes without a value are true where they stand."""
    found = walk(data)
    get = found.get
    ports = get(10, bytes(4))
    return VxlanData(
        vni=u32(get(1, b"")),
        remote=ip(found[2]) if 2 in found else ip(found[16]) if 16 in found else "",
        local=ip(found[4]) if 4 in found else ip(found[17]) if 17 in found else "",
        port=be(get(15, b"")),
        port_low=be(ports[:2]),
        port_high=be(ports[2:4]),
        ttl=u8(get(5, b"")),
        tos=u8(get(6, b"")),
        learning=bool(u8(get(7, b""))),
        proxy=bool(u8(get(11, b""))),
        rsc=bool(u8(get(12, b""))),
        l2miss=bool(u8(get(13, b""))),
        l3miss=bool(u8(get(14, b""))),
        ageing_s=u32(get(8, b"")),
        limit=u32(get(9, b"")),
        collect_metadata=bool(u8(get(25, b""))),
        gbp=23 in found,
        udp_csum=bool(u8(get(18, b""))),
        df=u8(get(29, b"")),
        vnifilter=bool(u8(get(30, b""))),
    )


def lower(data: bytes) -> int | None:
    """The ifindex of the device under a vxlan, None for none."""
    return u32(walk(data).get(LINK, b"")) or None
