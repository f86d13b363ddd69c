"""Frames over a byte stream between two processes: four bytes of length in network order, then the frame's bytes.

`send` and `Splitter` are the two ends; both hold the cap of a frame.
"""

import struct
from typing import Protocol

from netviz.wire.limits import FRAME_BYTES
from netviz.wire.problems import WireError

_LENGTH = struct.Struct(">I")


class Sender(Protocol):
    """What takes all bytes it is given: a blocking socket."""

    def sendall(self, data: bytes, /) -> None:
        """Sends all of them, or raises OSError."""


def framed(frame: bytes) -> bytes:
    """The frame as it goes over a stream. Raises WireError for one over the cap."""
    if len(frame) > FRAME_BYTES:
        raise WireError("too-large", f"{len(frame)} bytes; at most {FRAME_BYTES}")
    return _LENGTH.pack(len(frame)) + frame


def send(sender: Sender, frame: bytes) -> None:
    """Sends one encoded frame. Raises WireError for one over the cap, and what the sender raises."""
    sender.sendall(framed(frame))


class Splitter:
    """Cuts a stream into frames, as bytes arrive in pieces of any size."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are whole now. Raises WireError for a length over the cap: the stream is of no use then."""
        self._waiting += data
        frames = []
        at = 0
        while len(self._waiting) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._waiting, at)
            if length > FRAME_BYTES:
                raise WireError("too-large", f"a frame of {length} bytes; at most {FRAME_BYTES}")
            end = at + _LENGTH.size + length
            if len(self._waiting) < end:
                break
            frames.append(bytes(self._waiting[at + _LENGTH.size : end]))
            at = end
        del self._waiting[:at]
        return frames
