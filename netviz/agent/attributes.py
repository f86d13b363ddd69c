"""Taking netlink messages apart: a walk over attributes, and compiled layouts for the messages that come in thousands.

A kernel writes the messages of one type in few layouts (which attributes, in which order, how long). A layout is
compiled once to one `struct.Struct` for the whole message; another message of the same length whose attribute headers
are the same is then taken apart by one call.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

_ATTRIBUTE = struct.Struct("=HH").unpack_from
_WORD = struct.Struct("=I").unpack_from
_TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER

# Bounds of what is remembered: whoever makes links chooses the lengths of their names and aliases.
_LAYOUTS_PER_LENGTH = 8
_LAYOUTS = 1_024

_SIZES = {"B": 1, "H": 2, "I": 4, "i": 4, "Q": 8}


def walk(data: bytes, at: int = 0) -> dict[int, bytes]:
    """The attributes from `at` on, by type without its flags; the last of one type wins; a broken end is left out."""
    found: dict[int, bytes] = {}
    end = len(data)
    while at + 4 <= end:
        length, kind = _ATTRIBUTE(data, at)
        if length < 4:
            break
        found[kind & _TYPE_MASK] = data[at + 4 : at + length]
        at += (length + 3) & ~3
    return found


def each(data: bytes, at: int = 0) -> Iterator[tuple[int, bytes]]:
    """The attributes from `at` on in their order, for lists in which one type comes many times."""
    end = len(data)
    while at + 4 <= end:
        length, kind = _ATTRIBUTE(data, at)
        if length < 4:
            break
        yield kind & _TYPE_MASK, data[at + 4 : at + length]
        at += (length + 3) & ~3


def u8(value: bytes) -> int:
    """The first byte, 0 of nothing."""
    return value[0] if value else 0


def u16(value: bytes) -> int:
    """16 bits in the host's order; 0 where they are not there."""
    found: int = _ATTRIBUTE(value + b"\0\0")[0] if len(value) == 2 else 0
    return found


def u32(value: bytes) -> int:
    """32 bits in the host's order; 0 where they are not there."""
    found: int = _WORD(value)[0] if len(value) >= 4 else 0
    return found


def u64(value: bytes) -> int:
    """64 bits in the host's order; 0 where they are not there."""
    found: int = struct.unpack_from("=Q", value)[0] if len(value) >= 8 else 0
    return found


def i32(value: bytes) -> int:
    """32 bits with a sign, in the host's order; 0 where they are not there."""
    found: int = struct.unpack_from("=i", value)[0] if len(value) >= 4 else 0
    return found


def be(value: bytes) -> int:
    """A number in network order, of any length."""
    return int.from_bytes(value, "big")


class _Layout(NamedTuple):
    unpack: Callable[[bytes], tuple[Any, ...]]
    heads: Callable[[tuple[Any, ...]], Any]
    expected: Any
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]


class Layouts:
    """Takes apart the messages of one type.

    `header` is the struct format of the fixed part, without byte order; `wanted` gives attribute types and the format
    of each: B, H, I, i, Q, or s for bytes of any length. Calling it with a payload gives the header's fields and then
    one value for each wanted attribute in the order of `wanted`, None for one that is not there or has another length.
    """

    def __init__(self, header: str, wanted: Mapping[int, str]) -> None:
        self._header = struct.Struct("=" + header)
        self._format = header
        self._wanted = dict(wanted)
        self._known: dict[int, list[_Layout]] = {}
        self._count = 0

    def __call__(self, payload: bytes) -> tuple[Any, ...]:
        for layout in self._known.get(len(payload), ()):
            values = layout.unpack(payload)
            if layout.heads(values) == layout.expected:
                return layout.pick((*values, None))
        return self._learn(payload)

    def _learn(self, payload: bytes) -> tuple[Any, ...]:
        same_length = self._known.setdefault(len(payload), [])
        if self._count < _LAYOUTS and len(same_length) < _LAYOUTS_PER_LENGTH:
            layout = self._compile(payload)
            if layout is not None:
                same_length.append(layout)
                self._count += 1
                return layout.pick((*layout.unpack(payload), None))
        return self._walk(payload)

    def _walk(self, payload: bytes) -> tuple[Any, ...]:
        found = walk(payload, self._header.size)
        return (*self._header.unpack_from(payload), *(_value(found.get(k), f) for k, f in self._wanted.items()))

    def _compile(self, payload: bytes) -> _Layout | None:
        parts = ["=", self._format]
        fields = len(self._header.unpack_from(payload))
        count, at = fields, self._header.size
        heads: list[int] = []
        expected: list[int] = []
        places: dict[int, int] = {}
        while at + 4 <= len(payload):
            length, kind = _ATTRIBUTE(payload, at)
            if length < 4 or at + length > len(payload):
                return None
            heads.append(count)
            expected.append(_WORD(payload, at)[0])
            count += 1
            part, taken = self._part(kind & _TYPE_MASK, length - 4)
            if taken:
                places[kind & _TYPE_MASK] = count
                count += 1
            step = min((length + 3) & ~3, len(payload) - at)
            parts.append(f"I{part}{step - length}x")
            at += step
        if at != len(payload):
            return None
        order = (*range(fields), *(places.get(kind, -1) for kind in self._wanted))
        pick = itemgetter(*order) if len(order) > 1 else _single(order)
        return _Layout(struct.Struct("".join(parts)).unpack, _head_getter(heads), _constant(expected), pick)

    def _part(self, kind: int, size: int) -> tuple[str, bool]:
        code = self._wanted.get(kind)
        if code == "s":
            return f"{size}s", True
        if code is not None and _SIZES[code] == size:
            return code, True
        return f"{size}x", False


def _none(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return ()


def _single(order: tuple[int, ...]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    return (lambda values: (values[order[0]],)) if order else _none


def _head_getter(places: list[int]) -> Callable[[tuple[Any, ...]], Any]:
    return itemgetter(*places) if places else _none


def _constant(expected: list[int]) -> Any:
    return expected[0] if len(expected) == 1 else tuple(expected)


def _value(raw: bytes | None, code: str) -> Any:
    if raw is None or code == "s":
        return raw
    return struct.unpack("=" + code, raw)[0] if len(raw) == _SIZES[code] else None
