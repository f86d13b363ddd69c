"""Links: network devices, with the attributes that the kernel reports by RTM_GETLINK (rtnetlink(7), ip-link(8))."""

from typing import ClassVar

from netviz.model.entity import Entity, LinkRef, Note
from netviz.model.kinds import LinkData, PortData
from netviz.model.value import value


@value
class Ipv4Conf:
    """The IPv4 settings of a link (IFLA_AF_SPEC; names of net.ipv4.conf in ip-sysctl.rst, with the unit of a time)."""

    forwarding: int = 0
    rp_filter: int = 0
    accept_local: int = 0
    route_localnet: int = 0
    src_valid_mark: int = 0
    proxy_arp: int = 0
    proxy_arp_pvlan: int = 0
    arp_filter: int = 0
    arp_announce: int = 0
    arp_ignore: int = 0
    arp_accept: int = 0
    send_redirects: int = 1
    accept_redirects: int = 1
    accept_source_route: int = 0
    ignore_routes_with_linkdown: int = 0
    drop_gratuitous_arp: int = 0
    log_martians: int = 0
    mc_forwarding: int = 0
    secure_redirects: int = 1
    shared_media: int = 1
    bootp_relay: int = 0
    tag: int = 0
    medium_id: int = 0
    disable_xfrm: int = 0
    disable_policy: int = 0
    force_igmp_version: int = 0
    promote_secondaries: int = 0
    arp_notify: int = 0
    igmpv2_unsolicited_report_interval_ms: int = 10000
    igmpv3_unsolicited_report_interval_ms: int = 1000
    drop_unicast_in_l2_multicast: int = 0
    bc_forwarding: int = 0
    arp_evict_nocarrier: int = 1


@value
class Ipv6Conf:
    """The IPv6 settings of a link (IFLA_AF_SPEC; names of net.ipv6.conf in ip-sysctl.rst, with the unit of a time).

    The secret of stable addresses (stable_secret) is never read.
    """

    disable_ipv6: int = 0
    forwarding: int = 0
    accept_ra: int = 1
    autoconf: int = 1
    proxy_ndp: int = 0
    accept_redirects: int = 1
    accept_source_route: int = 0
    addr_gen_mode: int = 0
    hop_limit: int = 64
    mtu6: int = 0
    seg6_enabled: int = 0
    rpl_seg_enabled: int = 0
    ignore_routes_with_linkdown: int = 0
    dad_transmits: int = 1
    router_solicitations: int = -1
    router_solicitation_interval_ms: int = 4000
    router_solicitation_delay_ms: int = 1000
    use_tempaddr: int = 0
    temp_valid_lft_s: int = 604800
    temp_prefered_lft_s: int = 86400
    regen_max_retry: int = 3
    max_desync_factor_s: int = 600
    max_addresses: int = 16
    force_mld_version: int = 0
    accept_ra_defrtr: int = 1
    accept_ra_pinfo: int = 1
    accept_ra_rtr_pref: int = 1
    router_probe_interval_ms: int = 60000
    accept_ra_rt_info_max_plen: int = 0
    optimistic_dad: int = 0
    mc_forwarding: int = 0
    accept_dad: int = 1
    force_tllao: int = 0
    ndisc_notify: int = 0
    mldv1_unsolicited_report_interval_ms: int = 10000
    mldv2_unsolicited_report_interval_ms: int = 1000
    suppress_frag_ndisc: int = 1
    accept_ra_from_local: int = 0
    use_optimistic: int = 0
    accept_ra_mtu: int = 1
    use_oif_addrs_only: int = 0
    accept_ra_min_hop_limit: int = 1
    drop_unicast_in_l2_multicast: int = 0
    drop_unsolicited_na: int = 0
    keep_addr_on_down: int = 0
    router_solicitation_max_interval_ms: int = 3600000
    seg6_require_hmac: int = 0
    enhanced_dad: int = 1
    disable_policy: int = 0
    accept_ra_rt_info_min_plen: int = 0
    ndisc_tclass: int = 0
    ra_defrtr_metric: int = 1024
    ioam6_enabled: int = 0
    ioam6_id: int = 65535
    ioam6_id_wide: int = 0xFFFF_FFFF
    ndisc_evict_nocarrier: int = 1
    accept_untracked_na: int = 0
    accept_ra_min_lft_s: int = 0
    force_forwarding: int = 0


@value
class Xdp:
    """An XDP program on a link: where it is attached (driver, generic, offload), its kernel id, its name.

    The name is the kernel's (BPF_OBJ_NAME_LEN: 15 bytes), empty if it cannot be queried (needs CAP_SYS_ADMIN).
    """

    mode: str
    program: int
    name: str = ""


@value
class Link(Entity):
    """A network device of a namespace.

    `kind` is the kernel's name of the link's kind (IFLA_INFO_KIND); if the kernel reports none, it is "loopback" or
    "physical". `admin_up` is IFF_UP, `carrier` IFF_LOWER_UP, `operstate` that of RFC 2863. `address` is the link-layer
    address. `master` is an ifindex of the same namespace. `peer` is the other end of a veth or another pair, set only
    if both ends name each other; `lower` is the link on which this one is stacked. `beyond_sight` means that the peer
    or lower link is in a namespace that is not visible to the agent. `bus` and `device` locate a physical device.
    `data` has the settings that only links of this kind have. `port` has the settings that the link has because it is a
    port of its master. `switch` and `port_id` identify the switch and the port of a hardware port.
    `proto_down_reasons` are bit numbers. Of a link that is `netns_immutable`, the namespace cannot be changed.
    """

    TAG: ClassVar[str] = "link"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    ifname: str
    kind: str
    arptype: int = 1
    flags: int = 0
    admin_up: bool = False
    carrier: bool = False
    operstate: str = "unknown"
    address: str = ""
    broadcast: str = ""
    permanent_address: str = ""
    altnames: tuple[str, ...] = ()
    ifalias: str = ""
    mtu: int = 0
    min_mtu: int = 0
    max_mtu: int = 0
    qdisc: str = ""
    tx_queue_length: int = 0
    tx_queues: int = 1
    rx_queues: int = 1
    group: int = 0
    promiscuity: int = 0
    link_mode: int = 0
    gso_max_size: int = 0
    bus: str = ""
    device: str = ""
    port_name: str = ""
    proto_down: bool = False
    master: int | None = None
    peer: LinkRef | None = None
    lower: LinkRef | None = None
    beyond_sight: bool = False
    xdp: tuple[Xdp, ...] = ()
    data: LinkData | None = None
    port: PortData | None = None
    ipv4: Ipv4Conf | None = None
    ipv6: Ipv6Conf | None = None
    notes: tuple[Note, ...] = ()
    allmulti: int = 0
    gso_max_segs: int = 0
    gso_ipv4_max_size: int = 0
    gro_max_size: int = 0
    gro_ipv4_max_size: int = 0
    tso_max_size: int = 0
    tso_max_segs: int = 0
    headroom: int = 0
    tailroom: int = 0
    max_pacing_horizon_ns: int = 0
    proto_down_reasons: tuple[int, ...] = ()
    switch: str = ""
    port_id: str = ""
    netns_immutable: bool = False

    @property
    def ref(self) -> LinkRef:
        """A reference to this link: its namespace and ifindex."""
        return LinkRef(self.ns, self.ifindex)
