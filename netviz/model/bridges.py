"""Data of bridges and bonds, and of links that are ports of a bridge or a bond.

Source: include/uapi/linux/if_link.h and ip-link(8). Names that end in `_cs` are times of a bridge, in hundredths of a
second as the kernel reports them.
"""

from typing import ClassVar

from netviz.model.entity import Tagged
from netviz.model.value import value


@value
class BridgeData(Tagged):
    """The settings of a bridge (IFLA_BR_*)."""

    TAG: ClassVar[str] = "bridge"

    bridge_id: str = ""
    root_id: str = ""
    root_port: int = 0
    root_path_cost: int = 0
    priority: int = 32768
    stp: bool = False
    forward_delay_cs: int = 1500
    hello_time_cs: int = 200
    max_age_cs: int = 2000
    ageing_time_cs: int = 30000
    group_fwd_mask: int = 0
    group_address: str = ""
    vlan_filtering: bool = False
    vlan_protocol: int = 0x8100
    vlan_default_pvid: int = 1
    mcast_snooping: bool = True
    mcast_querier: bool = False
    mcast_router: int = 1
    mcast_query_use_ifaddr: bool = False
    mcast_hash_max: int = 4096
    mcast_last_member_count: int = 2
    mcast_startup_query_count: int = 2
    mcast_last_member_interval_cs: int = 100
    mcast_membership_interval_cs: int = 26000
    mcast_querier_interval_cs: int = 25500
    mcast_query_interval_cs: int = 12500
    mcast_query_response_interval_cs: int = 1000
    mcast_startup_query_interval_cs: int = 3125
    mcast_stats: bool = False
    mcast_igmp_version: int = 2
    mcast_mld_version: int = 1
    mcast_vlan_snooping: bool = False
    vlan_stats: bool = False
    vlan_stats_per_port: bool = False
    no_linklocal_learn: bool = False
    mst_enabled: bool = False
    mdb_offload_fail_notification: bool = False
    fdb_local_vlan_0: bool = False
    nf_call_iptables: bool = False
    nf_call_ip6tables: bool = False
    nf_call_arptables: bool = False
    fdb_max_learned: int = 0


@value
class BridgePort(Tagged):
    """A link as a port of a bridge (IFLA_BRPORT_*): state as in bridge(8), STP cost, flooding and learning.

    While the port is down, its frames leave by `backup_port`; with `backup_nhid`, as this nexthop object says.
    """

    TAG: ClassVar[str] = "bridge_port"

    state: str
    number: int = 0
    cost: int = 0
    priority: int = 0
    hairpin: bool = False
    guard: bool = False
    root_block: bool = False
    fast_leave: bool = False
    learning: bool = True
    flood: bool = True
    mcast_flood: bool = True
    bcast_flood: bool = True
    mcast_to_unicast: bool = False
    mcast_router: int = 1
    proxy_arp: bool = False
    proxy_arp_wifi: bool = False
    neigh_suppress: bool = False
    vlan_tunnel: bool = False
    isolated: bool = False
    locked: bool = False
    mab: bool = False
    group_fwd_mask: int = 0
    backup_port: int | None = None
    designated_root: str = ""
    designated_bridge: str = ""
    designated_port: int = 0
    designated_cost: int = 0
    mcast_eht_hosts_limit: int = 512
    mcast_max_groups: int = 0
    neigh_vlan_suppress: bool = False
    backup_nhid: int | None = None


@value
class BondData(Tagged):
    """A bond (IFLA_BOND_*): mode and policies as in ip-link(8), intervals in ms, `learning_interval_s` in seconds.

    The fields that begin with `ad_` belong to LACP. The last of them say what both sides agreed on: the active
    aggregator, its number of ports, its keys, and the address of the other side (None and empty without LACP).
    """

    TAG: ClassVar[str] = "bond"

    mode: str
    active_port: int | None = None
    miimon_ms: int = 0
    updelay_ms: int = 0
    downdelay_ms: int = 0
    xmit_hash_policy: str = ""
    lacp_rate: str = ""
    primary: int | None = None
    primary_reselect: str = ""
    fail_over_mac: str = ""
    min_links: int = 0
    arp_interval_ms: int = 0
    arp_targets: tuple[str, ...] = ()
    use_carrier: bool = True
    arp_validate: str = ""
    arp_all_targets: str = ""
    resend_igmp: int = 1
    peer_notifications: int = 1
    peer_notify_delay_ms: int = 0
    all_ports_active: bool = False
    learning_interval_s: int = 1
    packets_per_port: int = 1
    tlb_dynamic_lb: bool = True
    missed_max: int = 2
    ns_targets: tuple[str, ...] = ()
    ad_select: str = ""
    ad_lacp_active: bool = True
    ad_actor_system_priority: int | None = None
    ad_actor_system: str = ""
    ad_user_port_key: int | None = None
    ad_coupled_control: bool = True
    broadcast_neighbours: bool = False
    ad_aggregator: int | None = None
    ad_ports: int | None = None
    ad_actor_key: int | None = None
    ad_partner_key: int | None = None
    ad_partner: str = ""


@value
class BondPort(Tagged):
    """A link as a port of a bond (IFLA_BOND_SLAVE_*): active or backup, MII status, permanent address.

    The fields that begin with `ad_` belong to LACP and are None without it: the aggregator, the states of both sides
    (IEEE 802.1AX), the port's priority.
    """

    TAG: ClassVar[str] = "bond_port"

    state: str
    mii_status: str = ""
    link_failures: int = 0
    permanent_address: str = ""
    queue_id: int = 0
    priority: int = 0
    ad_aggregator: int | None = None
    ad_actor_state: int | None = None
    ad_partner_state: int | None = None
    ad_port_priority: int | None = None
