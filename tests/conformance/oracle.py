"""The values of each field that we decode according to two independent readers: pyroute2 and `ip -j -d link`.

There is a table for each class of link data: field -> (value from pyroute2's attributes, value from ip's JSON). A side
is None if that reader never reports the field; it returns None if it does not report it for this link.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from netviz.model.bridges import BondData, BondPort, BridgeData, BridgePort
from netviz.model.kinds import (
    IpvlanData,
    MacvlanData,
    QosMap,
    TunData,
    TunnelData,
    VethData,
    VlanData,
    VrfData,
    VrfPort,
    VxlanData,
    XfrmData,
)
from netviz.model.link import Link
from tests.conformance.oracle_more import LINK_MORE, MORE

Side = Callable[[Mapping[str, Any]], Any] | None
Rows = Mapping[str, tuple[Side, Side]]

_ANY = ("any", "0.0.0.0", "::")  # noqa: S104 - nothing is bound
_VLAN_PROTOCOLS = {"802.1Q": 0x8100, "802.1ad": 0x88A8}
_VLAN_FLAGS = {"REORDER_HDR": 1, "GVRP": 2, "LOOSE_BINDING": 4, "MVRP": 8}
_IP_PROTOCOLS = {"any": 0, "ipip": 4, "ip4ip6": 4, "ipip6": 4, "ip6ip": 41, "ip6ip6": 41}
_PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
_BOND_MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb")
_POLICIES = ("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac")
_RESELECT, _FAIL_OVER = ("always", "better", "failure"), ("none", "active", "follow")
_MII = ("up", "going-down", "down", "going-back")


def same(key: str) -> Side:
    """Returns the value unchanged."""
    return lambda data: data.get(key)


def number(key: str) -> Side:
    """Returns the value as a number. The value may be hexadecimal."""
    return lambda data: int(data[key], 0) if isinstance(data.get(key), str) else data.get(key)


def truth(key: str) -> Side:
    """Returns whether the value is not 0."""
    return lambda data: None if data.get(key) is None else bool(data[key])


def nth(key: str, names: tuple[str, ...]) -> Side:
    """Returns the name of a number."""
    return lambda data: None if data.get(key) is None else names[data[key]]


def of(key: str, names: Mapping[str, Any]) -> Side:
    """Returns the number of a name."""
    return lambda data: None if data.get(key) is None else names[data[key]]


def address(*keys: str) -> Side:
    """Returns an address under one of these keys, empty for any."""

    def side(data: Mapping[str, Any]) -> str | None:
        found = next((data[key] for key in keys if data.get(key) is not None), None)
        return "" if found in _ANY else found

    return side


def bridge_id(key: str) -> Side:
    """Returns a bridge id. pyroute2 swaps the priority's bytes; ip omits leading zeroes in the address."""

    def side(data: Mapping[str, Any]) -> str | None:
        found = data.get(key)
        if isinstance(found, str):
            priority, mac = found.split(".")
            return f"{priority}.{':'.join(byte.zfill(2) for byte in mac.split(':'))}"
        return None if found is None else f"{found['prio'].to_bytes(2, 'little').hex()}.{found['addr']}"

    return side


def key(name: str) -> Side:
    """Returns a tunnel's key, which ip and we write as an address; empty if there is none."""

    def side(data: Mapping[str, Any]) -> str | None:
        found = data.get(name)
        if isinstance(found, int):
            return ".".join(str(byte) for byte in found.to_bytes(4, "big")) if found else ""
        return None if found is None or found in _ANY else found

    return side


def qos(name: str) -> Side:
    """Returns the priorities of a VLAN."""

    def side(data: Mapping[str, Any]) -> Any:
        found = data.get(name)
        if isinstance(found, dict):
            found = found["QOS_MAPPING"] if "QOS_MAPPING" in found else found["IFLA_VLAN_QOS_MAPPING"]
        if found is None:
            return None
        return tuple(QosMap(each["from"], each["to"]) for each in (found if isinstance(found, list) else [found]))

    return side


def sources(data: Mapping[str, Any]) -> Any:
    """Returns the source addresses of a macvlan in mode "source"."""
    found = data.get("MACADDR_DATA") or data.get("macaddr_data")
    if isinstance(found, dict):
        found = found["IFLA_MACVLAN_MACADDR"]
    return None if found is None else tuple(found if isinstance(found, list) else [found])


def bits(name: str, names: Mapping[str, int]) -> Side:
    """Returns the names of the set flags."""
    return lambda data: None if data.get(name) is None else sum(names[flag] for flag in data[name])


def ipvlan_flags(data: Mapping[str, Any]) -> int:
    """Returns the flags of an ipvlan. ip prints each flag as a separate word."""
    return 1 * ("private" in data) + 2 * ("vepa" in data)


def lower(name: str) -> Side:
    """Returns a word in lower case, with dashes."""
    return lambda data: None if data.get(name) is None else data[name].lower().replace("_", "-")


def tables(index: Mapping[str, int]) -> Mapping[type, Rows]:
    """Returns the tables; `index` maps names of links to ifindexes."""
    timed = {
        f"mcast_{ours}_interval_cs": (same(f"MCAST_{theirs.upper()}_INTVL"), same(f"mcast_{theirs}_intvl"))
        for ours, theirs in (
            *(("last_member", "last_member"), ("membership", "membership"), ("querier", "querier")),
            *(("query", "query"), ("query_response", "query_response"), ("startup_query", "startup_query")),
        )
    }
    first: dict[type, Rows] = {
        VethData: {},
        BridgeData: {
            "bridge_id": (bridge_id("BRIDGE_ID"), bridge_id("bridge_id")),
            "root_id": (bridge_id("ROOT_ID"), bridge_id("root_id")),
            "root_port": (same("ROOT_PORT"), same("root_port")),
            "root_path_cost": (same("ROOT_PATH_COST"), same("root_path_cost")),
            "priority": (same("PRIORITY"), same("priority")),
            "stp": (truth("STP_STATE"), truth("stp_state")),
            "forward_delay_cs": (same("FORWARD_DELAY"), same("forward_delay")),
            "hello_time_cs": (same("HELLO_TIME"), same("hello_time")),
            "max_age_cs": (same("MAX_AGE"), same("max_age")),
            "ageing_time_cs": (same("AGEING_TIME"), same("ageing_time")),
            "group_fwd_mask": (same("GROUP_FWD_MASK"), number("group_fwd_mask")),
            "group_address": (same("GROUP_ADDR"), same("group_addr")),
            "vlan_filtering": (truth("VLAN_FILTERING"), truth("vlan_filtering")),
            "vlan_protocol": (same("VLAN_PROTOCOL"), of("vlan_protocol", _VLAN_PROTOCOLS)),
            "vlan_default_pvid": (same("VLAN_DEFAULT_PVID"), same("vlan_default_pvid")),
            "vlan_stats": (truth("VLAN_STATS_ENABLED"), truth("vlan_stats_enabled")),
            "vlan_stats_per_port": (truth("VLAN_STATS_PER_PORT"), truth("vlan_stats_per_port")),
            "mcast_snooping": (truth("MCAST_SNOOPING"), truth("mcast_snooping")),
            "mcast_querier": (truth("MCAST_QUERIER"), truth("mcast_querier")),
            "mcast_router": (same("MCAST_ROUTER"), same("mcast_router")),
            "mcast_query_use_ifaddr": (truth("MCAST_QUERY_USE_IFADDR"), truth("mcast_query_use_ifaddr")),
            "mcast_hash_max": (same("MCAST_HASH_MAX"), same("mcast_hash_max")),
            "mcast_last_member_count": (same("MCAST_LAST_MEMBER_CNT"), same("mcast_last_member_cnt")),
            "mcast_startup_query_count": (same("MCAST_STARTUP_QUERY_CNT"), same("mcast_startup_query_cnt")),
            **timed,
            "mcast_stats": (truth("MCAST_STATS_ENABLED"), truth("mcast_stats_enabled")),
            "mcast_igmp_version": (same("MCAST_IGMP_VERSION"), same("mcast_igmp_version")),
            "mcast_mld_version": (same("MCAST_MLD_VERSION"), same("mcast_mld_version")),
            "mcast_vlan_snooping": (None, truth("mcast_vlan_snooping")),
            "no_linklocal_learn": (None, truth("no_linklocal_learn")),
            "nf_call_iptables": (truth("NF_CALL_IPTABLES"), truth("nf_call_iptables")),
            "nf_call_ip6tables": (truth("NF_CALL_IP6TABLES"), truth("nf_call_ip6tables")),
            "nf_call_arptables": (truth("NF_CALL_ARPTABLES"), truth("nf_call_arptables")),
            "fdb_max_learned": (same("FDB_MAX_LEARNED"), same("fdb_max_learned")),
        },
        BridgePort: {
            "state": (nth("STATE", _PORT_STATES), same("state")),
            "number": (same("NO"), number("no")),
            "cost": (same("COST"), same("cost")),
            "priority": (same("PRIORITY"), same("priority")),
            "hairpin": (truth("MODE"), truth("hairpin")),
            "guard": (truth("GUARD"), truth("guard")),
            "root_block": (truth("PROTECT"), truth("root_block")),
            "fast_leave": (truth("FAST_LEAVE"), truth("fastleave")),
            "learning": (truth("LEARNING"), truth("learning")),
            "flood": (truth("UNICAST_FLOOD"), truth("flood")),
            "mcast_flood": (truth("MCAST_FLOOD"), truth("mcast_flood")),
            "bcast_flood": (truth("BCAST_FLOOD"), truth("bcast_flood")),
            "mcast_to_unicast": (truth("MCAST_TO_UCAST"), truth("mcast_to_unicast")),
            "mcast_router": (same("MULTICAST_ROUTER"), same("multicast_router")),
            "proxy_arp": (truth("PROXYARP"), truth("proxy_arp")),
            "proxy_arp_wifi": (truth("PROXYARP_WIFI"), truth("proxy_arp_wifi")),
            "neigh_suppress": (truth("NEIGH_SUPPRESS"), truth("neigh_suppress")),
            "vlan_tunnel": (truth("VLAN_TUNNEL"), truth("vlan_tunnel")),
            "isolated": (truth("ISOLATED"), truth("isolated")),
            "locked": (truth("LOCKED"), truth("locked")),
            "mab": (truth("MAB"), truth("mab")),
            "group_fwd_mask": (same("GROUP_FWD_MASK"), number("group_fwd_mask")),
            "backup_port": (same("BACKUP_PORT"), of("backup_port", index)),
            "designated_root": (bridge_id("ROOT_ID"), bridge_id("root_id")),
            "designated_bridge": (bridge_id("BRIDGE_ID"), bridge_id("bridge_id")),
            "designated_port": (same("DESIGNATED_PORT"), same("designated_port")),
            "designated_cost": (same("DESIGNATED_COST"), same("designated_cost")),
        },
        VlanData: {
            "vid": (same("ID"), same("id")),
            "protocol": (same("PROTOCOL"), of("protocol", _VLAN_PROTOCOLS)),
            "flags": (lambda data: data["FLAGS"]["flags"], bits("flags", _VLAN_FLAGS)),
            "ingress_qos": (qos("INGRESS_QOS"), qos("ingress_qos")),
            "egress_qos": (qos("EGRESS_QOS"), qos("egress_qos")),
        },
        MacvlanData: {
            "mode": (same("MODE"), same("mode")),
            "flags": (of("FLAGS", {"none": 0, "nopromisc": 1}), lambda data: int("nopromisc" in data.get("flags", ()))),
            "sources": (sources, sources),
        },
        IpvlanData: {
            "mode": (nth("MODE", ("l2", "l3", "l3s")), same("mode")),
            "flags": (None, ipvlan_flags),
        },
        VxlanData: {
            "vni": (same("ID"), same("id")),
            "remote": (address("GROUP", "GROUP6"), address("remote", "remote6", "group", "group6")),
            "local": (address("LOCAL", "LOCAL6"), address("local", "local6")),
            "port": (same("PORT"), same("port")),
            "port_low": (lambda data: data["PORT_RANGE"]["low"], lambda data: data["port_range"]["low"]),
            "port_high": (lambda data: data["PORT_RANGE"]["high"], lambda data: data["port_range"]["high"]),
            "ttl": (same("TTL"), same("ttl")),
            "tos": (same("TOS"), number("tos")),
            "learning": (truth("LEARNING"), truth("learning")),
            "proxy": (truth("PROXY"), truth("proxy")),
            "rsc": (truth("RSC"), truth("rsc")),
            "l2miss": (truth("L2MISS"), truth("l2miss")),
            "l3miss": (truth("L3MISS"), truth("l3miss")),
            "ageing_s": (same("AGEING"), same("ageing")),
            "limit": (same("LIMIT"), same("limit")),
            "collect_metadata": (truth("COLLECT_METADATA"), truth("external")),
            "gbp": (truth("GBP"), truth("gbp")),
            "udp_csum": (truth("UDP_CSUM"), truth("udp_csum")),
            "df": (same("DF"), of("df", {"unset": 0, "set": 1, "inherit": 2})),
            "vnifilter": (truth("VNIFILTER"), truth("vnifilter")),
        },
        TunData: {
            "mode": (lambda data: {1: "tun", 2: "tap"}[data["TYPE"]], same("type")),
            "owner": (same("OWNER"), number("user")),
            "group": (same("GROUP"), number("group")),
            "packet_info": (truth("PI"), truth("pi")),
            "vnet_header": (truth("VNET_HDR"), truth("vnet_hdr")),
            "persist": (truth("PERSIST"), truth("persist")),
            "multi_queue": (truth("MULTI_QUEUE"), truth("multi_queue")),
            "queues": (same("NUM_QUEUES"), same("numqueues")),
        },
        BondData: {
            "mode": (nth("MODE", _BOND_MODES), same("mode")),
            "active_port": (same("ACTIVE_SLAVE"), of("active_slave", index)),
            "miimon_ms": (same("MIIMON"), same("miimon")),
            "updelay_ms": (same("UPDELAY"), same("updelay")),
            "downdelay_ms": (same("DOWNDELAY"), same("downdelay")),
            "xmit_hash_policy": (nth("XMIT_HASH_POLICY", _POLICIES), same("xmit_hash_policy")),
            "lacp_rate": (nth("AD_LACP_RATE", ("slow", "fast")), same("ad_lacp_rate")),
            "primary": (same("PRIMARY"), of("primary", index)),
            "primary_reselect": (nth("PRIMARY_RESELECT", _RESELECT), same("primary_reselect")),
            "fail_over_mac": (nth("FAIL_OVER_MAC", _FAIL_OVER), same("fail_over_mac")),
            "min_links": (same("MIN_LINKS"), same("min_links")),
            "arp_interval_ms": (same("ARP_INTERVAL"), same("arp_interval")),
            "arp_targets": (listed("ARP_IP_TARGET"), listed("arp_ip_target")),
        },
        BondPort: {
            "state": (nth("SLAVE_STATE", ("active", "backup")), lower("state")),
            "mii_status": (nth("SLAVE_MII_STATUS", _MII), lower("mii_status")),
            "link_failures": (same("SLAVE_LINK_FAILURE_COUNT"), same("link_failure_count")),
            "permanent_address": (same("SLAVE_PERM_HWADDR"), same("perm_hwaddr")),
            "queue_id": (same("SLAVE_QUEUE_ID"), same("queue_id")),
        },
        VrfData: {"table": (same("TABLE"), same("table"))},
        VrfPort: {"table": (same("TABLE"), same("table"))},
        TunnelData: {
            "local": (address("LOCAL"), address("local")),
            "remote": (address("REMOTE", "REMOTE6"), address("remote", "remote6")),
            "ttl": (same("TTL"), same("ttl")),
            "tos": (same("TOS"), number("tos")),
            "ikey": (key("IKEY"), key("ikey")),
            "okey": (key("OKEY"), key("okey")),
            "vni": (same("ID"), same("id")),
            "port": (same("PORT"), same("port")),
            "collect_metadata": (truth("COLLECT_METADATA"), truth("external")),
            "pmtudisc": (truth("PMTUDISC"), truth("pmtudisc")),
            "protocol": (same("PROTO"), of("proto", _IP_PROTOCOLS)),
            "encap_limit": (same("ENCAP_LIMIT"), same("encap_limit")),
            "flow_label": (lambda data: flow(data.get("FLOWINFO")), number("flowlabel")),
            "erspan_version": (None, same("erspan_ver")),
            "erspan_index": (None, same("erspan_index")),
        },
        XfrmData: {
            "if_id": (same("IF_ID"), number("if_id")),
            "collect_metadata": (truth("COLLECT_METADATA"), truth("external")),
        },
    }
    return {cls: {**first.get(cls, {}), **MORE.get(cls, {})} for cls in first.keys() | MORE.keys()}


def listed(name: str) -> Side:
    """Returns a list of values; pyroute2 and ip may omit the list for a single one."""

    def side(data: Mapping[str, Any]) -> Any:
        found = data.get(name)
        return None if found is None else tuple(found if isinstance(found, list) else [found])

    return side


def flow(found: int | None) -> int | None:
    """Returns the flow label in IPv6's first word."""
    return None if found is None else found & 0xFFFFF


def of_ethernet(name: str) -> Side:
    """Returns the address of a link. pyroute2 treats every link's address as an Ethernet address."""
    return lambda data: data.get(name) if data["ifi_type"] == 1 else None


# Attributes of a link itself; other tests check the rest of `Link`: what it points at, its kind, its settings.
LINK: Rows = {
    "ifindex": (same("index"), same("ifindex")),
    "ifname": (same("IFLA_IFNAME"), same("ifname")),
    "arptype": (same("ifi_type"), None),
    "flags": (same("flags"), None),
    "operstate": (lambda data: data["IFLA_OPERSTATE"].lower(), lower("operstate")),
    "address": (of_ethernet("IFLA_ADDRESS"), same("address")),
    "broadcast": (of_ethernet("IFLA_BROADCAST"), same("broadcast")),
    "permanent_address": (of_ethernet("IFLA_PERM_ADDRESS"), same("permaddr")),
    "altnames": (lambda data: altnames(data.get("IFLA_PROP_LIST")), listed("altnames")),
    "ifalias": (same("IFLA_IFALIAS"), same("ifalias")),
    "mtu": (same("IFLA_MTU"), same("mtu")),
    "min_mtu": (same("IFLA_MIN_MTU"), same("min_mtu")),
    "max_mtu": (same("IFLA_MAX_MTU"), same("max_mtu")),
    "qdisc": (same("IFLA_QDISC"), same("qdisc")),
    "tx_queue_length": (same("IFLA_TXQLEN"), same("txqlen")),
    "tx_queues": (same("IFLA_NUM_TX_QUEUES"), same("num_tx_queues")),
    "rx_queues": (same("IFLA_NUM_RX_QUEUES"), same("num_rx_queues")),
    "group": (same("IFLA_GROUP"), lambda data: 0 if data["group"] == "default" else int(data["group"])),
    "promiscuity": (same("IFLA_PROMISCUITY"), same("promiscuity")),
    "link_mode": (same("IFLA_LINKMODE"), of("linkmode", {"DEFAULT": 0, "DORMANT": 1})),
    "gso_max_size": (same("IFLA_GSO_MAX_SIZE"), same("gso_max_size")),
    "proto_down": (truth("IFLA_PROTO_DOWN"), truth("protodown")),
    "master": (same("IFLA_MASTER"), None),
    **LINK_MORE,
}

# Fields of `Link` that are not attributes of the kernel's answer, or are checked elsewhere: by the topologies (other
# ends), by the tests of settings, of XDP, of a device's position.
ELSEWHERE = frozenset(
    {
        *("ns", "kind", "admin_up", "carrier", "peer", "lower", "beyond_sight", "notes"),
        *("data", "port", "ipv4", "ipv6", "xdp", "bus", "device", "port_name"),
    }
)


def altnames(found: Any) -> Any:
    """Returns a list of the names, for one name or several."""
    if found is None:
        return None
    names = found["IFLA_ALT_IFNAME"]
    return tuple(names if isinstance(names, list) else [names])


def link_fields() -> set[str]:
    """Returns the fields of a link that the table must have."""
    return {field.name for field in fields(Link)} - ELSEWHERE
