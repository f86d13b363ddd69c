"""Message types and attribute numbers of XFRM, the kernel's IPsec, named as in include/uapi/linux/xfrm.h."""


class XFRM_MSG:
    """Message types of XFRM (XFRM_MSG_*)."""

    NEWSA = 16
    DELSA = 17
    GETSA = 18
    NEWPOLICY = 19
    DELPOLICY = 20
    GETPOLICY = 21
    ACQUIRE = 23
    EXPIRE = 24
    UPDPOLICY = 25
    UPDSA = 26
    POLEXPIRE = 27
    FLUSHSA = 28
    FLUSHPOLICY = 29
    MIGRATE = 33
    MAPPING = 38
    SETDEFAULT = 39
    GETDEFAULT = 40


class XFRMA:
    """Attributes of policies and states (XFRMA_*)."""

    ALG_AUTH = 1
    ALG_CRYPT = 2
    ALG_COMP = 3
    ENCAP = 4
    TMPL = 5
    SA = 6
    POLICY = 7
    SEC_CTX = 8
    LTIME_VAL = 9
    REPLAY_VAL = 10
    REPLAY_THRESH = 11
    ETIMER_THRESH = 12
    SRCADDR = 13
    COADDR = 14
    LASTUSED = 15
    POLICY_TYPE = 16
    MIGRATE = 17
    ALG_AEAD = 18
    KMADDRESS = 19
    ALG_AUTH_TRUNC = 20
    MARK = 21
    TFCPAD = 22
    REPLAY_ESN_VAL = 23
    SA_EXTRA_FLAGS = 24
    PROTO = 25
    ADDRESS_FILTER = 26
    PAD = 27
    OFFLOAD_DEV = 28
    SET_MARK = 29
    SET_MARK_MASK = 30
    IF_ID = 31
    MTIMER_THRESH = 32
    SA_DIR = 33
    NAT_KEEPALIVE_INTERVAL = 34
    SA_PCPU = 35
    IPTFS_DROP_TIME = 36
    IPTFS_REORDER_WINDOW = 37
    IPTFS_DONT_FRAG = 38
    IPTFS_INIT_DELAY = 39
    IPTFS_MAX_QSIZE = 40
    IPTFS_PKT_SIZE = 41
