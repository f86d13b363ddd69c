"""Parts that all messages of nftables share: the family in the header, and the comment in the user data."""

from collections.abc import Mapping

from netviz.model.netfilter import NfFamily
from netviz.model.text import text

# NFPROTO_* in include/uapi/linux/netfilter.h.
FAMILIES: Mapping[int, NfFamily] = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}

# The attribute type of a comment in the user data of an object (libnftnl, udata.h): COMMENT, but SET_COMMENT for a set.
COMMENT = 0
SET_COMMENT = 7


def family_of(payload: bytes) -> NfFamily | None:
    """Returns the family in the struct nfgenmsg of a message; None for a family that this project does not show."""
    return FAMILIES.get(payload[0])


def comment_in(raw: bytes | None, kind: int = COMMENT) -> str:
    """Returns the comment in user data, which is a list of entries: type (1 byte), length (1 byte), value."""
    at = 0
    while raw and at + 2 <= len(raw):
        if raw[at] == kind:
            return text(raw[at + 2 : at + 2 + raw[at + 1]])
        at += 2 + raw[at + 1]
    return ""
