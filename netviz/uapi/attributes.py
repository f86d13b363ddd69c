"""Parses netlink messages: attribute by attribute, or faster by compiled layouts, for messages that arrive in large
numbers.

A layout says which attributes a message has, in which order, and how long each is. The kernel writes the messages of
one type in few layouts. Each is compiled once to a `struct.Struct` for the whole message. A further message with the
same length and the same attribute headers is then parsed by one call.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

_ATTRIBUTE = struct.Struct("=HH").unpack_from
_WORD = struct.Struct("=I").unpack_from
_TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER

# For each type of message, at most `_LAYOUTS` compiled layouts are kept, and of these at most `_LAYOUTS_PER_LENGTH` for
# messages of the same length. Without a limit, users could fill the memory: they choose names and aliases, and a name
# or alias of another length makes another layout.
_LAYOUTS_PER_LENGTH = 8
_LAYOUTS = 1_024

_SIZES = {"B": 1, "H": 2, "I": 4, "i": 4, "Q": 8}


def walk(data: bytes, at: int = 0) -> dict[int, bytes]:
    """Returns the attributes, beginning at offset `at`: maps attribute type (without flags such as NLA_F_NESTED) to
    value.

    Of several attributes of one type the last one is kept. An incomplete attribute at the end is ignored.
    """
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
    """Yields each attribute as (type, value), in the order of the bytes, beginning at offset `at`.

    For lists, in which a type occurs several times.
    """
    end = len(data)
    while at + 4 <= end:
        length, kind = _ATTRIBUTE(data, at)
        if length < 4:
            break
        yield kind & _TYPE_MASK, data[at + 4 : at + length]
        at += (length + 3) & ~3


def u8(value: bytes) -> int:
    """Returns the first byte of an attribute's value, 0 if the value is empty."""
    return value[0] if value else 0


def u16(value: bytes) -> int:
    """Returns a 16-bit number in host byte order, 0 if there are fewer bytes."""
    found: int = _ATTRIBUTE(value + b"\0\0")[0] if len(value) == 2 else 0
    return found


def u32(value: bytes) -> int:
    """Returns a 32-bit number in host byte order, 0 if there are fewer bytes."""
    found: int = _WORD(value)[0] if len(value) >= 4 else 0
    return found


def u64(value: bytes) -> int:
    """Returns a 64-bit number in host byte order, 0 if there are fewer bytes."""
    found: int = struct.unpack_from("=Q", value)[0] if len(value) >= 8 else 0
    return found


def i32(value: bytes) -> int:
    """Returns a signed 32-bit number in host byte order, 0 if there are fewer bytes."""
    found: int = struct.unpack_from("=i", value)[0] if len(value) >= 4 else 0
    return found


def be(value: bytes) -> int:
    """Returns the number that these bytes are in network byte order (big-endian). There may be any number of bytes."""
    return int.from_bytes(value, "big")


Path = tuple[int, ...]


class Known(NamedTuple):
    """The attributes of one enum of the kernel that netviz knows: the enum's name (such as "FRA"), and the numbers."""

    enum: str
    numbers: frozenset[int]


# The attributes of one enum that a message contains although netviz does not know them: the enum's name, the numbers.
Unknown = tuple[str, tuple[int, ...]]


def unknown(known: Known, found: Iterable[int]) -> tuple[Unknown, ...]:
    """Returns which of these attributes are not known: nothing, or one item with their sorted numbers."""
    numbers = {number for number in found if number not in known.numbers}
    return ((known.enum, tuple(sorted(numbers))),) if numbers else ()


class _Layout(NamedTuple):
    unpack: Callable[[bytes], tuple[Any, ...]]
    heads: Callable[[tuple[Any, ...]], Any]
    expected: Any
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    rest: tuple[None, tuple[Unknown, ...]]


class Layouts:
    """Parses the netlink messages of one type with compiled layouts.

    `header` is the struct format of the fixed part, without byte order. `wanted` maps attribute types to their formats:
    B, H, I, i, Q, or s for bytes of any length. A nested attribute is given by its path, such as (26, 2, 1). To parse a
    message, call the object with the payload: it returns the fields of the header, then one value for each wanted
    attribute in the order of `wanted`. The value is None if the attribute is missing or has another length.

    `known` are the attributes that netviz knows in the message, or in one of its nested attributes, by the path of the
    nested attribute (the empty path for the message itself). If it is given, one more value follows: the attributes
    that are not known, sorted by their paths.
    """

    def __init__(
        self, header: str, wanted: Mapping[int | Path, str], known: Mapping[Path, Known] | None = None
    ) -> None:
        self._header = struct.Struct("=" + header)
        self._format = header
        self._wanted = {(path,) if isinstance(path, int) else path: code for path, code in wanted.items()}
        self._nests = {path[:depth] for path in self._wanted for depth in range(1, len(path))}
        self._names = known
        self._known: dict[int, list[_Layout]] = {}
        self._count = 0

    def __call__(self, payload: bytes) -> tuple[Any, ...]:
        for layout in self._known.get(len(payload), ()):
            values = layout.unpack(payload)
            if layout.heads(values) == layout.expected:
                return layout.pick(values + layout.rest)
        return self._learn(payload)

    def _learn(self, payload: bytes) -> tuple[Any, ...]:
        same_length = self._known.setdefault(len(payload), [])
        if self._count < _LAYOUTS and len(same_length) < _LAYOUTS_PER_LENGTH:
            layout = self._compile(payload)
            if layout is not None:
                same_length.append(layout)
                self._count += 1
                return layout.pick(layout.unpack(payload) + layout.rest)
        return self._walk(payload)

    def _walk(self, payload: bytes) -> tuple[Any, ...]:
        found = self._walk_nests(payload, self._header.size, ())
        values = (_value(found.get(path), f) for path, f in self._wanted.items())
        rest = () if self._names is None else (self._unknown(found),)
        return (*self._header.unpack_from(payload), *values, *rest)

    def _unknown(self, paths: Iterable[Path]) -> tuple[Unknown, ...]:
        """Returns the attributes among these that are not known, sorted by the paths of the attributes they are in."""
        found: dict[Path, list[int]] = {}
        for path in paths:
            found.setdefault(path[:-1], []).append(path[-1])
        names = self._names or {}
        return tuple(each for path in sorted(found) if path in names for each in unknown(names[path], found[path]))

    def _walk_nests(self, data: bytes, at: int, within: Path) -> dict[Path, bytes]:
        found: dict[Path, bytes] = {}
        for kind, value in walk(data, at).items():
            path = (*within, kind)
            found[path] = value
            if path in self._nests:
                found |= self._walk_nests(value, 0, path)
        return found

    def _compile(self, payload: bytes) -> _Layout | None:
        plan = _Compiling(self._format, len(self._header.unpack_from(payload)))
        if not self._lay_out(plan, payload, self._header.size, len(payload), ()):
            return None
        # The values of a message are followed by None, for attributes that it does not have, and by the attributes that
        # are not known: these are the same in all messages with this layout.
        last = () if self._names is None else (-1,)
        order = (*range(plan.fields), *(plan.places.get(path, -2) for path in self._wanted), *last)
        pick = itemgetter(*order) if len(order) > 1 else _single(order)
        unpack = struct.Struct("".join(plan.parts)).unpack
        rest = (None, self._unknown(plan.paths))
        return _Layout(unpack, _head_getter(plan.heads), _constant(plan.expected), pick, rest)

    def _lay_out(self, plan: "_Compiling", payload: bytes, at: int, end: int, within: Path) -> bool:
        """Adds the attributes between the offsets `at` and `end` of a message to the layout that is being compiled.

        Returns False if they do not end exactly at `end`. Then no layout is compiled for messages of this form.
        """
        while at + 4 <= end:
            length, kind = _ATTRIBUTE(payload, at)
            if length < 4 or at + length > end:
                return False
            path = (*within, kind & _TYPE_MASK)
            plan.head(_WORD(payload, at)[0])
            plan.paths.append(path)
            if path in self._nests:
                if not self._lay_out(plan, payload, at + 4, at + length, path):
                    return False
            else:
                plan.value(path, self._wanted.get(path), length - 4)
            step = min((length + 3) & ~3, end - at)
            plan.parts.append(f"{step - length}x")
            at += step
        return at == end


class _Compiling:
    """A layout while it is compiled.

    `parts` are the parts of its struct format. The format unpacks a message to a list of values: `heads` are the
    indexes of the attribute headers in this list, `places` the indexes of the wanted values. `expected` are the
    attribute headers that a message with this layout has, `paths` the attributes themselves.
    """

    def __init__(self, header: str, fields: int) -> None:
        self.fields = self.count = fields
        self.parts = ["=", header]
        self.heads: list[int] = []
        self.expected: list[int] = []
        self.places: dict[Path, int] = {}
        self.paths: list[Path] = []

    def head(self, word: int) -> None:
        """Adds the header of an attribute (length and type) to the layout.

        A message has this layout if all its attribute headers are equal to those of the layout.
        """
        self.heads.append(self.count)
        self.expected.append(word)
        self.parts.append("I")
        self.count += 1

    def value(self, path: Path, code: str | None, size: int) -> None:
        """Adds the value of an attribute to the layout: as a wanted value, or as padding if it is not wanted."""
        if code == "s" or (code is not None and _SIZES[code] == size):
            self.places[path] = self.count
            self.count += 1
            self.parts.append(f"{size}s" if code == "s" else code)
        else:
            self.parts.append(f"{size}x")


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
