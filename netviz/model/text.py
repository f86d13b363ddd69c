"""Converts bytes from the kernel to text that is safe to show. All text from a host is decoded here.

A name in the kernel is a byte string that an unprivileged user can choose (`dev_valid_name` in net/core/dev.c refuses
only `/`, `:` and white space). No byte is lost: what a reader could not see, or could be misled by, is written `\\xNN`,
byte by byte, and a backslash is written `\\x5c`, so that two different names never give the same text.
"""

import re
import unicodedata
from functools import lru_cache

# Separates the parts of an entity's key (see `netviz.model.entity`); a part never contains the separator.
_SLASH = "/"

# Unicode categories of characters that are invisible or change how other characters are shown: control, format (such as
# bidi and zero-width), surrogate, private use, unassigned, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Further characters that are invisible, although their Unicode category is letter or mark (property
# Default_Ignorable_Code_Point).
_BLANK_LOOKING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(c) for c in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}

_PLAIN = re.compile(rb"[ -\[\]-~]*")


def _escape(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))


def _hidden(char: str) -> bool:
    return char == "\\" or char in _BLANK_LOOKING or unicodedata.category(char) in _UNSEEN


@lru_cache(maxsize=8192)
def text(raw: bytes) -> str:
    """Returns the text of a kernel string up to its first NUL. Different strings give different texts."""
    end = raw.find(0)
    if end >= 0:
        raw = raw[:end]
    if _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    return "".join(_escape(c) if _hidden(c) else c for c in raw.decode("utf-8", "surrogateescape"))


def visible(said: str) -> str:
    """Returns a text for one line of a terminal or a log: what a reader could not see, or could be misled by, and what
    a terminal would obey, is written `\\xNN`, byte by byte. A backslash stays as it is.
    """
    if said.isascii() and said.isprintable():
        return said
    return "".join(
        "".join(f"\\x{byte:02x}" for byte in c.encode("utf-8", "surrogatepass")) if c != "\\" and _hidden(c) else c
        for c in said
    )


def word(safe: str) -> str:
    """Returns a text without white space, so that it is one word: each white space character of Unicode is replaced by
    `\\xNN`, byte by byte.

    `safe` is a result of the function `text`.
    """
    return "".join(_escape(c) if c.isspace() else c for c in safe)


def key_part(safe: str) -> str:
    """Returns a text as a part of an entity's key: a slash, which separates parts, is replaced by `\\x2f`.

    `safe` is a result of the function `text`.
    """
    return safe.replace(_SLASH, "\\x2f")


def raw(safe: str) -> bytes:
    """Returns the bytes of the kernel from which `text` or `word` made this text (the reverse of these functions).

    Raises ValueError for a backslash that does not start `\\xNN`.
    """
    out = bytearray()
    at = 0
    while (found := safe.find("\\", at)) >= 0:
        out += safe[at:found].encode("utf-8", "surrogateescape")
        if safe[found : found + 2] != "\\x":
            raise ValueError(f"the backslash at position {found} does not start \\xNN")
        out.append(int(safe[found + 2 : found + 4], 16))
        at = found + 4
    return bytes(out + safe[at:].encode("utf-8", "surrogateescape"))
