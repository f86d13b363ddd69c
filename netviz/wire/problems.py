"""The errors of frames. Each has a stable code for programs, and a sentence that says what is wrong and where.

WireError
  too-large        more bytes than FRAME_BYTES
  not-utf8         bytes that are not UTF-8
  not-json         text that is not JSON, or JSON that is refused (NaN, Infinity, duplicate keys, long integers)
  too-deep         nested deeper than DEPTH
  unknown-type     a tag that does not belong to this direction
  unknown-field    a field that the type does not have
  missing-field    a required field is missing
  bad-type         a value of another type
  bad-value        a value of the right type that is not allowed (out of range, not in the list, NUL in text)
  too-long         a text or an array above its limit
  bad-order        a frame that is not allowed now (raised by the code that handles a connection, not by the codec)
"""

from typing import Literal

Code = Literal[
    "too-large",
    "not-utf8",
    "not-json",
    "too-deep",
    "unknown-type",
    "unknown-field",
    "missing-field",
    "bad-type",
    "bad-value",
    "too-long",
    "bad-order",
]


class WireError(ValueError):
    """A frame was refused: `code` says why, `where` is the path of the invalid value (`put[3].ifindex`)."""

    def __init__(self, code: Code, text: str, where: str = "") -> None:
        super().__init__(f"{code} at {where}: {text}" if where else f"{code}: {text}")
        self.code: Code = code
        self.text = text
        self.where = where
