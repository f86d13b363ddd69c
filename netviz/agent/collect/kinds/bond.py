"""Parses bonds and their ports (IFLA_BOND_*, IFLA_BOND_SLAVE_*; drivers/net/bonding/bond_netlink.c)."""

import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

from netviz.model.bridges import BondData, BondPort
from netviz.uapi.attributes import each, i32, u8, u16, u32, walk
from netviz.uapi.if_link import BOND, BOND_AD_INFO, BOND_SLAVE
from netviz.uapi.notation import ip, link_layer, name

D = TypeVar("D", int, None)

_MODES = {
    0: "balance-rr",
    1: "active-backup",
    2: "balance-xor",
    3: "broadcast",
    4: "802.3ad",
    5: "balance-tlb",
    6: "balance-alb",
}
_POLICIES = {0: "layer2", 1: "layer3+4", 2: "layer2+3", 3: "encap2+3", 4: "encap3+4", 5: "vlan+srcmac"}
_RESELECT = {0: "always", 1: "better", 2: "failure"}
_FAIL_OVER = {0: "none", 1: "active", 2: "follow"}
_RATES = {0: "slow", 1: "fast"}
_VALIDATE = {0: "none", 1: "active", 2: "backup", 3: "all", 4: "filter", 5: "filter_active", 6: "filter_backup"}
_ALL_TARGETS = {0: "any", 1: "all"}
_SELECT = {0: "stable", 1: "bandwidth", 2: "count", 3: "actor_port_prio"}
_STATES = {0: "active", 1: "backup"}
_MII = {0: "up", 1: "going-down", 2: "down", 3: "going-back"}


def bond(data: bytes) -> BondData:
    """Returns the settings of a bond."""
    found = walk(data)
    get = found.get
    agreed = walk(get(BOND.AD_INFO, b""))
    return BondData(
        mode=name(_MODES, u8(get(BOND.MODE, b""))),
        active_port=u32(get(BOND.ACTIVE_SLAVE, b"")) or None,
        miimon_ms=u32(get(BOND.MIIMON, b"")),
        updelay_ms=u32(get(BOND.UPDELAY, b"")),
        downdelay_ms=u32(get(BOND.DOWNDELAY, b"")),
        xmit_hash_policy=_word(_POLICIES, found, BOND.XMIT_HASH_POLICY, u8),
        lacp_rate=_word(_RATES, found, BOND.AD_LACP_RATE, u8),
        primary=u32(get(BOND.PRIMARY, b"")) or None,
        primary_reselect=_word(_RESELECT, found, BOND.PRIMARY_RESELECT, u8),
        fail_over_mac=_word(_FAIL_OVER, found, BOND.FAIL_OVER_MAC, u8),
        min_links=u32(get(BOND.MIN_LINKS, b"")),
        arp_interval_ms=u32(get(BOND.ARP_INTERVAL, b"")),
        arp_targets=tuple(ip(target) for _, target in each(get(BOND.ARP_IP_TARGET, b""))),
        use_carrier=bool(u8(get(BOND.USE_CARRIER, b"\1"))),
        arp_validate=_word(_VALIDATE, found, BOND.ARP_VALIDATE, u32),
        arp_all_targets=_word(_ALL_TARGETS, found, BOND.ARP_ALL_TARGETS, u32),
        resend_igmp=_number(found, BOND.RESEND_IGMP, 1),
        peer_notifications=_number(found, BOND.NUM_PEER_NOTIF, 1),
        peer_notify_delay_ms=u32(get(BOND.PEER_NOTIF_DELAY, b"")),
        all_ports_active=bool(u8(get(BOND.ALL_SLAVES_ACTIVE, b""))),
        learning_interval_s=_number(found, BOND.LP_INTERVAL, 1),
        packets_per_port=_number(found, BOND.PACKETS_PER_SLAVE, 1),
        tlb_dynamic_lb=bool(_number(found, BOND.TLB_DYNAMIC_LB, 1)),
        missed_max=_number(found, BOND.MISSED_MAX, 2),
        ns_targets=tuple(ip(target) for _, target in each(get(BOND.NS_IP6_TARGET, b""))),
        ad_select=_word(_SELECT, found, BOND.AD_SELECT, u8),
        ad_lacp_active=bool(u8(get(BOND.AD_LACP_ACTIVE, b"\1"))),
        ad_actor_system_priority=_number(found, BOND.AD_ACTOR_SYS_PRIO, None),
        ad_actor_system=link_layer(get(BOND.AD_ACTOR_SYSTEM, b"")),
        ad_user_port_key=_number(found, BOND.AD_USER_PORT_KEY, None),
        ad_coupled_control=bool(u8(get(BOND.COUPLED_CONTROL, b"\1"))),
        broadcast_neighbours=bool(u8(get(BOND.BROADCAST_NEIGH, b""))),
        ad_aggregator=_number(agreed, BOND_AD_INFO.AGGREGATOR, None),
        ad_ports=_number(agreed, BOND_AD_INFO.NUM_PORTS, None),
        ad_actor_key=_number(agreed, BOND_AD_INFO.ACTOR_KEY, None),
        ad_partner_key=_number(agreed, BOND_AD_INFO.PARTNER_KEY, None),
        ad_partner=link_layer(agreed.get(BOND_AD_INFO.PARTNER_MAC, b"")),
    )


def _number(found: Mapping[int, bytes], kind: int, otherwise: D) -> int | D:
    """Returns an unsigned number of any size, or `otherwise` if the attribute is missing."""
    return int.from_bytes(found[kind], sys.byteorder) if kind in found else otherwise


def _word(names: Mapping[int, str], found: Mapping[int, bytes], kind: int, number: Callable[[bytes], int]) -> str:
    return name(names, number(found[kind])) if kind in found else ""


def port(data: bytes) -> BondPort:
    """Returns the state of a bond's port."""
    found = walk(data)
    get = found.get
    return BondPort(
        state=name(_STATES, u8(get(BOND_SLAVE.STATE, b""))),
        mii_status=_word(_MII, found, BOND_SLAVE.MII_STATUS, u8),
        link_failures=u32(get(BOND_SLAVE.LINK_FAILURE_COUNT, b"")),
        permanent_address=link_layer(get(BOND_SLAVE.PERM_HWADDR, b"")),
        queue_id=u16(get(BOND_SLAVE.QUEUE_ID, b"")),
        priority=i32(get(BOND_SLAVE.PRIO, b"")),
        ad_aggregator=_number(found, BOND_SLAVE.AD_AGGREGATOR_ID, None),
        ad_actor_state=_number(found, BOND_SLAVE.AD_ACTOR_OPER_PORT_STATE, None),
        ad_partner_state=_number(found, BOND_SLAVE.AD_PARTNER_OPER_PORT_STATE, None),
        ad_port_priority=_number(found, BOND_SLAVE.ACTOR_PORT_PRIO, None),
    )
