"""Sends frames over a byte stream between two processes: four bytes of length in network order, then the frame.

`framed` encodes frames for the stream and `Splitter` decodes the stream; both enforce the size limit of a frame.
"""

import struct

from netviz.wire.limits import FRAME_BYTES
from netviz.wire.problems import WireError

_LENGTH = struct.Struct(">I")


def framed(frame: bytes) -> bytes:
    """Returns the frame with its length in front. Raises WireError if the frame is too large."""
    if len(frame) > FRAME_BYTES:
        raise WireError("too-large", f"the frame has {len(frame)} bytes; the limit is {FRAME_BYTES}")
    return _LENGTH.pack(len(frame)) + frame


class Splitter:
    """Splits a stream into frames. The bytes may arrive in pieces of any size."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Adds received bytes and returns the frames that are now complete.

        Raises WireError if the length of a frame is too large; the stream cannot be read further.
        """
        self._waiting += data
        frames = []
        at = 0
        while len(self._waiting) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._waiting, at)
            if length > FRAME_BYTES:
                raise WireError("too-large", f"the frame has {length} bytes; the limit is {FRAME_BYTES}")
            end = at + _LENGTH.size + length
            if len(self._waiting) < end:
                break
            frames.append(bytes(self._waiting[at + _LENGTH.size : end]))
            at = end
        del self._waiting[:at]
        return frames
