"""Attribute numbers of bridges, their ports, VLANs and multicast groups, and of the VNIs of a vxlan.

Source: if_link.h and if_bridge.h in include/uapi/linux. `BR.ROOT_ID` is IFLA_BR_ROOT_ID, `BRIDGE.VLAN_INFO` is
IFLA_BRIDGE_VLAN_INFO; the other names are those of the kernel.
"""


class BR:
    """Attributes of a bridge (IFLA_BR_*), inside IFLA_INFO_DATA."""

    FORWARD_DELAY = 1
    HELLO_TIME = 2
    MAX_AGE = 3
    AGEING_TIME = 4
    STP_STATE = 5
    PRIORITY = 6
    VLAN_FILTERING = 7
    VLAN_PROTOCOL = 8
    GROUP_FWD_MASK = 9
    ROOT_ID = 10
    BRIDGE_ID = 11
    ROOT_PORT = 12
    ROOT_PATH_COST = 13
    TOPOLOGY_CHANGE = 14
    TOPOLOGY_CHANGE_DETECTED = 15
    HELLO_TIMER = 16
    TCN_TIMER = 17
    TOPOLOGY_CHANGE_TIMER = 18
    GC_TIMER = 19
    GROUP_ADDR = 20
    FDB_FLUSH = 21
    MCAST_ROUTER = 22
    MCAST_SNOOPING = 23
    MCAST_QUERY_USE_IFADDR = 24
    MCAST_QUERIER = 25
    MCAST_HASH_ELASTICITY = 26
    MCAST_HASH_MAX = 27
    MCAST_LAST_MEMBER_CNT = 28
    MCAST_STARTUP_QUERY_CNT = 29
    MCAST_LAST_MEMBER_INTVL = 30
    MCAST_MEMBERSHIP_INTVL = 31
    MCAST_QUERIER_INTVL = 32
    MCAST_QUERY_INTVL = 33
    MCAST_QUERY_RESPONSE_INTVL = 34
    MCAST_STARTUP_QUERY_INTVL = 35
    NF_CALL_IPTABLES = 36
    NF_CALL_IP6TABLES = 37
    NF_CALL_ARPTABLES = 38
    VLAN_DEFAULT_PVID = 39
    PAD = 40
    VLAN_STATS_ENABLED = 41
    MCAST_STATS_ENABLED = 42
    MCAST_IGMP_VERSION = 43
    MCAST_MLD_VERSION = 44
    VLAN_STATS_PER_PORT = 45
    MULTI_BOOLOPT = 46
    MCAST_QUERIER_STATE = 47
    FDB_N_LEARNED = 48
    FDB_MAX_LEARNED = 49


class BRPORT:
    """Attributes of a bridge port (IFLA_BRPORT_*), inside IFLA_INFO_SLAVE_DATA."""

    STATE = 1
    PRIORITY = 2
    COST = 3
    MODE = 4
    GUARD = 5
    PROTECT = 6
    FAST_LEAVE = 7
    LEARNING = 8
    UNICAST_FLOOD = 9
    PROXYARP = 10
    LEARNING_SYNC = 11
    PROXYARP_WIFI = 12
    ROOT_ID = 13
    BRIDGE_ID = 14
    DESIGNATED_PORT = 15
    DESIGNATED_COST = 16
    ID = 17
    NO = 18
    TOPOLOGY_CHANGE_ACK = 19
    CONFIG_PENDING = 20
    MESSAGE_AGE_TIMER = 21
    FORWARD_DELAY_TIMER = 22
    HOLD_TIMER = 23
    FLUSH = 24
    MULTICAST_ROUTER = 25
    PAD = 26
    MCAST_FLOOD = 27
    MCAST_TO_UCAST = 28
    VLAN_TUNNEL = 29
    BCAST_FLOOD = 30
    GROUP_FWD_MASK = 31
    NEIGH_SUPPRESS = 32
    ISOLATED = 33
    BACKUP_PORT = 34
    MRP_RING_OPEN = 35
    MRP_IN_OPEN = 36
    MCAST_EHT_HOSTS_LIMIT = 37
    MCAST_EHT_HOSTS_CNT = 38
    LOCKED = 39
    MAB = 40
    MCAST_N_GROUPS = 41
    MCAST_MAX_GROUPS = 42
    NEIGH_VLAN_SUPPRESS = 43
    BACKUP_NHID = 44


class BRIDGE:
    """Attributes of a bridge or port in an AF_BRIDGE message, inside IFLA_AF_SPEC (IFLA_BRIDGE_*)."""

    FLAGS = 0
    MODE = 1
    VLAN_INFO = 2
    VLAN_TUNNEL_INFO = 3
    MRP = 4
    CFM = 5
    MST = 6


class BRIDGE_VLAN_TUNNEL:
    """Attributes of the mapping of a VLAN to a tunnel id (IFLA_BRIDGE_VLAN_TUNNEL_*)."""

    ID = 1
    VID = 2
    FLAGS = 3


class BRIDGE_VLANDB_ENTRY:
    """Attributes of a VLAN or a range of VLANs of a port (BRIDGE_VLANDB_ENTRY_*), in a RTM_NEWVLAN message."""

    INFO = 1
    RANGE = 2
    STATE = 3
    TUNNEL_INFO = 4
    STATS = 5
    MCAST_ROUTER = 6
    MCAST_N_GROUPS = 7
    MCAST_MAX_GROUPS = 8
    NEIGH_SUPPRESS = 9


class BRIDGE_VLANDB_TINFO:
    """Attributes of the tunnel id of a VLAN (BRIDGE_VLANDB_TINFO_*)."""

    ID = 1
    CMD = 2


class MDBA_MDB_EATTR:
    """Attributes of a group of a port, after struct br_mdb_entry (MDBA_MDB_EATTR_*)."""

    TIMER = 1
    SRC_LIST = 2
    GROUP_MODE = 3
    SOURCE = 4
    RTPROT = 5
    DST = 6
    DST_PORT = 7
    VNI = 8
    IFINDEX = 9
    SRC_VNI = 10


class MDBA_MDB_SRCATTR:
    """Attributes of a source of a group (MDBA_MDB_SRCATTR_*)."""

    ADDRESS = 1
    TIMER = 2


class MDBA_ROUTER_PATTR:
    """Attributes of a port that leads to a multicast router (MDBA_ROUTER_PATTR_*)."""

    TIMER = 1
    TYPE = 2
    INET_TIMER = 3
    INET6_TIMER = 4
    VID = 5


class VXLAN_VNIFILTER_ENTRY:
    """Attributes of VNIs that a vxlan accepts (VXLAN_VNIFILTER_ENTRY_*), in a RTM_NEWTUNNEL message."""

    START = 1
    END = 2
    GROUP = 3
    GROUP6 = 4
    STATS = 5
