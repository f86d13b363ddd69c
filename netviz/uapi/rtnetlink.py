"""Message types and attribute numbers of rtnetlink, named as in the kernel's headers.

Source: include/uapi/linux/rtnetlink.h, if_addr.h, neighbour.h, fib_rules.h, nexthop.h, net_namespace.h, netconf.h.
"""

# The message types of nftables have this number as their upper byte, because nfnetlink has a number for each of its
# subsystems (include/uapi/linux/netfilter/nfnetlink.h).
NFNL_SUBSYS_NFTABLES = 10


class RTM:
    """Message types of rtnetlink (RTM_*)."""

    NEWLINK = 16
    DELLINK = 17
    GETLINK = 18
    SETLINK = 19
    NEWADDR = 20
    DELADDR = 21
    GETADDR = 22
    NEWROUTE = 24
    DELROUTE = 25
    GETROUTE = 26
    NEWNEIGH = 28
    DELNEIGH = 29
    GETNEIGH = 30
    NEWRULE = 32
    DELRULE = 33
    GETRULE = 34
    NEWQDISC = 36
    DELQDISC = 37
    GETQDISC = 38
    NEWTCLASS = 40
    DELTCLASS = 41
    GETTCLASS = 42
    NEWTFILTER = 44
    DELTFILTER = 45
    GETTFILTER = 46
    NEWACTION = 48
    DELACTION = 49
    GETACTION = 50
    NEWPREFIX = 52
    GETMULTICAST = 58
    GETANYCAST = 62
    NEWNEIGHTBL = 64
    GETNEIGHTBL = 66
    SETNEIGHTBL = 67
    NEWNDUSEROPT = 68
    NEWADDRLABEL = 72
    DELADDRLABEL = 73
    GETADDRLABEL = 74
    GETDCB = 78
    SETDCB = 79
    NEWNETCONF = 80
    DELNETCONF = 81
    GETNETCONF = 82
    NEWMDB = 84
    DELMDB = 85
    GETMDB = 86
    NEWNSID = 88
    DELNSID = 89
    GETNSID = 90
    NEWSTATS = 92
    GETSTATS = 94
    SETSTATS = 95
    NEWCACHEREPORT = 96
    NEWCHAIN = 100
    DELCHAIN = 101
    GETCHAIN = 102
    NEWNEXTHOP = 104
    DELNEXTHOP = 105
    GETNEXTHOP = 106
    NEWLINKPROP = 108
    DELLINKPROP = 109
    GETLINKPROP = 110
    NEWVLAN = 112
    DELVLAN = 113
    GETVLAN = 114
    NEWNEXTHOPBUCKET = 116
    DELNEXTHOPBUCKET = 117
    GETNEXTHOPBUCKET = 118
    NEWTUNNEL = 120
    DELTUNNEL = 121
    GETTUNNEL = 122


class RTA:
    """Attributes of a route (RTA_*)."""

    DST = 1
    SRC = 2
    IIF = 3
    OIF = 4
    GATEWAY = 5
    PRIORITY = 6
    PREFSRC = 7
    METRICS = 8
    MULTIPATH = 9
    PROTOINFO = 10
    FLOW = 11
    CACHEINFO = 12
    SESSION = 13
    MP_ALGO = 14
    TABLE = 15
    MARK = 16
    MFC_STATS = 17
    VIA = 18
    NEWDST = 19
    PREF = 20
    ENCAP_TYPE = 21
    ENCAP = 22
    EXPIRES = 23
    PAD = 24
    UID = 25
    TTL_PROPAGATE = 26
    IP_PROTO = 27
    SPORT = 28
    DPORT = 29
    NH_ID = 30
    FLOWLABEL = 31


class RTAX:
    """Attributes of the metrics of a route, inside RTA_METRICS (RTAX_*)."""

    LOCK = 1
    MTU = 2
    WINDOW = 3
    RTT = 4
    RTTVAR = 5
    SSTHRESH = 6
    CWND = 7
    ADVMSS = 8
    REORDERING = 9
    HOPLIMIT = 10
    INITCWND = 11
    FEATURES = 12
    RTO_MIN = 13
    INITRWND = 14
    QUICKACK = 15
    CC_ALGO = 16
    FASTOPEN_NO_COOKIE = 17


class FRA:
    """Attributes of a route rule (FRA_*)."""

    DST = 1
    SRC = 2
    IIFNAME = 3
    GOTO = 4
    UNUSED2 = 5
    PRIORITY = 6
    UNUSED3 = 7
    UNUSED4 = 8
    UNUSED5 = 9
    FWMARK = 10
    FLOW = 11
    TUN_ID = 12
    SUPPRESS_IFGROUP = 13
    SUPPRESS_PREFIXLEN = 14
    TABLE = 15
    FWMASK = 16
    OIFNAME = 17
    PAD = 18
    L3MDEV = 19
    UID_RANGE = 20
    PROTOCOL = 21
    IP_PROTO = 22
    SPORT_RANGE = 23
    DPORT_RANGE = 24
    DSCP = 25
    FLOWLABEL = 26
    FLOWLABEL_MASK = 27
    SPORT_MASK = 28
    DPORT_MASK = 29
    DSCP_MASK = 30


class IFA:
    """Attributes of an address (IFA_*)."""

    ADDRESS = 1
    LOCAL = 2
    LABEL = 3
    BROADCAST = 4
    ANYCAST = 5
    CACHEINFO = 6
    MULTICAST = 7
    FLAGS = 8
    RT_PRIORITY = 9
    TARGET_NETNSID = 10
    PROTO = 11


class NDA:
    """Attributes of a neighbour or FDB entry (NDA_*)."""

    DST = 1
    LLADDR = 2
    CACHEINFO = 3
    PROBES = 4
    VLAN = 5
    PORT = 6
    VNI = 7
    IFINDEX = 8
    MASTER = 9
    LINK_NETNSID = 10
    SRC_VNI = 11
    PROTOCOL = 12
    NH_ID = 13
    FDB_EXT_ATTRS = 14
    FLAGS_EXT = 15
    NDM_STATE_MASK = 16
    NDM_FLAGS_MASK = 17


class NHA:
    """Attributes of a nexthop object (NHA_*)."""

    ID = 1
    GROUP = 2
    GROUP_TYPE = 3
    BLACKHOLE = 4
    OIF = 5
    GATEWAY = 6
    ENCAP_TYPE = 7
    ENCAP = 8
    GROUPS = 9
    MASTER = 10
    FDB = 11
    RES_GROUP = 12
    RES_BUCKET = 13
    OP_FLAGS = 14
    GROUP_STATS = 15
    HW_STATS_ENABLE = 16
    HW_STATS_USED = 17


class NHA_RES_GROUP:
    """Attributes of a resilient nexthop group, inside NHA_RES_GROUP (NHA_RES_GROUP_*)."""

    BUCKETS = 1
    IDLE_TIMER = 2
    UNBALANCED_TIMER = 3
    UNBALANCED_TIME = 4


class NFEA:
    """Attributes inside NDA_FDB_EXT_ATTRS of an FDB entry (NFEA_*)."""

    ACTIVITY_NOTIFY = 1
    DONT_REFRESH = 2


class NETNSA:
    """Attributes of a message about the nsid of a namespace (NETNSA_*)."""

    NONE = 0
    NSID = 1
    PID = 2
    FD = 3
    TARGET_NSID = 4
    CURRENT_NSID = 5


class NETCONFA:
    """Attributes of a message about a changed setting of a link (NETCONFA_*)."""

    IFINDEX = 1
    FORWARDING = 2
    RP_FILTER = 3
    MC_FORWARDING = 4
    PROXY_NEIGH = 5
    IGNORE_ROUTES_WITH_LINKDOWN = 6
    INPUT = 7
    BC_FORWARDING = 8
    FORCE_FORWARDING = 9


class TCA:
    """Attributes of a qdisc or filter of traffic control (TCA_*)."""

    KIND = 1
    OPTIONS = 2
    STATS = 3
    XSTATS = 4
    RATE = 5
    FCNT = 6
    STATS2 = 7
    STAB = 8
    DUMP_INVISIBLE = 10
    CHAIN = 11
    HW_OFFLOAD = 12
    INGRESS_BLOCK = 13
    EGRESS_BLOCK = 14
    DUMP_FLAGS = 15
    EXT_WARN_MSG = 16
