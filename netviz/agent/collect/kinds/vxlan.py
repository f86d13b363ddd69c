"""Parses vxlan links (IFLA_VXLAN_*; vxlan_fill_info in drivers/net/vxlan/vxlan_core.c)."""

from netviz.model.kinds import VxlanData
from netviz.uapi.attributes import be, u8, u32, walk
from netviz.uapi.if_link import VXLAN
from netviz.uapi.notation import ip


def vxlan(data: bytes) -> VxlanData:
    """Returns the settings of a vxlan.

    Some flags are attributes without a value: they are true if the attribute is present.
    """
    found = walk(data)
    get = found.get
    ports = get(VXLAN.PORT_RANGE, bytes(4))
    return VxlanData(
        vni=u32(get(VXLAN.ID, b"")),
        remote=ip(found[VXLAN.GROUP])
        if VXLAN.GROUP in found
        else ip(found[VXLAN.GROUP6])
        if VXLAN.GROUP6 in found
        else "",
        local=ip(found[VXLAN.LOCAL])
        if VXLAN.LOCAL in found
        else ip(found[VXLAN.LOCAL6])
        if VXLAN.LOCAL6 in found
        else "",
        port=be(get(VXLAN.PORT, b"")),
        port_low=be(ports[:2]),
        port_high=be(ports[2:4]),
        ttl=u8(get(VXLAN.TTL, b"")),
        tos=u8(get(VXLAN.TOS, b"")),
        learning=bool(u8(get(VXLAN.LEARNING, b""))),
        proxy=bool(u8(get(VXLAN.PROXY, b""))),
        rsc=bool(u8(get(VXLAN.RSC, b""))),
        l2miss=bool(u8(get(VXLAN.L2MISS, b""))),
        l3miss=bool(u8(get(VXLAN.L3MISS, b""))),
        ageing_s=u32(get(VXLAN.AGEING, b"")),
        limit=u32(get(VXLAN.LIMIT, b"")),
        collect_metadata=bool(u8(get(VXLAN.COLLECT_METADATA, b""))),
        gbp=VXLAN.GBP in found,
        udp_csum=bool(u8(get(VXLAN.UDP_CSUM, b""))),
        df=u8(get(VXLAN.DF, b"")),
        vnifilter=bool(u8(get(VXLAN.VNIFILTER, b""))),
        udp_zero_csum6_tx=bool(u8(get(VXLAN.UDP_ZERO_CSUM6_TX, b""))),
        udp_zero_csum6_rx=bool(u8(get(VXLAN.UDP_ZERO_CSUM6_RX, b""))),
        remcsum_tx=bool(u8(get(VXLAN.REMCSUM_TX, b""))),
        remcsum_rx=bool(u8(get(VXLAN.REMCSUM_RX, b""))),
        remcsum_nopartial=VXLAN.REMCSUM_NOPARTIAL in found,
        flow_label=be(get(VXLAN.LABEL, b"")),
        label_policy=u32(get(VXLAN.LABEL_POLICY, b"")),
        gpe=VXLAN.GPE in found,
        ttl_inherit=bool(u8(get(VXLAN.TTL_INHERIT, b""))),
        localbypass=bool(u8(get(VXLAN.LOCALBYPASS, b"\1"))),
        reserved_bits=get(VXLAN.RESERVED_BITS, b"").hex(),
        mc_route=VXLAN.MC_ROUTE in found and found[VXLAN.MC_ROUTE] != b"\0",
    )


def lower(data: bytes) -> int | None:
    """Returns the ifindex of the link on which a vxlan is stacked; None if it has none.

    The ifindex belongs to the namespace that IFLA_LINK_NETNSID names.
    """
    return u32(walk(data).get(VXLAN.LINK, b"")) or None
