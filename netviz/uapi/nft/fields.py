"""Names of the values that an nftables program loads: header fields, metadata, connection tracking.

Source: include/uapi/linux/netfilter/nf_tables.h, and the header structs of the protocols. A `Kind` says how to write a
value as text; see `netviz.uapi.nft.values`.
"""

from typing import Literal, NamedTuple

Kind = Literal[
    "address",
    "addrtype",
    "bytes",
    "ct_direction",
    "ct_state",
    "ct_status",
    "ethertype",
    "flags",
    "hex",
    "host",
    "icmp",
    "icmpv6",
    "ifname",
    "ll",
    "mark",
    "nfproto",
    "number",
    "pkttype",
    "proto",
]


class Field(NamedTuple):
    """A value that an nftables expression loads: its name in nft(8), and its `Kind`, which says how to write the value
    as text.
    """

    words: str
    kind: Kind


# The base of a payload expression: which header an offset counts from (link layer, network or transport header).
LINK, NETWORK, TRANSPORT = 0, 1, 2
BASES = {LINK: "ll", NETWORK: "nh", TRANSPORT: "th", 3: "ih"}

_PORTS: dict[tuple[int, int], tuple[str, Kind]] = {(0, 2): ("sport", "number"), (2, 2): ("dport", "number")}

# Maps each header to its fields, by offset and length in bytes.
HEADERS: dict[str, dict[tuple[int, int], tuple[str, Kind]]] = {
    "ether": {(0, 6): ("daddr", "ll"), (6, 6): ("saddr", "ll"), (12, 2): ("type", "ethertype")},
    "ip": {
        (1, 1): ("dscp", "hex"),
        (2, 2): ("length", "number"),
        (4, 2): ("id", "number"),
        (6, 2): ("frag-off", "hex"),
        (8, 1): ("ttl", "number"),
        (9, 1): ("protocol", "proto"),
        (10, 2): ("checksum", "hex"),
        (12, 4): ("saddr", "address"),
        (16, 4): ("daddr", "address"),
    },
    "ip6": {
        (0, 2): ("dscp", "hex"),
        (4, 2): ("length", "number"),
        (6, 1): ("nexthdr", "proto"),
        (7, 1): ("hoplimit", "number"),
        (8, 16): ("saddr", "address"),
        (24, 16): ("daddr", "address"),
    },
    "arp": {
        (0, 2): ("htype", "number"),
        (2, 2): ("ptype", "ethertype"),
        (4, 1): ("hlen", "number"),
        (5, 1): ("plen", "number"),
        (6, 2): ("operation", "number"),
        (8, 6): ("saddr ether", "ll"),
        (14, 4): ("saddr ip", "address"),
        (18, 6): ("daddr ether", "ll"),
        (24, 4): ("daddr ip", "address"),
    },
    "tcp": {
        **_PORTS,
        (4, 4): ("sequence", "number"),
        (8, 4): ("ackseq", "number"),
        (13, 1): ("flags", "flags"),
        (14, 2): ("window", "number"),
        (16, 2): ("checksum", "hex"),
        (18, 2): ("urgptr", "number"),
    },
    "udp": {**_PORTS, (4, 2): ("length", "number"), (6, 2): ("checksum", "hex")},
    "udplite": {**_PORTS, (4, 2): ("csumcov", "number"), (6, 2): ("checksum", "hex")},
    "sctp": {**_PORTS, (4, 4): ("vtag", "hex"), (8, 4): ("checksum", "hex")},
    "dccp": {**_PORTS, (8, 1): ("type", "hex")},
    "th": dict(_PORTS),
    "icmp": {
        (0, 1): ("type", "icmp"),
        (1, 1): ("code", "number"),
        (2, 2): ("checksum", "hex"),
        (4, 2): ("id", "number"),
        (6, 2): ("sequence", "number"),
    },
    "icmpv6": {
        (0, 1): ("type", "icmpv6"),
        (1, 1): ("code", "number"),
        (2, 2): ("checksum", "hex"),
        (4, 2): ("id", "number"),
        (6, 2): ("sequence", "number"),
    },
    "esp": {(0, 4): ("spi", "number"), (4, 4): ("sequence", "number")},
    "ah": {(0, 1): ("nexthdr", "proto"), (4, 4): ("spi", "number")},
}
HEADERS["ipv6-icmp"] = HEADERS["icmpv6"]

# Maps header and offset to the address field there (name and length in bytes). If a rule compares a prefix, nft(8)
# loads only the bytes that the prefix covers, so the length does not identify the field.
ADDRESSES = {
    ("ip", 12): ("saddr", 4),
    ("ip", 16): ("daddr", 4),
    ("ip6", 8): ("saddr", 16),
    ("ip6", 24): ("daddr", 16),
}

META: dict[int, Field] = {
    0: Field("meta length", "host"),
    1: Field("meta protocol", "ethertype"),
    2: Field("meta priority", "mark"),
    3: Field("meta mark", "mark"),
    4: Field("iif", "host"),
    5: Field("oif", "host"),
    6: Field("iifname", "ifname"),
    7: Field("oifname", "ifname"),
    8: Field("iiftype", "host"),
    9: Field("oiftype", "host"),
    10: Field("meta skuid", "host"),
    11: Field("meta skgid", "host"),
    12: Field("meta nftrace", "host"),
    13: Field("rtclassid", "host"),
    14: Field("meta secmark", "host"),
    15: Field("meta nfproto", "nfproto"),
    16: Field("meta l4proto", "proto"),
    17: Field("meta ibrname", "ifname"),
    18: Field("meta obrname", "ifname"),
    19: Field("meta pkttype", "pkttype"),
    20: Field("meta cpu", "host"),
    21: Field("iifgroup", "host"),
    22: Field("oifgroup", "host"),
    23: Field("meta cgroup", "host"),
    24: Field("meta random", "host"),
    25: Field("meta ipsec", "host"),
    26: Field("meta iifkind", "ifname"),
    27: Field("meta oifkind", "ifname"),
    28: Field("meta ibrpvid", "host"),
    29: Field("meta ibrvproto", "ethertype"),
    30: Field("meta time", "host"),
    31: Field("meta day", "host"),
    32: Field("meta hour", "host"),
    33: Field("meta sdif", "host"),
    34: Field("meta sdifname", "ifname"),
    35: Field("meta broute", "host"),
}

CT: dict[int, Field] = {
    0: Field("state", "ct_state"),
    1: Field("direction", "ct_direction"),
    2: Field("status", "ct_status"),
    3: Field("mark", "mark"),
    4: Field("secmark", "host"),
    5: Field("expiration", "host"),
    6: Field("helper", "ifname"),
    7: Field("l3proto", "nfproto"),
    8: Field("saddr", "address"),
    9: Field("daddr", "address"),
    10: Field("protocol", "proto"),
    11: Field("proto-src", "number"),
    12: Field("proto-dst", "number"),
    13: Field("label", "hex"),
    14: Field("packets", "host"),
    15: Field("bytes", "host"),
    16: Field("avgpkt", "host"),
    17: Field("zone", "host"),
    18: Field("event", "mark"),
    19: Field("ip saddr", "address"),
    20: Field("ip daddr", "address"),
    21: Field("ip6 saddr", "address"),
    22: Field("ip6 daddr", "address"),
    23: Field("id", "mark"),
}

FIB: dict[int, Field] = {1: Field("oif", "host"), 2: Field("oifname", "ifname"), 3: Field("type", "addrtype")}
FIB_KEYS = {1: "saddr", 2: "daddr", 4: "mark", 8: "iif", 16: "oif"}
