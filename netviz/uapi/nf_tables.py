"""Attribute numbers of nftables' messages, named as in include/uapi/linux/netfilter/nf_tables.h.

`NFTA_RULE.CHAIN` is NFTA_RULE_CHAIN. Expressions are in `netviz.uapi.nf_expressions`.
"""


class NFTA_TABLE:
    """Attributes of an nftables table (NFTA_TABLE_*)."""

    NAME = 1
    FLAGS = 2
    USE = 3
    HANDLE = 4
    USERDATA = 6
    OWNER = 7


class NFTA_CHAIN:
    """Attributes of an nftables chain (NFTA_CHAIN_*)."""

    TABLE = 1
    HANDLE = 2
    NAME = 3
    HOOK = 4
    POLICY = 5
    USE = 6
    TYPE = 7
    COUNTERS = 8
    FLAGS = 10
    ID = 11
    USERDATA = 12


class NFTA_HOOK:
    """Attributes of a netfilter hook, inside NFTA_CHAIN_HOOK or NFTA_FLOWTABLE_HOOK (NFTA_HOOK_*)."""

    HOOKNUM = 1
    PRIORITY = 2
    DEV = 3
    DEVS = 4


class NFTA_RULE:
    """Attributes of an nftables rule (NFTA_RULE_*)."""

    TABLE = 1
    CHAIN = 2
    HANDLE = 3
    EXPRESSIONS = 4
    COMPAT = 5
    POSITION = 6
    USERDATA = 7
    ID = 9
    POSITION_ID = 10
    CHAIN_ID = 11


class NFTA_EXPR:
    """Attributes of one expression of an nftables rule (NFTA_EXPR_*)."""

    NAME = 1
    DATA = 2


class NFTA_DATA:
    """Attributes of data in an nftables message: a value or a verdict (NFTA_DATA_*)."""

    VALUE = 1
    VERDICT = 2


class NFTA_VERDICT:
    """Attributes of an nftables verdict (NFTA_VERDICT_*)."""

    CODE = 1
    CHAIN = 2
    CHAIN_ID = 3


class NFTA_SET:
    """Attributes of an nftables set or map (NFTA_SET_*)."""

    TABLE = 1
    NAME = 2
    FLAGS = 3
    KEY_TYPE = 4
    KEY_LEN = 5
    DATA_TYPE = 6
    DATA_LEN = 7
    POLICY = 8
    DESC = 9
    ID = 10
    TIMEOUT = 11
    GC_INTERVAL = 12
    USERDATA = 13
    OBJ_TYPE = 15
    HANDLE = 16
    EXPR = 17
    EXPRESSIONS = 18


class NFTA_SET_DESC:
    """Attributes of the description of an nftables set (NFTA_SET_DESC_*)."""

    SIZE = 1
    CONCAT = 2


class NFTA_SET_ELEM:
    """Attributes of one element of an nftables set (NFTA_SET_ELEM_*)."""

    KEY = 1
    DATA = 2
    FLAGS = 3
    TIMEOUT = 4
    EXPIRATION = 5
    USERDATA = 6
    EXPR = 7
    OBJREF = 9
    KEY_END = 10
    EXPRESSIONS = 11


class NFTA_SET_ELEM_LIST:
    """Attributes of a message with elements of an nftables set (NFTA_SET_ELEM_LIST_*)."""

    TABLE = 1
    SET = 2
    ELEMENTS = 3
    SET_ID = 4


class NFTA_OBJ:
    """Attributes of a named nftables object (NFTA_OBJ_*)."""

    TABLE = 1
    NAME = 2
    TYPE = 3
    DATA = 4
    USE = 5
    HANDLE = 6
    USERDATA = 8


class NFTA_FLOWTABLE:
    """Attributes of an nftables flowtable (NFTA_FLOWTABLE_*)."""

    TABLE = 1
    NAME = 2
    HOOK = 3
    USE = 4
    HANDLE = 5
    FLAGS = 7


class NFTA_FLOWTABLE_HOOK:
    """Attributes of the hook of an nftables flowtable (NFTA_FLOWTABLE_HOOK_*)."""

    NUM = 1
    PRIORITY = 2
    DEVS = 3
