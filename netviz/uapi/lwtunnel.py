"""Attribute numbers of the encapsulations of routes and nexthop objects, inside RTA_ENCAP or NHA_ENCAP.

Source: lwtunnel.h, mpls_iptunnel.h, seg6_iptunnel.h, seg6_local.h, ila.h, rpl_iptunnel.h, ioam6_iptunnel.h in
include/uapi/linux. The names are those of the kernel.
"""


class MPLS_IPTUNNEL:
    """Attributes of an MPLS encapsulation (MPLS_IPTUNNEL_*)."""

    DST = 1
    TTL = 2


class LWTUNNEL_IP:
    """Attributes of an IPv4 tunnel encapsulation (LWTUNNEL_IP_*)."""

    ID = 1
    DST = 2
    SRC = 3
    TTL = 4
    TOS = 5
    FLAGS = 6
    PAD = 7
    OPTS = 8


class LWTUNNEL_IP6:
    """Attributes of an IPv6 tunnel encapsulation (LWTUNNEL_IP6_*)."""

    ID = 1
    DST = 2
    SRC = 3
    HOPLIMIT = 4
    TC = 5
    FLAGS = 6
    PAD = 7
    OPTS = 8


class ILA_ATTR:
    """Attributes of an identifier-locator addressing encapsulation (ILA_ATTR_*)."""

    LOCATOR = 1
    IDENTIFIER = 2
    LOCATOR_MATCH = 3
    IFINDEX = 4
    DIR = 5
    PAD = 6
    CSUM_MODE = 7
    IDENT_TYPE = 8
    HOOK_TYPE = 9


class SEG6_IPTUNNEL:
    """Attributes of a segment routing encapsulation (SEG6_IPTUNNEL_*)."""

    SRH = 1


class SEG6_LOCAL:
    """Attributes of a local segment routing action (SEG6_LOCAL_*)."""

    ACTION = 1
    SRH = 2
    TABLE = 3
    NH4 = 4
    NH6 = 5
    IIF = 6
    OIF = 7
    BPF = 8
    VRFTABLE = 9
    COUNTERS = 10
    FLAVORS = 11


class SEG6_LOCAL_FLV:
    """Attributes of the flavors of a local segment routing action (SEG6_LOCAL_FLV_*)."""

    OPERATION = 1
    LCBLOCK_BITS = 2
    LCNODE_FN_BITS = 3


class LWT_BPF:
    """Attributes of an encapsulation by BPF programs (LWT_BPF_*)."""

    IN = 1
    OUT = 2
    XMIT = 3
    XMIT_HEADROOM = 4


class LWT_BPF_PROG:
    """Attributes of a BPF program of an encapsulation (LWT_BPF_PROG_*)."""

    FD = 1
    NAME = 2


class RPL_IPTUNNEL:
    """Attributes of a RPL source routing encapsulation (RPL_IPTUNNEL_*)."""

    SRH = 1


class IOAM6_IPTUNNEL:
    """Attributes of an in-situ OAM encapsulation (IOAM6_IPTUNNEL_*)."""

    MODE = 1
    DST = 2
    TRACE = 3
    FREQ_K = 4
    FREQ_N = 5
    SRC = 6


class LWT_XFRM:
    """Attributes of an encapsulation by IPsec (LWT_XFRM_*)."""

    IF_ID = 1
    LINK = 2
