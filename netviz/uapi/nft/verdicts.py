"""Reads the verdicts of nftables rules and elements (NFTA_VERDICT_*; enum nft_verdicts, NF_DROP and NF_ACCEPT)."""

import struct
from collections.abc import Mapping

from netviz.model.netfilter import Verdict, VerdictCode
from netviz.model.text import text
from netviz.uapi.attributes import walk
from netviz.uapi.nf_tables import NFTA_VERDICT

_QUEUE = 3  # NF_QUEUE; the upper 16 bits are the number of the queue (NF_VERDICT_QBITS)
_CODES: Mapping[int, VerdictCode] = {
    0: "drop",
    1: "accept",
    2: "stolen",
    _QUEUE: "queue",
    -1: "continue",
    -2: "break",
    -3: "jump",
    -4: "goto",
    -5: "return",
}


def verdict_of(raw: bytes) -> Verdict:
    """Returns the verdict in an attribute NFTA_DATA_VERDICT.

    Its code is "unknown" if the kernel's number has no name here.
    """
    found = walk(raw)
    number: int = struct.unpack(">i", found[NFTA_VERDICT.CODE])[0] if len(found.get(NFTA_VERDICT.CODE, b"")) == 4 else 0
    if number > 0 and number & 0xFFFF == _QUEUE:
        return Verdict("queue", number=number >> 16)
    code = _CODES.get(number)
    if code is None:
        return Verdict("unknown", number=number)
    return Verdict(code, text(found.get(NFTA_VERDICT.CHAIN, b"")) if code in ("jump", "goto") else "")
