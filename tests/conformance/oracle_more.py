"""Further rows of the tables in `tests.conformance.oracle`: settings that are rarely used, and newer ones.

A side is None if the reader of this machine does not report the field. A field that neither reports has a test of its
own, which is named beside it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from netviz.model.bridges import BondData, BondPort, BridgeData, BridgePort
from netviz.model.kinds import MacsecData, MacvlanData, NetkitData, OvpnData, TunData, TunnelData, VxlanData

Side = Callable[[Mapping[str, Any]], Any] | None
Rows = Mapping[str, tuple[Side, Side]]

_VALIDATE = ("none", "active", "backup", "all", "filter", "filter_active", "filter_backup")
_DF = {"unset": 0, "set": 1, "inherit": 2}
_SELECT = ("stable", "bandwidth", "count")

# tests/agent/test_collected.py makes the messages that no kernel here sends.
_MADE: tuple[Side, Side] = (None, None)


def same(*keys: str) -> Side:
    """Returns the value under the first of these keys."""
    return lambda data: next((data[key] for key in keys if key in data), None)


def truth(key: str) -> Side:
    """Returns whether the value is not 0."""
    return lambda data: None if data.get(key) is None else data[key] not in (0, False, "off", "0")


def number(key: str) -> Side:
    """Returns the value as a number, which may be written in hexadecimal."""
    return lambda data: int(data[key], 0) if isinstance(data.get(key), str) else data.get(key)


def nth(key: str, names: tuple[str, ...]) -> Side:
    """Returns the name of a number; a name stays as it is."""

    def side(data: Mapping[str, Any]) -> Any:
        found = data.get(key)
        return names[found] if isinstance(found, int) else found

    return side


def within(key: str, name: str) -> Side:
    """Returns a value inside another one."""
    return lambda data: data[key].get(name) if isinstance(data.get(key), dict) else None


def listed(name: str) -> Side:
    """Returns a list of values; a reader may omit the list for a single one."""

    def side(data: Mapping[str, Any]) -> Any:
        found = data.get(name)
        return None if found is None else tuple(found if isinstance(found, list) else [found])

    return side


def encap_port(name: str) -> Side:
    """Returns a port of the encapsulation in UDP."""

    def side(data: Mapping[str, Any]) -> Any:
        found = data.get("encap", {}).get(name)
        return found or None

    return side


def flags(**bits: int) -> Side:
    """Returns flags of a GRE header, of which ip prints each as a word, and the key as a value."""
    return lambda data: sum(bit for name, bit in bits.items() if data.get(name.replace("_", "-")) or data.get(name))


def six_rd(prefix: str, length: str) -> Side:
    """Returns a prefix of 6rd."""
    return lambda data: f"{data[prefix]}/{data[length]}" if prefix in data else None


MORE: Mapping[type, Rows] = {
    BridgeData: {
        "mst_enabled": _MADE,
        "mdb_offload_fail_notification": _MADE,
        "fdb_local_vlan_0": _MADE,
    },
    BridgePort: {
        "mcast_eht_hosts_limit": (same("MCAST_EHT_HOSTS_LIMIT"), same("mcast_eht_hosts_limit")),
        "mcast_max_groups": (same("MCAST_MAX_GROUPS"), same("mcast_max_groups")),
        "neigh_vlan_suppress": (truth("NEIGH_VLAN_SUPPRESS"), truth("neigh_vlan_suppress")),
        "backup_nhid": (same("BACKUP_NHID"), same("backup_nhid")),
    },
    BondData: {
        "use_carrier": (truth("USE_CARRIER"), truth("use_carrier")),
        "arp_validate": (nth("ARP_VALIDATE", _VALIDATE), lambda data: data.get("arp_validate") or None),
        "arp_all_targets": (nth("ARP_ALL_TARGETS", ("any", "all")), same("arp_all_targets")),
        "resend_igmp": (same("RESEND_IGMP"), same("resend_igmp")),
        "peer_notifications": (same("NUM_PEER_NOTIF"), same("num_peer_notif")),
        "peer_notify_delay_ms": (same("PEER_NOTIF_DELAY"), same("peer_notify_delay")),
        "all_ports_active": (truth("ALL_SLAVES_ACTIVE"), truth("all_slaves_active")),
        "learning_interval_s": (same("LP_INTERVAL"), same("lp_interval")),
        "packets_per_port": (same("PACKETS_PER_SLAVE"), same("packets_per_slave")),
        "tlb_dynamic_lb": (truth("TLB_DYNAMIC_LB"), truth("tlb_dynamic_lb")),
        "missed_max": (same("MISSED_MAX"), same("arp_missed_max")),
        "ns_targets": (None, listed("ns_ip6_target")),
        "ad_select": (nth("AD_SELECT", _SELECT), same("ad_select")),
        "ad_lacp_active": (truth("AD_LACP_ACTIVE"), truth("ad_lacp_active")),
        "ad_actor_system_priority": (same("AD_ACTOR_SYS_PRIO"), same("ad_actor_sys_prio")),
        "ad_actor_system": (same("AD_ACTOR_SYSTEM"), same("ad_actor_system")),
        "ad_user_port_key": (same("AD_USER_PORT_KEY"), same("ad_user_port_key")),
        "ad_coupled_control": _MADE,
        "broadcast_neighbours": _MADE,
        "ad_aggregator": (None, within("ad_info", "aggregator")),
        "ad_ports": (None, within("ad_info", "num_ports")),
        "ad_actor_key": (None, within("ad_info", "actor_key")),
        "ad_partner_key": (None, within("ad_info", "partner_key")),
        "ad_partner": (None, within("ad_info", "partner_mac")),
    },
    BondPort: {
        "priority": (None, same("prio")),
        "ad_aggregator": (same("SLAVE_AD_AGGREGATOR_ID"), same("ad_aggregator_id")),
        "ad_actor_state": (same("SLAVE_AD_ACTOR_OPER_PORT_STATE"), same("ad_actor_oper_port_state")),
        "ad_partner_state": (same("SLAVE_AD_PARTNER_OPER_PORT_STATE"), same("ad_partner_oper_port_state")),
        "ad_port_priority": _MADE,
    },
    MacvlanData: {
        "broadcast_queue": (None, same("bcqueuelen")),
        "broadcast_queue_used": (None, same("usedbcqueuelen")),
        "broadcast_cutoff": _MADE,  # test_newer_attributes.py
    },
    VxlanData: {
        "udp_zero_csum6_tx": (truth("UDP_ZERO_CSUM6_TX"), truth("udp_zero_csum6_tx")),
        "udp_zero_csum6_rx": (truth("UDP_ZERO_CSUM6_RX"), truth("udp_zero_csum6_rx")),
        "remcsum_tx": (truth("REMCSUM_TX"), truth("remcsum_tx")),
        "remcsum_rx": (truth("REMCSUM_RX"), truth("remcsum_rx")),
        "remcsum_nopartial": (None, truth("remcsum_nopartial")),
        "flow_label": (None, number("label")),
        "label_policy": _MADE,
        "gpe": (None, truth("gpe")),
        "ttl_inherit": (None, None),
        "localbypass": _MADE,  # test_newer_attributes.py
        "reserved_bits": _MADE,  # test_newer_attributes.py
        "mc_route": _MADE,
    },
    TunData: {"disabled_queues": (same("NUM_DISABLED_QUEUES"), same("numdisabled"))},
    TunnelData: {
        "erspan_direction": (None, lambda data: {"ingress": 0, "egress": 1}.get(data.get("erspan_dir", ""))),
        "erspan_hardware": (None, number("erspan_hwid")),
        "input_flags": (same("IFLAGS"), None),
        "output_flags": (same("OFLAGS"), None),
        "flags": _MADE,
        "ignore_df": (truth("IGNORE_DF"), truth("ignore_df")),
        "fwmark": (same("FWMARK"), number("fwmark")),
        "encap": (None, within("encap", "type")),
        "encap_flags": (same("ENCAP_FLAGS"), None),
        "source_port": (None, encap_port("sport")),
        "target_port": (None, encap_port("dport")),
        "prefix_6rd": (None, six_rd("prefix", "prefixlen")),
        "relay_6rd": (None, six_rd("relay_prefix", "relay_prefixlen")),
        "udp_csum": (truth("UDP_CSUM"), truth("udp_csum")),
        "udp_zero_csum6_tx": (truth("UDP_ZERO_CSUM6_TX"), truth("udp_zero_csum6_tx")),
        "udp_zero_csum6_rx": (truth("UDP_ZERO_CSUM6_RX"), truth("udp_zero_csum6_rx")),
        "ttl_inherit": (truth("TTL_INHERIT"), None),
        "df": (lambda data: _DF.get(data.get("DF", "")), lambda data: _DF.get(data.get("df", ""))),
        "inner_proto_inherit": (None, truth("inner_proto_inherit")),
        "port_low": _MADE,
        "port_high": _MADE,
    },
    NetkitData: dict.fromkeys(
        ("mode", "primary", "policy", "peer_policy", "scrub", "peer_scrub", "headroom", "tailroom"), _MADE
    ),
    MacsecData: {
        "sci": (None, same("sci")),
        "port": _MADE,
        "cipher_suite": (None, same("cipher_suite")),
        "icv_bytes": (None, same("icv_len")),
        "encoding_sa": (None, same("encoding_sa")),
        "protect": (None, truth("protect")),
        "encrypt": (None, truth("encrypt")),
        "include_sci": (None, truth("inc_sci")),
        "end_station": (None, truth("es")),
        "single_copy_broadcast": (None, truth("scb")),
        "replay_protect": (None, truth("replay_protect")),
        "window": (None, same("window")),
        "validation": (None, same("validation")),
        "offload": (None, same("offload")),
    },
    OvpnData: {"mode": _MADE},
}

LINK_MORE: Rows = {
    "allmulti": (same("IFLA_ALLMULTI"), same("allmulti")),
    "gso_max_segs": (same("IFLA_GSO_MAX_SEGS"), same("gso_max_segs")),
    "gso_ipv4_max_size": (same("IFLA_GSO_IPV4_MAX_SIZE"), same("gso_ipv4_max_size")),
    "gro_max_size": (same("IFLA_GRO_MAX_SIZE"), same("gro_max_size")),
    "gro_ipv4_max_size": (same("IFLA_GRO_IPV4_MAX_SIZE"), same("gro_ipv4_max_size")),
    "tso_max_size": (same("IFLA_TSO_MAX_SIZE"), same("tso_max_size")),
    "tso_max_segs": (same("IFLA_TSO_MAX_SEGS"), same("tso_max_segs")),
    "headroom": _MADE,
    "tailroom": _MADE,
    "max_pacing_horizon_ns": _MADE,
    "proto_down_reasons": (
        None,
        lambda data: tuple(map(int, data["proto_down_reason"])) if "proto_down_reason" in data else None,
    ),
    "switch": (None, same("phys_switch_id")),
    "port_id": (None, same("phys_port_id")),
    "netns_immutable": _MADE,
}

# Fields that neither reader reports.
UNREPORTED: Mapping[str, set[str]] = {
    cls.__name__: {name for name, sides in rows.items() if sides == _MADE} for cls, rows in MORE.items()
} | {"Link": {name for name, sides in LINK_MORE.items() if sides == _MADE}}


def missing(known: Mapping[str, set[str]], reported: Mapping[str, set[str]], not_here: Mapping[str, set[str]]) -> Any:
    """Returns the fields that were not compared for any link, although a reader of this machine could report them."""
    found = {
        name: fields - reported.get(name, set()) - not_here.get(name, set()) - UNREPORTED.get(name, set())
        for name, fields in known.items()
    }
    return {name: fields for name, fields in found.items() if fields}
