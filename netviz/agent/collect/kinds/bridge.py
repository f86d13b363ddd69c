"""Parses bridges and their ports (IFLA_BR_*, IFLA_BRPORT_*; net/bridge/br_netlink.c). Times are in units of 10 ms."""

from netviz.model.bridges import BridgeData, BridgePort
from netviz.uapi.attributes import Layouts, be, u8, u16, u32, u64, walk
from netviz.uapi.if_bridge import BR, BRPORT
from netviz.uapi.notation import link_layer, name

_STATES = {0: "disabled", 1: "listening", 2: "learning", 3: "forwarding", 4: "blocking"}


def _bridge_id(raw: bytes) -> str:
    """Returns a bridge id as bridge(8) writes it: priority, then MAC address."""
    return f"{raw[:2].hex()}.{raw[2:].hex(':')}" if len(raw) == 8 else ""


def bridge(data: bytes) -> BridgeData:
    """Returns the settings of a bridge. Its timers change by themselves and are left out."""
    found = walk(data)
    get = found.get
    options = u32(get(BR.MULTI_BOOLOPT, b"")[:4])  # struct br_boolopt_multi: values, and a mask of the valid ones
    return BridgeData(
        bridge_id=_bridge_id(get(BR.BRIDGE_ID, b"")),
        root_id=_bridge_id(get(BR.ROOT_ID, b"")),
        root_port=u16(get(BR.ROOT_PORT, b"")),
        root_path_cost=u32(get(BR.ROOT_PATH_COST, b"")),
        priority=u16(get(BR.PRIORITY, b"")),
        stp=bool(u32(get(BR.STP_STATE, b""))),
        forward_delay_cs=u32(get(BR.FORWARD_DELAY, b"")),
        hello_time_cs=u32(get(BR.HELLO_TIME, b"")),
        max_age_cs=u32(get(BR.MAX_AGE, b"")),
        ageing_time_cs=u32(get(BR.AGEING_TIME, b"")),
        group_fwd_mask=u16(get(BR.GROUP_FWD_MASK, b"")),
        group_address=link_layer(get(BR.GROUP_ADDR, b"")),
        vlan_filtering=bool(u8(get(BR.VLAN_FILTERING, b""))),
        vlan_protocol=be(get(BR.VLAN_PROTOCOL, b"\x81\0")),
        vlan_default_pvid=u16(get(BR.VLAN_DEFAULT_PVID, b"")),
        mcast_snooping=bool(u8(get(BR.MCAST_SNOOPING, b""))),
        mcast_querier=bool(u8(get(BR.MCAST_QUERIER, b""))),
        mcast_router=u8(get(BR.MCAST_ROUTER, b"")),
        mcast_query_use_ifaddr=bool(u8(get(BR.MCAST_QUERY_USE_IFADDR, b""))),
        mcast_hash_max=u32(get(BR.MCAST_HASH_MAX, b"")),
        mcast_last_member_count=u32(get(BR.MCAST_LAST_MEMBER_CNT, b"")),
        mcast_startup_query_count=u32(get(BR.MCAST_STARTUP_QUERY_CNT, b"")),
        mcast_last_member_interval_cs=u64(get(BR.MCAST_LAST_MEMBER_INTVL, b"")),
        mcast_membership_interval_cs=u64(get(BR.MCAST_MEMBERSHIP_INTVL, b"")),
        mcast_querier_interval_cs=u64(get(BR.MCAST_QUERIER_INTVL, b"")),
        mcast_query_interval_cs=u64(get(BR.MCAST_QUERY_INTVL, b"")),
        mcast_query_response_interval_cs=u64(get(BR.MCAST_QUERY_RESPONSE_INTVL, b"")),
        mcast_startup_query_interval_cs=u64(get(BR.MCAST_STARTUP_QUERY_INTVL, b"")),
        mcast_stats=bool(u8(get(BR.MCAST_STATS_ENABLED, b""))),
        mcast_igmp_version=u8(get(BR.MCAST_IGMP_VERSION, b"")),
        mcast_mld_version=u8(get(BR.MCAST_MLD_VERSION, b"")),
        mcast_vlan_snooping=bool(options & 2),
        vlan_stats=bool(u8(get(BR.VLAN_STATS_ENABLED, b""))),
        vlan_stats_per_port=bool(u8(get(BR.VLAN_STATS_PER_PORT, b""))),
        no_linklocal_learn=bool(options & 1),
        mst_enabled=bool(options & 4),
        mdb_offload_fail_notification=bool(options & 8),
        fdb_local_vlan_0=bool(options & 16),
        nf_call_iptables=bool(u8(get(BR.NF_CALL_IPTABLES, b""))),
        nf_call_ip6tables=bool(u8(get(BR.NF_CALL_IP6TABLES, b""))),
        nf_call_arptables=bool(u8(get(BR.NF_CALL_ARPTABLES, b""))),
        fdb_max_learned=u32(get(BR.FDB_MAX_LEARNED, b"")),
    )


# `_port` receives the values of these attributes by position, so the order here is the order of its parameters.
_port_data = Layouts(
    "",
    {
        BRPORT.STATE: "B",
        BRPORT.NO: "H",
        BRPORT.COST: "I",
        BRPORT.PRIORITY: "H",
        BRPORT.MODE: "B",
        BRPORT.GUARD: "B",
        BRPORT.PROTECT: "B",
        BRPORT.FAST_LEAVE: "B",
        BRPORT.LEARNING: "B",
        BRPORT.UNICAST_FLOOD: "B",
        BRPORT.MCAST_FLOOD: "B",
        BRPORT.BCAST_FLOOD: "B",
        BRPORT.MCAST_TO_UCAST: "B",
        BRPORT.MULTICAST_ROUTER: "B",
        BRPORT.PROXYARP: "B",
        BRPORT.PROXYARP_WIFI: "B",
        BRPORT.NEIGH_SUPPRESS: "B",
        BRPORT.VLAN_TUNNEL: "B",
        BRPORT.ISOLATED: "B",
        BRPORT.LOCKED: "B",
        BRPORT.MAB: "B",
        BRPORT.GROUP_FWD_MASK: "H",
        BRPORT.BACKUP_PORT: "I",
        BRPORT.ROOT_ID: "s",
        BRPORT.BRIDGE_ID: "s",
        BRPORT.DESIGNATED_PORT: "H",
        BRPORT.DESIGNATED_COST: "H",
        BRPORT.MCAST_EHT_HOSTS_LIMIT: "I",
        BRPORT.MCAST_MAX_GROUPS: "I",
        BRPORT.NEIGH_VLAN_SUPPRESS: "B",
        BRPORT.BACKUP_NHID: "I",
    },
)


def port(data: bytes) -> BridgePort:
    """Returns the settings of a bridge port. A field that an older kernel does not send keeps its default."""
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
    eht_hosts_limit: int | None,
    max_groups: int | None,
    neigh_vlan_suppress: int | None,
    backup_nhid: int | None,
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
        512 if eht_hosts_limit is None else eht_hosts_limit,
        max_groups or 0,
        _on(neigh_vlan_suppress),
        backup_nhid or None,
    )
