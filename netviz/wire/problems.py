"""What can be wrong with a frame. A code is stable and for programs; the sentence says what, and where in the frame.

WireError
  too-large        more bytes than FRAME_BYTES
  not-utf8         bytes that are not UTF-8
  not-json         text that is not JSON, or JSON with what we refuse (NaN, Infinity, duplicate keys, long integers)
  too-deep         nested deeper than DEPTH
  unknown-type     a tag that is not of this direction
  unknown-field    a field that its type does not have
  missing-field    a field without default that is not there
  bad-type         a value of another type
  bad-value        a value of the right type that is not allowed (out of range, not of the list, NUL in text)
  too-long         a text or an array over its cap
  bad-order        a frame that may not come now (used by sessions, not by the codec)
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
    """A frame that is refused: `code` says why, `where` at which place of the frame (`put[3].ifindex`)."""

    def __init__(self, code: Code, text: str, where: str = "") -> None:
        super().__init__(f"{code} at {where}: {text}" if where else f"{code}: {text}")
        self.code: Code = code
        self.text = text
        self.where = where
