"""Verdicts in words (NFTA_VERDICT_*; enum nft_verdicts, NF_DROP and NF_ACCEPT)."""

import struct

from netviz.model.text import text
from netviz.uapi.attributes import walk

_WORDS = {0: "drop", 1: "accept", 2: "stolen", 3: "queue", -1: "continue", -2: "break", -5: "return"}
_JUMPS = {-3: "jump", -4: "goto"}


def verdict_of(raw: bytes) -> str:
    """The verdict in this attribute: "accept", "drop", "jump CHAIN", ..."""
    found = walk(raw)
    code = struct.unpack(">i", found[1])[0] if len(found.get(1, b"")) == 4 else 0
    if code in _JUMPS:
        return f"{_JUMPS[code]} {text(found.get(2, b''))}"
    return _WORDS.get(code & 0xFF if code > 3 else code, str(code))
