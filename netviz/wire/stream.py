"""Frames over a byte stream: four bytes of length, the more significant first, then the frame.

Joins the agent's two processes over a socketpair. Both sides check the length before they keep anything.
"""

import struct
from collections.abc import Iterator

from netviz.wire.limits import FRAME_BYTES
from netviz.wire.problems import WireError

_LENGTH = struct.Struct(">I")


def packed(frame: bytes) -> bytes:
    """The frame with its length in front. Raises WireError where it is larger than a frame may be."""
    if len(frame) > FRAME_BYTES:
        raise WireError("too-large", f"{len(frame)} bytes; at most {FRAME_BYTES}")
    return _LENGTH.pack(len(frame)) + frame


class Splitter:
    """Takes bytes as they come, gives whole frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames that these bytes complete. Raises WireError for a length no frame may have."""
        self._buffer += data
        at = 0
        try:
            while len(self._buffer) - at >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(self._buffer, at)
                if length > FRAME_BYTES:
                    raise WireError("too-large", f"{length} bytes; at most {FRAME_BYTES}")
                end = at + _LENGTH.size + length
                if len(self._buffer) < end:
                    break
                yield bytes(self._buffer[at + _LENGTH.size : end])
                at = end
        finally:
            del self._buffer[:at]
