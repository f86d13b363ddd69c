"""Attribute numbers of IP tunnels, named as in include/uapi/linux/if_tunnel.h: `GRE.LINK` is IFLA_GRE_LINK."""


class IPTUN:
    """Attributes of ipip, sit and ip6tnl tunnels (IFLA_IPTUN_*)."""

    LINK = 1
    LOCAL = 2
    REMOTE = 3
    TTL = 4
    TOS = 5
    ENCAP_LIMIT = 6
    FLOWINFO = 7
    FLAGS = 8
    PROTO = 9
    PMTUDISC = 10
    SIXRD_PREFIX = 11
    SIXRD_RELAY_PREFIX = 12
    SIXRD_PREFIXLEN = 13
    SIXRD_RELAY_PREFIXLEN = 14
    ENCAP_TYPE = 15
    ENCAP_FLAGS = 16
    ENCAP_SPORT = 17
    ENCAP_DPORT = 18
    COLLECT_METADATA = 19
    FWMARK = 20


class GRE:
    """Attributes of gre, gretap and erspan tunnels over IPv4 and IPv6 (IFLA_GRE_*)."""

    LINK = 1
    IFLAGS = 2
    OFLAGS = 3
    IKEY = 4
    OKEY = 5
    LOCAL = 6
    REMOTE = 7
    TTL = 8
    TOS = 9
    PMTUDISC = 10
    ENCAP_LIMIT = 11
    FLOWINFO = 12
    FLAGS = 13
    ENCAP_TYPE = 14
    ENCAP_FLAGS = 15
    ENCAP_SPORT = 16
    ENCAP_DPORT = 17
    COLLECT_METADATA = 18
    IGNORE_DF = 19
    FWMARK = 20
    ERSPAN_INDEX = 21
    ERSPAN_VER = 22
    ERSPAN_DIR = 23
    ERSPAN_HWID = 24


class VTI:
    """Attributes of vti and vti6 tunnels (IFLA_VTI_*)."""

    LINK = 1
    IKEY = 2
    OKEY = 3
    LOCAL = 4
    REMOTE = 5
    FWMARK = 6
