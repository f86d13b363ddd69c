"""Parses the IPv4 and IPv6 settings of a link (IFLA_INET_CONF, IFLA_INET6_CONF): arrays of 32-bit numbers."""

from collections.abc import Mapping
from functools import lru_cache

from netviz.model.link import Ipv4Conf, Ipv6Conf
from netviz.uapi.attributes import Unknown, i32, unknown
from netviz.uapi.devconf import DEVCONF, IPV4_DEVCONF
from netviz.uapi.known import known

# Maps a field of Ipv4Conf to its index in IFLA_INET_CONF.
IPV4: Mapping[str, int] = {
    "forwarding": IPV4_DEVCONF.FORWARDING - 1,
    "mc_forwarding": IPV4_DEVCONF.MC_FORWARDING - 1,
    "proxy_arp": IPV4_DEVCONF.PROXY_ARP - 1,
    "accept_redirects": IPV4_DEVCONF.ACCEPT_REDIRECTS - 1,
    "secure_redirects": IPV4_DEVCONF.SECURE_REDIRECTS - 1,
    "send_redirects": IPV4_DEVCONF.SEND_REDIRECTS - 1,
    "shared_media": IPV4_DEVCONF.SHARED_MEDIA - 1,
    "rp_filter": IPV4_DEVCONF.RP_FILTER - 1,
    "accept_source_route": IPV4_DEVCONF.ACCEPT_SOURCE_ROUTE - 1,
    "bootp_relay": IPV4_DEVCONF.BOOTP_RELAY - 1,
    "log_martians": IPV4_DEVCONF.LOG_MARTIANS - 1,
    "tag": IPV4_DEVCONF.TAG - 1,
    "arp_filter": IPV4_DEVCONF.ARPFILTER - 1,
    "medium_id": IPV4_DEVCONF.MEDIUM_ID - 1,
    "disable_xfrm": IPV4_DEVCONF.NOXFRM - 1,
    "disable_policy": IPV4_DEVCONF.NOPOLICY - 1,
    "force_igmp_version": IPV4_DEVCONF.FORCE_IGMP_VERSION - 1,
    "arp_announce": IPV4_DEVCONF.ARP_ANNOUNCE - 1,
    "arp_ignore": IPV4_DEVCONF.ARP_IGNORE - 1,
    "promote_secondaries": IPV4_DEVCONF.PROMOTE_SECONDARIES - 1,
    "arp_accept": IPV4_DEVCONF.ARP_ACCEPT - 1,
    "arp_notify": IPV4_DEVCONF.ARP_NOTIFY - 1,
    "accept_local": IPV4_DEVCONF.ACCEPT_LOCAL - 1,
    "src_valid_mark": IPV4_DEVCONF.SRC_VMARK - 1,
    "proxy_arp_pvlan": IPV4_DEVCONF.PROXY_ARP_PVLAN - 1,
    "route_localnet": IPV4_DEVCONF.ROUTE_LOCALNET - 1,
    "igmpv2_unsolicited_report_interval_ms": IPV4_DEVCONF.IGMPV2_UNSOLICITED_REPORT_INTERVAL - 1,
    "igmpv3_unsolicited_report_interval_ms": IPV4_DEVCONF.IGMPV3_UNSOLICITED_REPORT_INTERVAL - 1,
    "ignore_routes_with_linkdown": IPV4_DEVCONF.IGNORE_ROUTES_WITH_LINKDOWN - 1,
    "drop_unicast_in_l2_multicast": IPV4_DEVCONF.DROP_UNICAST_IN_L2_MULTICAST - 1,
    "drop_gratuitous_arp": IPV4_DEVCONF.DROP_GRATUITOUS_ARP - 1,
    "bc_forwarding": IPV4_DEVCONF.BC_FORWARDING - 1,
    "arp_evict_nocarrier": IPV4_DEVCONF.ARP_EVICT_NOCARRIER - 1,
}

# Maps a field of Ipv6Conf to its index in IFLA_INET6_CONF.
IPV6: Mapping[str, int] = {
    "forwarding": DEVCONF.FORWARDING,
    "hop_limit": DEVCONF.HOPLIMIT,
    "mtu6": DEVCONF.MTU6,
    "accept_ra": DEVCONF.ACCEPT_RA,
    "accept_redirects": DEVCONF.ACCEPT_REDIRECTS,
    "autoconf": DEVCONF.AUTOCONF,
    "dad_transmits": DEVCONF.DAD_TRANSMITS,
    "router_solicitations": DEVCONF.RTR_SOLICITS,
    "router_solicitation_interval_ms": DEVCONF.RTR_SOLICIT_INTERVAL,
    "router_solicitation_delay_ms": DEVCONF.RTR_SOLICIT_DELAY,
    "use_tempaddr": DEVCONF.USE_TEMPADDR,
    "temp_valid_lft_s": DEVCONF.TEMP_VALID_LFT,
    "temp_prefered_lft_s": DEVCONF.TEMP_PREFERED_LFT,
    "regen_max_retry": DEVCONF.REGEN_MAX_RETRY,
    "max_desync_factor_s": DEVCONF.MAX_DESYNC_FACTOR,
    "max_addresses": DEVCONF.MAX_ADDRESSES,
    "force_mld_version": DEVCONF.FORCE_MLD_VERSION,
    "accept_ra_defrtr": DEVCONF.ACCEPT_RA_DEFRTR,
    "accept_ra_pinfo": DEVCONF.ACCEPT_RA_PINFO,
    "accept_ra_rtr_pref": DEVCONF.ACCEPT_RA_RTR_PREF,
    "router_probe_interval_ms": DEVCONF.RTR_PROBE_INTERVAL,
    "accept_ra_rt_info_max_plen": DEVCONF.ACCEPT_RA_RT_INFO_MAX_PLEN,
    "proxy_ndp": DEVCONF.PROXY_NDP,
    "optimistic_dad": DEVCONF.OPTIMISTIC_DAD,
    "accept_source_route": DEVCONF.ACCEPT_SOURCE_ROUTE,
    "mc_forwarding": DEVCONF.MC_FORWARDING,
    "disable_ipv6": DEVCONF.DISABLE_IPV6,
    "accept_dad": DEVCONF.ACCEPT_DAD,
    "force_tllao": DEVCONF.FORCE_TLLAO,
    "ndisc_notify": DEVCONF.NDISC_NOTIFY,
    "mldv1_unsolicited_report_interval_ms": DEVCONF.MLDV1_UNSOLICITED_REPORT_INTERVAL,
    "mldv2_unsolicited_report_interval_ms": DEVCONF.MLDV2_UNSOLICITED_REPORT_INTERVAL,
    "suppress_frag_ndisc": DEVCONF.SUPPRESS_FRAG_NDISC,
    "accept_ra_from_local": DEVCONF.ACCEPT_RA_FROM_LOCAL,
    "use_optimistic": DEVCONF.USE_OPTIMISTIC,
    "accept_ra_mtu": DEVCONF.ACCEPT_RA_MTU,
    "use_oif_addrs_only": DEVCONF.USE_OIF_ADDRS_ONLY,
    "accept_ra_min_hop_limit": DEVCONF.ACCEPT_RA_MIN_HOP_LIMIT,
    "ignore_routes_with_linkdown": DEVCONF.IGNORE_ROUTES_WITH_LINKDOWN,
    "drop_unicast_in_l2_multicast": DEVCONF.DROP_UNICAST_IN_L2_MULTICAST,
    "drop_unsolicited_na": DEVCONF.DROP_UNSOLICITED_NA,
    "keep_addr_on_down": DEVCONF.KEEP_ADDR_ON_DOWN,
    "router_solicitation_max_interval_ms": DEVCONF.RTR_SOLICIT_MAX_INTERVAL,
    "seg6_enabled": DEVCONF.SEG6_ENABLED,
    "seg6_require_hmac": DEVCONF.SEG6_REQUIRE_HMAC,
    "enhanced_dad": DEVCONF.ENHANCED_DAD,
    "disable_policy": DEVCONF.DISABLE_POLICY,
    "accept_ra_rt_info_min_plen": DEVCONF.ACCEPT_RA_RT_INFO_MIN_PLEN,
    "ndisc_tclass": DEVCONF.NDISC_TCLASS,
    "rpl_seg_enabled": DEVCONF.RPL_SEG_ENABLED,
    "ra_defrtr_metric": DEVCONF.RA_DEFRTR_METRIC,
    "ioam6_enabled": DEVCONF.IOAM6_ENABLED,
    "ioam6_id": DEVCONF.IOAM6_ID,
    "ioam6_id_wide": DEVCONF.IOAM6_ID_WIDE,
    "ndisc_evict_nocarrier": DEVCONF.NDISC_EVICT_NOCARRIER,
    "accept_untracked_na": DEVCONF.ACCEPT_UNTRACKED_NA,
    "accept_ra_min_lft_s": DEVCONF.ACCEPT_RA_MIN_LFT,
    "force_forwarding": DEVCONF.FORCE_FORWARDING,
}

_UNSIGNED = ("ra_defrtr_metric", "ioam6_id_wide")


def _settings(raw: bytes, indexes: Mapping[str, int]) -> dict[str, int]:
    return {field: i32(raw[4 * at : 4 * at + 4]) for field, at in indexes.items() if len(raw) >= 4 * at + 4}


@lru_cache(maxsize=256)
def ipv4_conf(raw: bytes) -> Ipv4Conf:
    """Returns the IPv4 settings in IFLA_INET_CONF. A setting that an older kernel does not send keeps its default."""
    return Ipv4Conf(**_settings(raw, IPV4))


@lru_cache(maxsize=256)
def ipv6_conf(raw: bytes, addr_gen_mode: int) -> Ipv6Conf:
    """Returns the IPv6 settings in IFLA_INET6_CONF; the mode of IFLA_INET6_ADDR_GEN_MODE is one of them."""
    settings = _settings(raw, IPV6)
    settings |= {field: settings[field] & 0xFFFF_FFFF for field in _UNSIGNED if field in settings}
    return Ipv6Conf(**settings, addr_gen_mode=addr_gen_mode)


@lru_cache(maxsize=256)
def unread_settings(inet: bytes | None, inet6: bytes | None) -> tuple[Unknown, ...]:
    """Returns the settings that are not known, because the kernel is newer."""
    return (
        *unknown(known(IPV4_DEVCONF), range(1, len(inet or b"") // 4 + 1)),
        *unknown(known(DEVCONF), range(len(inet6 or b"") // 4)),
    )
