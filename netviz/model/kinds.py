"""Data that a link has because of its kind (IFLA_INFO_DATA), or because of its master's kind (IFLA_INFO_SLAVE_DATA).

Source: include/uapi/linux/if_link.h and ip-link(8). The suffix of a field's name is its unit. Names that end in `_cs`
are times of a bridge, in hundredths of a second as the kernel reports them. Values that change by themselves (timers,
counts) are left out.
"""

from typing import Annotated, ClassVar

from netviz.model.entity import Tagged
from netviz.model.sizes import MaxLength
from netviz.model.value import value

Hex = Annotated[str, MaxLength(131_072)]


@value
class VethData(Tagged):
    """A veth. It has no settings of its own."""

    TAG: ClassVar[str] = "veth"


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
    nf_call_iptables: bool = False
    nf_call_ip6tables: bool = False
    nf_call_arptables: bool = False
    fdb_max_learned: int = 0


@value
class QosMap:
    """A mapping of one priority of a VLAN link to another.

    Ingress: from the priority in the VLAN tag to the packet's priority in the kernel. Egress: from the packet's
    priority to the priority in the tag.
    """

    source: int
    target: int


@value
class VlanData(Tagged):
    """A VLAN link (IFLA_VLAN_*): VLAN id, protocol of the tag (0x8100 or 0x88a8), flags, priority mappings."""

    TAG: ClassVar[str] = "vlan"

    vid: int
    protocol: int = 0x8100
    flags: int = 0
    ingress_qos: tuple[QosMap, ...] = ()
    egress_qos: tuple[QosMap, ...] = ()


@value
class MacvlanData(Tagged):
    """A macvlan or macvtap (IFLA_MACVLAN_*): mode as in ip-link(8), flags, allowed source MACs (mode "source")."""

    TAG: ClassVar[str] = "macvlan"

    mode: str
    flags: int = 0
    sources: tuple[str, ...] = ()


@value
class IpvlanData(Tagged):
    """An ipvlan (IFLA_IPVLAN_*): mode as in ip-link(8), flags."""

    TAG: ClassVar[str] = "ipvlan"

    mode: str
    flags: int = 0


@value
class VxlanData(Tagged):
    """A vxlan (IFLA_VXLAN_*): network id, remote and local address, UDP ports."""

    TAG: ClassVar[str] = "vxlan"

    vni: int
    remote: str = ""
    local: str = ""
    port: int = 0
    port_low: int = 0
    port_high: int = 0
    ttl: int = 0
    tos: int = 0
    learning: bool = True
    proxy: bool = False
    rsc: bool = False
    l2miss: bool = False
    l3miss: bool = False
    ageing_s: int = 0
    limit: int = 0
    collect_metadata: bool = False
    gbp: bool = False
    udp_csum: bool = False
    df: int = 0
    vnifilter: bool = False


@value
class TunData(Tagged):
    """A tun or tap device (IFLA_TUN_*). `owner` and `group` are the user and group that may open it; None means any."""

    TAG: ClassVar[str] = "tun"

    mode: str
    owner: int | None = None
    group: int | None = None
    packet_info: bool = False
    vnet_header: bool = False
    persist: bool = False
    multi_queue: bool = False
    queues: int = 0


@value
class BondData(Tagged):
    """A bond (IFLA_BOND_*): mode and policies as in ip-link(8), intervals in ms."""

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


@value
class VrfData(Tagged):
    """The settings of a VRF (IFLA_VRF_*): the routing table of its ports."""

    TAG: ClassVar[str] = "vrf"

    table: int


@value
class TunnelData(Tagged):
    """An IP tunnel (gre, ipip, sit, ip6tnl, vti, geneve): the addresses of its ends (empty for any), keys, TTL and
    more.

    `protocol` is the IP protocol number of the payload, 0 for any; `erspan_version` and `erspan_index` belong to an
    ERSPAN session; `encap_limit` is the tunnel encapsulation limit of IPv6 (None if not reported); `flow_label` is the
    flow label of the outer IPv6 packets, if it is fixed.
    """

    TAG: ClassVar[str] = "tunnel"

    local: str = ""
    remote: str = ""
    ttl: int = 0
    tos: int = 0
    ikey: str = ""
    okey: str = ""
    vni: int | None = None
    port: int = 0
    collect_metadata: bool = False
    pmtudisc: bool = False
    protocol: int = 0
    encap_limit: int | None = None
    flow_label: int = 0
    erspan_version: int | None = None
    erspan_index: int = 0


@value
class XfrmData(Tagged):
    """An IPsec interface (IFLA_XFRM_*): the if_id of the IPsec policies and states that belong to it."""

    TAG: ClassVar[str] = "xfrm"

    if_id: int
    collect_metadata: bool = False


@value
class OpaqueData(Tagged):
    """Data of a link whose kind netviz does not decode: the bytes of IFLA_INFO_DATA in hexadecimal.

    Data that may contain secret keys is never stored in this form.
    """

    TAG: ClassVar[str] = "opaque"

    raw: Hex


LinkData = (
    VethData
    | BridgeData
    | VlanData
    | MacvlanData
    | IpvlanData
    | VxlanData
    | TunData
    | BondData
    | VrfData
    | TunnelData
    | XfrmData
    | OpaqueData
)


@value
class BridgePort(Tagged):
    """A link as a port of a bridge (IFLA_BRPORT_*): state as in bridge(8), STP cost, flooding and learning."""

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


@value
class BondPort(Tagged):
    """A link as a port of a bond (IFLA_BOND_SLAVE_*): active or backup, MII status, permanent address."""

    TAG: ClassVar[str] = "bond_port"

    state: str
    mii_status: str = ""
    link_failures: int = 0
    permanent_address: str = ""
    queue_id: int = 0


@value
class OpaquePort(Tagged):
    """Undecoded data of a link as a port of a master.

    `kind` is the kind of the master, `raw` the bytes of IFLA_INFO_SLAVE_DATA in hexadecimal.
    """

    TAG: ClassVar[str] = "opaque_port"

    kind: str
    raw: Hex = ""


@value
class VrfPort(Tagged):
    """A link as a port of a VRF (IFLA_VRF_PORT_TABLE): the routing table for its packets."""

    TAG: ClassVar[str] = "vrf_port"

    table: int


PortData = BridgePort | BondPort | VrfPort | OpaquePort
