"""Attribute numbers of nftables' expressions, named as in include/uapi/linux/netfilter/nf_tables.h (and _compat.h).

`NFTA_META.KEY` is NFTA_META_KEY.
"""


class NFTA_META:
    """Attributes of the nftables expression `meta` (NFTA_META_*)."""

    DREG = 1
    KEY = 2
    SREG = 3


class NFTA_CT:
    """Attributes of the nftables expression `ct` (NFTA_CT_*)."""

    DREG = 1
    KEY = 2
    DIRECTION = 3
    SREG = 4


class NFTA_FIB:
    """Attributes of the nftables expression `fib` (NFTA_FIB_*)."""

    DREG = 1
    RESULT = 2
    FLAGS = 3


class NFTA_PAYLOAD:
    """Attributes of the nftables expression `payload` (NFTA_PAYLOAD_*)."""

    DREG = 1
    BASE = 2
    OFFSET = 3
    LEN = 4
    SREG = 5
    CSUM_TYPE = 6
    CSUM_OFFSET = 7
    CSUM_FLAGS = 8


class NFTA_IMMEDIATE:
    """Attributes of the nftables expression `immediate` (NFTA_IMMEDIATE_*)."""

    DREG = 1
    DATA = 2


class NFTA_BYTEORDER:
    """Attributes of the nftables expression `byteorder` (NFTA_BYTEORDER_*)."""

    SREG = 1
    DREG = 2
    OP = 3
    LEN = 4
    SIZE = 5


class NFTA_NG:
    """Attributes of the nftables expression `ng` (NFTA_NG_*)."""

    DREG = 1
    MODULUS = 2
    TYPE = 3
    OFFSET = 4
    SET_NAME = 5
    SET_ID = 6


class NFTA_BITWISE:
    """Attributes of the nftables expression `bitwise` (NFTA_BITWISE_*)."""

    SREG = 1
    DREG = 2
    LEN = 3
    MASK = 4
    XOR = 5
    OP = 6
    DATA = 7


class NFTA_CMP:
    """Attributes of the nftables expression `cmp` (NFTA_CMP_*)."""

    SREG = 1
    OP = 2
    DATA = 3


class NFTA_RANGE:
    """Attributes of the nftables expression `range` (NFTA_RANGE_*)."""

    SREG = 1
    OP = 2
    FROM_DATA = 3
    TO_DATA = 4


class NFTA_LOOKUP:
    """Attributes of the nftables expression `lookup` (NFTA_LOOKUP_*)."""

    SET = 1
    SREG = 2
    DREG = 3
    SET_ID = 4
    FLAGS = 5


class NFTA_MATCH:
    """Attributes of the nftables expression `match` (NFTA_MATCH_*). Those of `target` have the same numbers."""

    NAME = 1
    REV = 2
    INFO = 3


class NFTA_COUNTER:
    """Attributes of the nftables expression `counter` (NFTA_COUNTER_*)."""

    BYTES = 1
    PACKETS = 2


class NFTA_LIMIT:
    """Attributes of the nftables expression `limit` (NFTA_LIMIT_*)."""

    RATE = 1
    UNIT = 2
    BURST = 3
    TYPE = 4
    FLAGS = 5


class NFTA_QUOTA:
    """Attributes of the nftables expression `quota` (NFTA_QUOTA_*)."""

    BYTES = 1
    FLAGS = 2
    CONSUMED = 4


class NFTA_CONNLIMIT:
    """Attributes of the nftables expression `connlimit` (NFTA_CONNLIMIT_*)."""

    COUNT = 1
    FLAGS = 2


class NFTA_LOG:
    """Attributes of the nftables expression `log` (NFTA_LOG_*)."""

    GROUP = 1
    PREFIX = 2
    SNAPLEN = 3
    QTHRESHOLD = 4
    LEVEL = 5
    FLAGS = 6


class NFTA_REJECT:
    """Attributes of the nftables expression `reject` (NFTA_REJECT_*)."""

    TYPE = 1
    ICMP_CODE = 2


class NFTA_NAT:
    """Attributes of the nftables expression `nat` (NFTA_NAT_*)."""

    TYPE = 1
    FAMILY = 2
    REG_ADDR_MIN = 3
    REG_ADDR_MAX = 4
    REG_PROTO_MIN = 5
    REG_PROTO_MAX = 6
    FLAGS = 7


class NFTA_MASQ:
    """Attributes of the nftables expression `masq` (NFTA_MASQ_*)."""

    FLAGS = 1
    REG_PROTO_MIN = 2
    REG_PROTO_MAX = 3


class NFTA_REDIR:
    """Attributes of the nftables expression `redir` (NFTA_REDIR_*)."""

    REG_PROTO_MIN = 1
    REG_PROTO_MAX = 2
    FLAGS = 3


class NFTA_TPROXY:
    """Attributes of the nftables expression `tproxy` (NFTA_TPROXY_*)."""

    FAMILY = 1
    REG_ADDR = 2
    REG_PORT = 3


class NFTA_QUEUE:
    """Attributes of the nftables expression `queue` (NFTA_QUEUE_*)."""

    NUM = 1
    TOTAL = 2
    FLAGS = 3
    SREG_QNUM = 4


class NFTA_DYNSET:
    """Attributes of the nftables expression `dynset` (NFTA_DYNSET_*)."""

    SET_NAME = 1
    SET_ID = 2
    OP = 3
    SREG_KEY = 4
    SREG_DATA = 5
    TIMEOUT = 6
    EXPR = 7
    FLAGS = 9
    EXPRESSIONS = 10


class NFTA_OBJREF:
    """Attributes of the nftables expression `objref` (NFTA_OBJREF_*)."""

    IMM_TYPE = 1
    IMM_NAME = 2
    SET_SREG = 3
    SET_NAME = 4
    SET_ID = 5


class NFTA_FLOW:
    """Attributes of the nftables expression `flow` (NFTA_FLOW_*)."""

    TABLE_NAME = 1
