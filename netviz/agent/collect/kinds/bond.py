"""Parses bonds and their ports (IFLA_BOND_*, IFLA_BOND_SLAVE_*; drivers/net/bonding/bond_netlink.c)."""

from netviz.model.kinds import BondData, BondPort
from netviz.uapi.attributes import each, u8, u16, u32, walk
from netviz.uapi.if_link import BOND, BOND_SLAVE
from netviz.uapi.notation import ip, link_layer, name

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
_STATES = {0: "active", 1: "backup"}
_MII = {0: "up", 1: "going-down", 2: "down", 3: "going-back"}


def bond(data: bytes) -> BondData:
    """Returns the settings of a bond."""
    found = walk(data)
    get = found.get
    return BondData(
        mode=name(_MODES, u8(get(BOND.MODE, b""))),
        active_port=u32(get(BOND.ACTIVE_SLAVE, b"")) or None,
        miimon_ms=u32(get(BOND.MIIMON, b"")),
        updelay_ms=u32(get(BOND.UPDELAY, b"")),
        downdelay_ms=u32(get(BOND.DOWNDELAY, b"")),
        xmit_hash_policy=name(_POLICIES, u8(found[BOND.XMIT_HASH_POLICY])) if BOND.XMIT_HASH_POLICY in found else "",
        lacp_rate=name(_RATES, u8(found[BOND.AD_LACP_RATE])) if BOND.AD_LACP_RATE in found else "",
        primary=u32(get(BOND.PRIMARY, b"")) or None,
        primary_reselect=name(_RESELECT, u8(found[BOND.PRIMARY_RESELECT])) if BOND.PRIMARY_RESELECT in found else "",
        fail_over_mac=name(_FAIL_OVER, u8(found[BOND.FAIL_OVER_MAC])) if BOND.FAIL_OVER_MAC in found else "",
        min_links=u32(get(BOND.MIN_LINKS, b"")),
        arp_interval_ms=u32(get(BOND.ARP_INTERVAL, b"")),
        arp_targets=tuple(ip(target) for _, target in each(get(BOND.ARP_IP_TARGET, b""))),
    )


def port(data: bytes) -> BondPort:
    """Returns the state of a bond's port."""
    found = walk(data)
    get = found.get
    return BondPort(
        state=name(_STATES, u8(get(BOND_SLAVE.STATE, b""))),
        mii_status=name(_MII, u8(found[BOND_SLAVE.MII_STATUS])) if BOND_SLAVE.MII_STATUS in found else "",
        link_failures=u32(get(BOND_SLAVE.LINK_FAILURE_COUNT, b"")),
        permanent_address=link_layer(get(BOND_SLAVE.PERM_HWADDR, b"")),
        queue_id=u16(get(BOND_SLAVE.QUEUE_ID, b"")),
    )
