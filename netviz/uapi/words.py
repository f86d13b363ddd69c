"""Tables of names that the kernel's headers, nft(8) and iproute2 give to numbers.

`netviz.wire.emit` also writes these tables for the browser, so that the agent and the browser use the same words.
"""

from collections.abc import Mapping

# Types of nftables objects (NFT_OBJECT_* in include/uapi/linux/netfilter/nf_tables.h) with their names in nft(8).
NF_OBJECTS: Mapping[int, str] = {
    1: "counter",
    2: "quota",
    3: "ct helper",
    4: "limit",
    5: "ct count",
    6: "tunnel",
    7: "ct timeout",
    8: "secmark",
    9: "ct expectation",
    10: "synproxy",
}

# Types of set keys and data. The numbers are nft's own (enum datatypes in its include/datatype.h), stored in
# NFTA_SET_KEY_TYPE. A concatenation has SET_TYPE_BITS bits for each part, the last part in the lowest bits.
SET_TYPES: Mapping[int, str] = {
    1: "verdict",
    2: "nf_proto",
    3: "bitmask",
    4: "integer",
    5: "string",
    6: "ll_addr",
    7: "ipv4_addr",
    8: "ipv6_addr",
    9: "ether_addr",
    10: "ether_type",
    11: "arp_op",
    12: "inet_proto",
    13: "inet_service",
    14: "icmp_type",
    15: "tcp_flag",
    16: "dccp_pkttype",
    17: "mh_type",
    18: "time",
    19: "mark",
    20: "iface_index",
    21: "iface_type",
    22: "realm",
    23: "classid",
    24: "uid",
    25: "gid",
    26: "ct_state",
    27: "ct_dir",
    28: "ct_status",
    29: "icmpv6_type",
    30: "ct_label",
    31: "pkt_type",
    32: "icmp_code",
    33: "icmpv6_code",
    34: "icmpx_code",
    35: "devgroup",
    36: "dscp",
    37: "ecn",
    38: "fib_addrtype",
    39: "boolean",
    40: "ct_event",
    41: "ifname",
    42: "igmp_type",
    43: "time",
    44: "hour",
    45: "day",
    46: "cgroupsv2",
}
SET_TYPE_BITS = 6

# Names of routing tables: /etc/iproute2/rt_tables of iproute2; RT_TABLE_* in include/uapi/linux/rtnetlink.h.
ROUTE_TABLES: Mapping[int, str] = {253: "default", 254: "main", 255: "local"}

# Names of IP protocols from /etc/protocols, as nft(8) prints them.
IP_PROTOCOLS: Mapping[int, str] = {
    1: "icmp",
    2: "igmp",
    4: "ipip",
    6: "tcp",
    17: "udp",
    33: "dccp",
    41: "ipv6",
    47: "gre",
    50: "esp",
    51: "ah",
    58: "ipv6-icmp",
    89: "ospf",
    103: "pim",
    108: "comp",
    112: "vrrp",
    132: "sctp",
    136: "udplite",
}

# Origins of addresses (IFAPROT_* in include/uapi/linux/if_addr.h), as ip-address(8) writes them.
ADDRESS_PROTOCOLS: Mapping[int, str] = {1: "kernel_lo", 2: "kernel_ra", 3: "kernel_ll"}

# Link types (ARPHRD_* in include/uapi/linux/if_arp.h), as ip-link(8) writes them.
ARP_TYPES: Mapping[int, str] = {
    1: "ether",
    32: "infiniband",
    512: "ppp",
    768: "ipip",
    769: "tunnel6",
    772: "loopback",
    776: "sit",
    778: "gre",
    801: "ieee802.11",
    823: "gre6",
    824: "netlink",
    65534: "none",
}

# Link flags (IFF_* in include/uapi/linux/if.h), in the order in which ip-link(8) writes them.
LINK_FLAGS: Mapping[int, str] = {
    0x8: "LOOPBACK",
    0x2: "BROADCAST",
    0x10: "POINTOPOINT",
    0x1000: "MULTICAST",
    0x80: "NOARP",
    0x200: "ALLMULTI",
    0x100: "PROMISC",
    0x400: "MASTER",
    0x800: "SLAVE",
    0x4: "DEBUG",
    0x8000: "DYNAMIC",
    0x4000: "AUTOMEDIA",
    0x2000: "PORTSEL",
    0x20: "NOTRAILERS",
    0x1: "UP",
    0x1_0000: "LOWER_UP",
    0x2_0000: "DORMANT",
    0x4_0000: "ECHO",
}

# Names of the priorities of base chains, where nft(8) has a name for the priority (enum nf_ip_hook_priorities).
HOOK_PRIORITIES: Mapping[int, str] = {
    -400: "before defragmentation",
    -300: "raw",
    -225: "SELinux first",
    -200: "conntrack",
    -150: "mangle",
    -100: "dstnat",
    0: "filter",
    50: "security",
    100: "srcnat",
}
