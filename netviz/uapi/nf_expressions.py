"""Attribute numbers of nftables' expressions, named as in include/uapi/linux/netfilter/nf_tables.h (and _compat.h).

`NFTA_META.KEY` is NFTA_META_KEY.
"""


class NFTA_META:
    """The expression meta."""

    DREG = 1
    KEY = 2
    SREG = 3


class NFTA_CT:
    """The expression ct."""

    DREG = 1
    KEY = 2
    DIRECTION = 3
    SREG = 4


class NFTA_FIB:
    """The expression fib."""

    DREG = 1
    RESULT = 2
    FLAGS = 3


class NFTA_PAYLOAD:
    """The expression payload."""

    DREG = 1
    BASE = 2
    OFFSET = 3
    LEN = 4
    SREG = 5
    CSUM_TYPE = 6
    CSUM_OFFSET = 7
    CSUM_FLAGS = 8


class NFTA_IMMEDIATE:
    """The expression immediate."""

    DREG = 1
    DATA = 2


class NFTA_BYTEORDER:
    """The expression byteorder."""

    SREG = 1
    DREG = 2
    OP = 3
    LEN = 4
    SIZE = 5


class NFTA_NG:
    """The expression ng."""

    DREG = 1
    MODULUS = 2
    TYPE = 3
    OFFSET = 4
    SET_NAME = 5
    SET_ID = 6


class NFTA_BITWISE:
    """The expression bitwise."""

    SREG = 1
    DREG = 2
    LEN = 3
    MASK = 4
    XOR = 5
    OP = 6
    DATA = 7


class NFTA_CMP:
    """The expression cmp."""

    SREG = 1
    OP = 2
    DATA = 3


class NFTA_RANGE:
    """The expression range."""

    SREG = 1
    OP = 2
    FROM_DATA = 3
    TO_DATA = 4


class NFTA_LOOKUP:
    """The expression lookup."""

    SET = 1
    SREG = 2
    DREG = 3
    SET_ID = 4
    FLAGS = 5


class NFTA_MATCH:
    """The expression match."""

    NAME = 1
    REV = 2
    INFO = 3


class NFTA_TARGET:
    """The expression target."""

    NAME = 1
    REV = 2
    INFO = 3


class NFTA_COUNTER:
    """The expression counter."""

    BYTES = 1
    PACKETS = 2


class NFTA_LIMIT:
    """The expression limit."""

    RATE = 1
    UNIT = 2
    BURST = 3
    TYPE = 4
    FLAGS = 5


class NFTA_QUOTA:
    """The expression quota."""

    BYTES = 1
    FLAGS = 2
    CONSUMED = 4


class NFTA_CONNLIMIT:
    """The expression connlimit."""

    COUNT = 1
    FLAGS = 2


class NFTA_LOG:
    """The expression log."""

    GROUP = 1
    PREFIX = 2
    SNAPLEN = 3
    QTHRESHOLD = 4
    LEVEL = 5
    FLAGS = 6


class NFTA_REJECT:
    """The expression reject."""

    TYPE = 1
    ICMP_CODE = 2


class NFTA_NAT:
    """The expression nat."""

    TYPE = 1
    FAMILY = 2
    REG_ADDR_MIN = 3
    REG_ADDR_MAX = 4
    REG_PROTO_MIN = 5
    REG_PROTO_MAX = 6
    FLAGS = 7


class NFTA_MASQ:
    """The expression masq."""

    FLAGS = 1
    REG_PROTO_MIN = 2
    REG_PROTO_MAX = 3


class NFTA_REDIR:
    """The expression redir."""

    REG_PROTO_MIN = 1
    REG_PROTO_MAX = 2
    FLAGS = 3


class NFTA_TPROXY:
    """The expression tproxy."""

    FAMILY = 1
    REG_ADDR = 2
    REG_PORT = 3


class NFTA_QUEUE:
    """The expression queue."""

    NUM = 1
    TOTAL = 2
    FLAGS = 3
    SREG_QNUM = 4


class NFTA_DYNSET:
    """The expression dynset."""

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
    """The expression objref."""

    IMM_TYPE = 1
    IMM_NAME = 2
    SET_SREG = 3
    SET_NAME = 4
    SET_ID = 5


class NFTA_FLOW:
    """The expression flow."""

    TABLE_NAME = 1
