"""Attribute numbers of links, named as in include/uapi/linux/if_link.h: `IFLA.MASTER` is IFLA_MASTER.

Each class is one enum of the header. Additions of newer kernels have a comment with the version.
"""


class IFLA:
    """Attributes of a link in a RTM_NEWLINK message (IFLA_*)."""

    ADDRESS = 1
    BROADCAST = 2
    IFNAME = 3
    MTU = 4
    LINK = 5
    QDISC = 6
    STATS = 7
    COST = 8
    PRIORITY = 9
    MASTER = 10
    WIRELESS = 11
    PROTINFO = 12
    TXQLEN = 13
    MAP = 14
    WEIGHT = 15
    OPERSTATE = 16
    LINKMODE = 17
    LINKINFO = 18
    NET_NS_PID = 19
    IFALIAS = 20
    NUM_VF = 21
    VFINFO_LIST = 22
    STATS64 = 23
    VF_PORTS = 24
    PORT_SELF = 25
    AF_SPEC = 26
    GROUP = 27
    NET_NS_FD = 28
    EXT_MASK = 29
    PROMISCUITY = 30
    NUM_TX_QUEUES = 31
    NUM_RX_QUEUES = 32
    CARRIER = 33
    PHYS_PORT_ID = 34
    CARRIER_CHANGES = 35
    PHYS_SWITCH_ID = 36
    LINK_NETNSID = 37
    PHYS_PORT_NAME = 38
    PROTO_DOWN = 39
    GSO_MAX_SEGS = 40
    GSO_MAX_SIZE = 41
    PAD = 42
    XDP = 43
    EVENT = 44
    NEW_NETNSID = 45
    TARGET_NETNSID = 46  # older headers call this IFLA_IF_NETNSID
    CARRIER_UP_COUNT = 47
    CARRIER_DOWN_COUNT = 48
    NEW_IFINDEX = 49
    MIN_MTU = 50
    MAX_MTU = 51
    PROP_LIST = 52
    ALT_IFNAME = 53
    PERM_ADDRESS = 54
    PROTO_DOWN_REASON = 55
    PARENT_DEV_NAME = 56
    PARENT_DEV_BUS_NAME = 57
    GRO_MAX_SIZE = 58
    TSO_MAX_SIZE = 59
    TSO_MAX_SEGS = 60
    ALLMULTI = 61
    DEVLINK_PORT = 62
    GSO_IPV4_MAX_SIZE = 63
    GRO_IPV4_MAX_SIZE = 64
    DPLL_PIN = 65
    MAX_PACING_OFFLOAD_HORIZON = 66
    NETNS_IMMUTABLE = 67
    HEADROOM = 68
    TAILROOM = 69


class INFO:
    """Attributes inside IFLA_LINKINFO (IFLA_INFO_*)."""

    KIND = 1
    DATA = 2
    XSTATS = 3
    SLAVE_KIND = 4
    SLAVE_DATA = 5


class BOND:
    """Attributes of a bond (IFLA_BOND_*), inside IFLA_INFO_DATA."""

    MODE = 1
    ACTIVE_SLAVE = 2
    MIIMON = 3
    UPDELAY = 4
    DOWNDELAY = 5
    USE_CARRIER = 6
    ARP_INTERVAL = 7
    ARP_IP_TARGET = 8
    ARP_VALIDATE = 9
    ARP_ALL_TARGETS = 10
    PRIMARY = 11
    PRIMARY_RESELECT = 12
    FAIL_OVER_MAC = 13
    XMIT_HASH_POLICY = 14
    RESEND_IGMP = 15
    NUM_PEER_NOTIF = 16
    ALL_SLAVES_ACTIVE = 17
    MIN_LINKS = 18
    LP_INTERVAL = 19
    PACKETS_PER_SLAVE = 20
    AD_LACP_RATE = 21
    AD_SELECT = 22
    AD_INFO = 23
    AD_ACTOR_SYS_PRIO = 24
    AD_USER_PORT_KEY = 25
    AD_ACTOR_SYSTEM = 26
    TLB_DYNAMIC_LB = 27
    PEER_NOTIF_DELAY = 28
    AD_LACP_ACTIVE = 29
    MISSED_MAX = 30
    NS_IP6_TARGET = 31
    COUPLED_CONTROL = 32
    BROADCAST_NEIGH = 33


class BOND_AD_INFO:
    """Attributes inside IFLA_BOND_AD_INFO (IFLA_BOND_AD_INFO_*): what LACP agreed on."""

    AGGREGATOR = 1
    NUM_PORTS = 2
    ACTOR_KEY = 3
    PARTNER_KEY = 4
    PARTNER_MAC = 5


class BOND_SLAVE:
    """Attributes of a bond's port (IFLA_BOND_SLAVE_*), inside IFLA_INFO_SLAVE_DATA."""

    STATE = 1
    MII_STATUS = 2
    LINK_FAILURE_COUNT = 3
    PERM_HWADDR = 4
    QUEUE_ID = 5
    AD_AGGREGATOR_ID = 6
    AD_ACTOR_OPER_PORT_STATE = 7
    AD_PARTNER_OPER_PORT_STATE = 8
    PRIO = 9
    ACTOR_PORT_PRIO = 10
    AD_CHURN_ACTOR_STATE = 11
    AD_CHURN_PARTNER_STATE = 12


class VLAN:
    """Attributes of a VLAN link (IFLA_VLAN_*)."""

    ID = 1
    FLAGS = 2
    EGRESS_QOS = 3
    INGRESS_QOS = 4
    PROTOCOL = 5


class MACVLAN:
    """Attributes of a macvlan or macvtap link (IFLA_MACVLAN_*)."""

    MODE = 1
    FLAGS = 2
    MACADDR_MODE = 3
    MACADDR = 4
    MACADDR_DATA = 5
    MACADDR_COUNT = 6
    BC_QUEUE_LEN = 7
    BC_QUEUE_LEN_USED = 8
    BC_CUTOFF = 9


class IPVLAN:
    """Attributes of an ipvlan or ipvtap link (IFLA_IPVLAN_*)."""

    MODE = 1
    FLAGS = 2


class VRF:
    """Attributes of a VRF (IFLA_VRF_*)."""

    TABLE = 1


class VRF_PORT:
    """Attributes of a port of a VRF (IFLA_VRF_PORT_*)."""

    TABLE = 1


class XFRM:
    """Attributes of an IPsec (xfrm) interface (IFLA_XFRM_*)."""

    LINK = 1
    IF_ID = 2
    COLLECT_METADATA = 3


class TUN:
    """Attributes of a tun or tap device (IFLA_TUN_*)."""

    OWNER = 1
    GROUP = 2
    TYPE = 3
    PI = 4
    VNET_HDR = 5
    PERSIST = 6
    MULTI_QUEUE = 7
    NUM_QUEUES = 8
    NUM_DISABLED_QUEUES = 9


class VXLAN:
    """Attributes of a vxlan link (IFLA_VXLAN_*)."""

    ID = 1
    GROUP = 2
    LINK = 3
    LOCAL = 4
    TTL = 5
    TOS = 6
    LEARNING = 7
    AGEING = 8
    LIMIT = 9
    PORT_RANGE = 10
    PROXY = 11
    RSC = 12
    L2MISS = 13
    L3MISS = 14
    PORT = 15
    GROUP6 = 16
    LOCAL6 = 17
    UDP_CSUM = 18
    UDP_ZERO_CSUM6_TX = 19
    UDP_ZERO_CSUM6_RX = 20
    REMCSUM_TX = 21
    REMCSUM_RX = 22
    GBP = 23
    REMCSUM_NOPARTIAL = 24
    COLLECT_METADATA = 25
    LABEL = 26
    GPE = 27
    TTL_INHERIT = 28
    DF = 29
    VNIFILTER = 30
    LOCALBYPASS = 31
    LABEL_POLICY = 32
    RESERVED_BITS = 33
    MC_ROUTE = 34


class GENEVE:
    """Attributes of a geneve link (IFLA_GENEVE_*)."""

    ID = 1
    REMOTE = 2
    TTL = 3
    TOS = 4
    PORT = 5
    COLLECT_METADATA = 6
    REMOTE6 = 7
    UDP_CSUM = 8
    UDP_ZERO_CSUM6_TX = 9
    UDP_ZERO_CSUM6_RX = 10
    LABEL = 11
    TTL_INHERIT = 12
    DF = 13
    INNER_PROTO_INHERIT = 14
    PORT_RANGE = 15


class NETKIT:
    """Attributes of a netkit link (IFLA_NETKIT_*)."""

    PEER_INFO = 1
    PRIMARY = 2
    POLICY = 3
    PEER_POLICY = 4
    MODE = 5
    SCRUB = 6
    PEER_SCRUB = 7
    HEADROOM = 8
    TAILROOM = 9


class MACSEC:
    """Attributes of a MACsec link (IFLA_MACSEC_*). They contain no keys."""

    SCI = 1
    PORT = 2
    ICV_LEN = 3
    CIPHER_SUITE = 4
    WINDOW = 5
    ENCODING_SA = 6
    ENCRYPT = 7
    PROTECT = 8
    INC_SCI = 9
    ES = 10
    SCB = 11
    REPLAY_PROTECT = 12
    VALIDATION = 13
    PAD = 14
    OFFLOAD = 15


class OVPN:
    """Attributes of an OpenVPN link (IFLA_OVPN_*)."""

    MODE = 1


class XDP:
    """Attributes of the XDP programs of a link, inside IFLA_XDP (IFLA_XDP_*)."""

    FD = 1
    ATTACHED = 2
    FLAGS = 3
    PROG_ID = 4
    DRV_PROG_ID = 5
    SKB_PROG_ID = 6
    HW_PROG_ID = 7
    EXPECTED_FD = 8


class INET:
    """Attributes of the IPv4 settings of a link, inside IFLA_AF_SPEC (IFLA_INET_*)."""

    CONF = 1


class INET6:
    """Attributes of the IPv6 settings of a link, inside IFLA_AF_SPEC (IFLA_INET6_*)."""

    FLAGS = 1
    CONF = 2
    STATS = 3
    MCAST = 4
    CACHEINFO = 5
    ICMP6STATS = 6
    TOKEN = 7
    ADDR_GEN_MODE = 8
    RA_MTU = 9
