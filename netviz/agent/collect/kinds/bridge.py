"""Bridges and their ports (IFLA_BR_*, IFLA_BRPORT_*; net/bridge/br_netlink.c). Times are in hundredths of a second."""

from netviz.model.kinds import BridgeData, BridgePort
from netviz.uapi.attributes import Layouts, be, u8, u16, u32, u64, walk
from netviz.uapi.notation import link_layer, name

_STATES = {0: "disabled", 1: "listening", 2: "learning", 3: "forwarding", 4: "blocking"}


def _bridge_id(raw: bytes) -> str:
    """A bridge's id as bridge(8) writes it: priority, then the MAC."""
    return f"{raw[:2].hex()}.{raw[2:].hex(':')}" if len(raw) == 8 else ""


def bridge(data: bytes) -> BridgeData:
    """A bridge's settings. What runs by itself (its timers) is left out."""
    found = walk(data)
    get = found.get
    options = u32(get(46, b"")[:4])  # struct br_boolopt_multi: values, and a mask of those that are told
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
        mcast_query_use_ifaddr=bool(u8(get(24, b""))),
        mcast_hash_max=u32(get(27, b"")),
        mcast_last_member_count=u32(get(28, b"")),
        mcast_startup_query_count=u32(get(29, b"")),
        mcast_last_member_interval_cs=u64(get(30, b"")),
        mcast_membership_interval_cs=u64(get(31, b"")),
        mcast_querier_interval_cs=u64(get(32, b"")),
        mcast_query_interval_cs=u64(get(33, b"")),
        mcast_query_response_interval_cs=u64(get(34, b"")),
        mcast_startup_query_interval_cs=u64(get(35, b"")),
        mcast_stats=bool(u8(get(42, b""))),
        mcast_igmp_version=u8(get(43, b"")),
        mcast_mld_version=u8(get(44, b"")),
        mcast_vlan_snooping=bool(options & 2),
        vlan_stats=bool(u8(get(41, b""))),
        vlan_stats_per_port=bool(u8(get(45, b""))),
        no_linklocal_learn=bool(options & 1),
        nf_call_iptables=bool(u8(get(36, b""))),
        nf_call_ip6tables=bool(u8(get(37, b""))),
        nf_call_arptables=bool(u8(get(38, b""))),
        fdb_max_learned=u32(get(49, b"")),
    )


# The order of these is the order of `_port`'s arguments.
_port_data = Layouts(
    "",
    {
        1: "B",  # STATE
        18: "H",  # NO
        3: "I",  # COST
        2: "H",  # PRIORITY
        4: "B",  # MODE (hairpin)
        5: "B",  # GUARD
        6: "B",  # PROTECT (root block)
        7: "B",  # FAST_LEAVE
        8: "B",  # LEARNING
        9: "B",  # UNICAST_FLOOD
        27: "B",  # MCAST_FLOOD
        30: "B",  # BCAST_FLOOD
        28: "B",  # MCAST_TO_UCAST
        25: "B",  # MULTICAST_ROUTER
        10: "B",  # PROXYARP
        12: "B",  # PROXYARP_WIFI
        32: "B",  # NEIGH_SUPPRESS
        29: "B",  # VLAN_TUNNEL
        33: "B",  # ISOLATED
        39: "B",  # LOCKED
        40: "B",  # MAB
        31: "H",  # GROUP_FWD_MASK
        34: "I",  # BACKUP_PORT
        13: "s",  # ROOT_ID
        14: "s",  # BRIDGE_ID
        15: "H",  # DESIGNATED_PORT
        16: "H",  # DESIGNATED_COST
    },
)


def port(data: bytes) -> BridgePort:
    """A port's settings. A field that an older kernel does not send keeps its default."""
    return _port(*_port_data(data))


def _on(value: int | None, default: bool = False) -> bool:
    return default if value is None else value != 0


def _port(
    state: int | None,
    number: int | None,
    cost: int | None,
    priority: int | None,
    hairpin: int | None,
    guard: int | None,
    root_block: int | None,
    fast_leave: int | None,
    learning: int | None,
    flood: int | None,
    mcast_flood: int | None,
    bcast_flood: int | None,
    mcast_to_unicast: int | None,
    mcast_router: int | None,
    proxy_arp: int | None,
    proxy_arp_wifi: int | None,
    neigh_suppress: int | None,
    vlan_tunnel: int | None,
    isolated: int | None,
    locked: int | None,
    mab: int | None,
    group_fwd_mask: int | None,
    backup_port: int | None,
    root_id: bytes | None,
    bridge_id: bytes | None,
    designated_port: int | None,
    designated_cost: int | None,
) -> BridgePort:
    return BridgePort(
        name(_STATES, state or 0),
        number or 0,
        cost or 0,
        priority or 0,
        _on(hairpin),
        _on(guard),
        _on(root_block),
        _on(fast_leave),
        _on(learning, True),
        _on(flood, True),
        _on(mcast_flood, True),
        _on(bcast_flood, True),
        _on(mcast_to_unicast),
        1 if mcast_router is None else mcast_router,
        _on(proxy_arp),
        _on(proxy_arp_wifi),
        _on(neigh_suppress),
        _on(vlan_tunnel),
        _on(isolated),
        _on(locked),
        _on(mab),
        group_fwd_mask or 0,
        backup_port or None,
        _bridge_id(root_id or b""),
        _bridge_id(bridge_id or b""),
        designated_port or 0,
        designated_cost or 0,
    )
