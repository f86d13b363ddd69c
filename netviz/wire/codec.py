"""Encodes and decodes frames: JSON in UTF-8, without fields that have their default, with the tag in the member `t`.

The decoder is strict, has limits, and uses only the standard library, because the agent has no other packages. It
refuses what `netviz.wire.problems` lists; a frame that it returns is valid in every field.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Literal, overload

from netviz.model.entity import Tagged
from netviz.model.value import value
from netviz.wire.frames import (
    DIRECTIONS,
    AgentFrame,
    AnyFrame,
    BrowserFrame,
    DeltaFrame,
    Direction,
    ServerFrame,
    SnapshotBegin,
    ViewFrame,
)
from netviz.wire.limits import DEPTH, FRAME_BYTES, INTEGER, INTEGER_DIGITS, TEXT_CHARACTERS
from netviz.wire.problems import WireError
from netviz.wire.shapes import (
    Array,
    Boolean,
    Field,
    Integer,
    OneOf,
    Optional,
    Record,
    Shape,
    TaggedUnion,
    Text,
    fields_of,
    once,
)

Encoder = Callable[[Any], Any]
Decoder = Callable[[Any, str], Any]


# -- encoding


def plain(value: Any) -> Any:
    """Returns a dataclass of the wire protocol as dicts, lists and scalars, as in its JSON."""
    return _encoder(type(value))(value)


def encode(value: Any) -> bytes:
    """Returns the encoded bytes of a frame, an entity, or any other dataclass of the wire protocol."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")).encode()


@once
def _encoder(cls: type[Any]) -> Encoder:
    tag = getattr(cls, "TAG", "")
    plan = [(f.name, f.required, f.default, _value_encoder(f.shape)) for f in fields_of(cls)]

    def run(value: Any) -> dict[str, Any]:
        out: dict[str, Any] = {"t": tag} if tag else {}
        for name, required, default, inner in plan:
            member = getattr(value, name)
            if required or member != default:
                out[name] = member if inner is None else inner(member)
        return out

    return run


def _value_encoder(shape: Shape) -> Encoder | None:
    match shape:
        case Array(of=of):
            return _array_encoder(_value_encoder(of))
        case Optional(of=of):
            inner = _value_encoder(of)
            return None if inner is None else lambda value: None if value is None else inner(value)
        case Record() | TaggedUnion():
            return plain
        case _:
            return None


def _array_encoder(inner: Encoder | None) -> Encoder:
    return list if inner is None else lambda value: [inner(item) for item in value]


# -- decoding


@overload
def decode(data: bytes | str, direction: Literal["agent"]) -> AgentFrame: ...
@overload
def decode(data: bytes | str, direction: Literal["server"]) -> ServerFrame: ...
@overload
def decode(data: bytes | str, direction: Literal["browser"]) -> BrowserFrame: ...
@overload
def decode(data: bytes | str, direction: Literal["view"]) -> ViewFrame: ...
def decode(data: bytes | str, direction: Direction) -> AnyFrame:
    """Decodes a frame of one of the directions of `netviz.wire.frames.DIRECTIONS`.

    Raises WireError.
    """
    frame: AnyFrame = _union_decoder(DIRECTIONS[direction])(parse(data), "")
    return frame


@value
class Head:
    """The beginning of a frame: its tag, and for `snapshot_begin` and `delta` its epoch and seq."""

    tag: str
    epoch: str = ""
    seq: int = 0


# Matches a frame as `encode` writes it: the tag first, then the fields in order, without spaces.
_TAG = re.compile(rb'\{"t":"([a-z_]{1,32})"[,}]')
_STEP = re.compile(rb'"epoch":("(?:[^"\\]|\\.){0,4096}"),"seq":(0|[1-9][0-9]{0,15})[,}]')
_STEPS = frozenset({SnapshotBegin.TAG, DeltaFrame.TAG})


def head(data: bytes) -> Head:
    """Returns the head of a frame that this program's `encode` wrote. The other bytes of the frame are not parsed.

    The caller can forward the frame without decoding it. Raises WireError if the frame does not begin as expected.
    """
    if len(data) > FRAME_BYTES:
        raise WireError("too-large", f"the frame has {len(data)} bytes; the limit is {FRAME_BYTES}")
    found = _TAG.match(data)
    if found is None or not data.endswith(b"}"):
        raise WireError("not-json", "the frame does not begin with its tag, or is not complete")
    tag = found[1].decode()
    if tag not in _STEPS:
        return Head(tag)
    step = _STEP.match(data, found.end())
    if step is None:
        raise WireError("missing-field", "the frame has no epoch and seq after the tag", "epoch")
    epoch = _EPOCH(parse(step[1]), "epoch")
    return Head(tag, epoch, _integer_decoder(int(step[2]), "seq"))


def parse(data: bytes | str) -> Any:
    """Parses JSON within the limits of `netviz.wire.limits`. Raises WireError."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > FRAME_BYTES:
        raise WireError("too-large", f"the frame has {len(raw)} bytes; the limit is {FRAME_BYTES}")
    try:
        source = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise WireError("not-utf8", f"byte {problem.start} is not UTF-8") from None
    check_depth(raw)
    try:
        return _JSON.decode(source)
    except json.JSONDecodeError as problem:
        raise WireError("not-json", f"{problem.msg.lower()} at character {problem.pos}") from None


_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def check_depth(raw: bytes) -> None:
    """Raises WireError if brackets outside of strings are nested too deeply. Runs before the parser, which recurses."""
    if raw.count(b"[") + raw.count(b"{") <= DEPTH:
        return
    depth = 0
    for bracket in _STRINGS.sub(b"", raw).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH:
            raise WireError("too-deep", f"the frame is nested more than {DEPTH} levels deep")


def _refuse_constant(name: str) -> Any:
    raise WireError("not-json", f"{name} is not JSON")


def _refuse_float(literal: str) -> Any:
    raise WireError("bad-type", f"{literal[:32]} is not an integer, and other numbers are not used")


def _integer(literal: str) -> int:
    if len(literal) > INTEGER_DIGITS:
        raise WireError("bad-value", f"an integer has {len(literal)} characters; the limit is {INTEGER_DIGITS}")
    return int(literal)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise WireError("not-json", f"duplicate member {twice[:64]!a} in one object")
    return out


_JSON = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_refuse_constant, parse_float=_refuse_float, parse_int=_integer
)


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _type_name(value: Any) -> str:
    names = {type(None): "null", bool: "a boolean", int: "an integer", str: "text", list: "an array", dict: "an object"}
    return names[type(value)]


def _text_decoder(limit: int) -> Decoder:
    def run(value: Any, where: str) -> str:
        if type(value) is not str:
            raise WireError("bad-type", f"the value is {_type_name(value)}, not text", where)
        if len(value) > limit:
            raise WireError("too-long", f"the text has {len(value)} characters; the limit is {limit}", where)
        if not value.isprintable():
            _check_text(value, where)
        return value

    return run


def _check_text(value: str, where: str) -> None:
    for at, char in enumerate(value):
        if char == "\0" or "\ud800" <= char <= "\udfff":
            raise WireError("bad-value", f"character {at} is U+{ord(char):04X}, which is not allowed in text", where)


def _integer_decoder(value: Any, where: str) -> int:
    if type(value) is not int:
        raise WireError("bad-type", f"the value is {_type_name(value)}, not an integer", where)
    if not -INTEGER <= value <= INTEGER:
        raise WireError("bad-value", f"the integer {value} is out of range; the limit is {INTEGER}", where)
    return value


_EPOCH = _text_decoder(TEXT_CHARACTERS)


def _boolean_decoder(value: Any, where: str) -> bool:
    if type(value) is not bool:
        raise WireError("bad-type", f"the value is {_type_name(value)}, not a boolean", where)
    return value


def _word_decoder(words: tuple[str, ...]) -> Decoder:
    allowed = frozenset(words)

    def run(value: Any, where: str) -> str:
        if type(value) is not str:
            raise WireError("bad-type", f"the value is {_type_name(value)}, not text", where)
        if value not in allowed:
            raise WireError("bad-value", f"the value is {value[:64]!a}, not one of {', '.join(words)}", where)
        return value

    return run


def _array_decoder(inner: Decoder, limit: int) -> Decoder:
    def run(value: Any, where: str) -> tuple[Any, ...]:
        if type(value) is not list:
            raise WireError("bad-type", f"the value is {_type_name(value)}, not an array", where)
        if len(value) > limit:
            raise WireError("too-long", f"the array has {len(value)} items; the limit is {limit}", where)
        return tuple(inner(item, f"{where}[{at}]") for at, item in enumerate(value))

    return run


def _optional_decoder(inner: Decoder) -> Decoder:
    return lambda value, where: None if value is None else inner(value, where)


@once
def _record_decoder(cls: type[Any]) -> Decoder:
    fields = fields_of(cls)
    known = frozenset(f.name for f in fields) | ({"t"} if getattr(cls, "TAG", "") else set())
    plan: list[tuple[Field, Decoder]] = []

    def run(value: Any, where: str) -> Any:
        if type(value) is not dict:
            raise WireError("bad-type", f"the value is {_type_name(value)}, not an object", where)
        if not plan:
            plan.extend((field, _decoder(field.shape)) for field in fields)
        if not known.issuperset(value):
            name = min(value.keys() - known)
            raise WireError("unknown-field", f"{cls.__name__} has no field {name[:64]!a}", where)
        return cls(*(_member(value, field, inner, where) for field, inner in plan))

    return run


def _member(value: dict[str, Any], field: Field, inner: Decoder, where: str) -> Any:
    if field.name in value:
        return inner(value[field.name], _at(where, field.name))
    if field.required:
        raise WireError("missing-field", f"the field {field.name} is missing", where)
    return field.default


@once
def _union_decoder(classes: tuple[type[Tagged], ...]) -> Decoder:
    by_tag = {cls.TAG: _record_decoder(cls) for cls in classes}

    def run(value: Any, where: str) -> Any:
        if type(value) is not dict:
            raise WireError("bad-type", f"the value is {_type_name(value)}, not an object", where)
        tag = value.get("t", "")
        if type(tag) is not str:
            raise WireError("bad-type", f"the value is {_type_name(tag)}, not text", _at(where, "t"))
        inner = by_tag.get(tag)
        if inner is None:
            raise WireError("unknown-type", f"the type {tag[:64]!a} is not allowed here", _at(where, "t"))
        return inner(value, where)

    return run


def _decoder(shape: Shape) -> Decoder:
    match shape:
        case Text(limit=limit):
            return _text_decoder(limit)
        case Integer():
            return _integer_decoder
        case Boolean():
            return _boolean_decoder
        case OneOf(words=words):
            return _word_decoder(words)
        case Optional(of=of):
            return _optional_decoder(_decoder(of))
        case Array(of=of, limit=limit):
            return _array_decoder(_decoder(of), limit)
        case Record(cls=cls):
            return _record_decoder(cls)
        case TaggedUnion(classes=classes):
            return _union_decoder(classes)
