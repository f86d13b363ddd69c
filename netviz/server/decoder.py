"""The fast decoder: msgspec structs generated from the wire's dataclasses, and their conversion to the dataclasses.

This decoder accepts and refuses the same frames as `netviz.wire.codec`, and golden frames test both. msgspec is faster,
because it parses in C.
"""

import gc
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Annotated, Any, Literal, Union, overload

import msgspec

from netviz.model.topology import ENTITY_TYPES, AnyEntity
from netviz.wire.codec import check_depth, parse
from netviz.wire.frames import (
    DIRECTIONS,
    PROTOCOL,
    AgentFrame,
    AnyFrame,
    BrowserFrame,
    Direction,
    ServerFrame,
    ViewFrame,
)
from netviz.wire.limits import FRAME_BYTES, INTEGER
from netviz.wire.problems import Code, WireError
from netviz.wire.shapes import (
    Array,
    Boolean,
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
from netviz.wire.upcast import entity_row, frame_row

_INTEGER = Annotated[int, msgspec.Meta(ge=-INTEGER, le=INTEGER)]

Convert = Callable[[Any], Any]


@once
def struct_of(cls: type[Any]) -> type[msgspec.Struct]:
    """Returns the msgspec struct of a dataclass. It has the same fields, defaults and tag, and refuses other fields."""
    rows: list[Any] = []
    for field in fields_of(cls):
        row = (field.name, _annotation(field.shape))
        rows.append(row if field.required else (*row, field.default))
    tag = getattr(cls, "TAG", "") or None
    return msgspec.defstruct(
        cls.__name__, rows, tag=tag, tag_field="t" if tag else None, forbid_unknown_fields=True, frozen=True, gc=False
    )


def _annotation(shape: Shape) -> Any:
    match shape:
        case Text(limit=limit):
            return Annotated[str, msgspec.Meta(max_length=limit)]
        case Integer():
            return _INTEGER
        case Boolean():
            return bool
        case OneOf(words=words):
            return Literal[words]
        case Optional(of=of):
            return _either([_annotation(of), None])
        case Array(of=of, limit=limit):
            items: Any = tuple.__class_getitem__((_annotation(of), ...))
            return Annotated[items, msgspec.Meta(max_length=limit)]
        case Record(cls=cls):
            return struct_of(cls)
        case TaggedUnion(classes=classes):
            return _either([*(struct_of(cls) for cls in classes), *([_NOBODY] if len(classes) == 1 else [])])


# msgspec checks the tag only in a union of several structs, and ignores it if there is one struct. So a union of one
# class gets a second struct, whose tag no frame can contain (`check_bytes` refuses NUL).
_NOBODY = msgspec.defstruct("Nobody", [], tag="\0", tag_field="t")


def _either(parts: list[Any]) -> Any:
    return Union[tuple(parts)]  # noqa: UP007 - the parts are values, not names


@once
def _converter(cls: type[Any]) -> Convert:
    """Returns a function that converts a struct to this dataclass. It copies most fields in one call."""
    fields = fields_of(cls)
    if not fields:
        return lambda value: cls()
    take = attrgetter(*(field.name for field in fields))
    inner = [(at, convert) for at, field in enumerate(fields) if (convert := _conversion(field.shape)) is not None]
    if len(fields) == 1:
        only = inner[0][1] if inner else None
        return lambda value: cls(take(value) if only is None else only(take(value)))
    if not inner:
        return lambda value: cls(*take(value))

    def whole(value: Any) -> Any:
        values = list(take(value))
        for at, convert in inner:
            if values[at]:  # None and empty arrays are not converted
                values[at] = convert(values[at])
        return cls(*values)

    return whole


def _conversion(shape: Shape) -> Convert | None:
    match shape:
        case Array(of=of):
            return _array(_conversion(of))
        case Optional(of=of):
            return _conversion(of)  # None stays None
        case Record(cls=cls):
            return _converter(cls)
        case TaggedUnion(classes=classes):
            return _union({struct_of(cls): cls for cls in classes})
        case _:
            return None


def _array(inner: Convert | None) -> Convert | None:
    return None if inner is None else lambda value: tuple([inner(item) for item in value])


def _union(classes: dict[type[Any], type[Any]]) -> Convert:
    converters = {struct: _converter(cls) for struct, cls in classes.items()}
    return lambda value: converters[type(value)](value)


DECODERS = {
    way: msgspec.json.Decoder(_either([struct_of(cls) for cls in classes])) for way, classes in DIRECTIONS.items()
}
_CLASSES = {way: {struct_of(cls): cls for cls in classes} for way, classes in DIRECTIONS.items()}


@overload
def decode(data: bytes | str, direction: Literal["agent"], protocol: int = PROTOCOL) -> AgentFrame: ...
@overload
def decode(data: bytes | str, direction: Literal["server"], protocol: int = PROTOCOL) -> ServerFrame: ...
@overload
def decode(data: bytes | str, direction: Literal["browser"], protocol: int = PROTOCOL) -> BrowserFrame: ...
@overload
def decode(data: bytes | str, direction: Literal["view"], protocol: int = PROTOCOL) -> ViewFrame: ...
def decode(data: bytes | str, direction: Direction, protocol: int = PROTOCOL) -> AnyFrame:
    """Decodes a frame of one direction. Raises WireError, as `netviz.wire.codec.decode` does.

    A frame of an older `protocol` is checked twice: as it was received, and after its conversion to the current
    protocol.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    check_bytes(raw)
    if protocol < PROTOCOL:
        raw = _present(raw, protocol)
    try:
        value = DECODERS[direction].decode(raw)
    except (msgspec.DecodeError, RecursionError) as problem:
        check_depth(raw)
        raise _refusal(problem) from None
    with _no_collection(len(raw)):
        frame: AnyFrame = _converter(_CLASSES[direction][type(value)])(value)
    return frame


def _present(raw: bytes, protocol: int) -> bytes:
    """Converts a frame of an older protocol to the current one. The size limit applies only to the frame as it was
    sent.
    """
    row = frame_row(parse(raw), protocol)
    out = json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")
    check_text(out)
    return out


# A frame of this size or more creates so many objects that Python's cycle collector would take as long as the decoding.
# The collector is paused meanwhile.
_LARGE = 1 << 16


@contextmanager
def _no_collection(size: int) -> Iterator[None]:
    if size < _LARGE or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# Text must not contain NUL, or one half of a surrogate pair. `_SUSPECT` finds a NUL byte, and the JSON escapes of NUL
# and of both halves. It also finds complete pairs, which are valid characters; `_PAIR` removes these for a second
# search.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|\x00")
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPED = re.compile(rb"(?:\\\\)+")


def check_bytes(raw: bytes) -> None:
    """Refuses what msgspec would accept: too many bytes, invalid UTF-8, NUL, lone surrogates. Raises WireError.

    Does not check the nesting depth: a frame that fits the schema is never too deep, so `decode` checks the depth only
    after msgspec refused a frame.
    """
    if len(raw) > FRAME_BYTES:
        raise WireError("too-large", f"the frame has {len(raw)} bytes; the limit is {FRAME_BYTES}")
    check_text(raw)


def check_text(raw: bytes) -> None:
    """Raises WireError if a JSON text contains invalid UTF-8, NUL or a lone surrogate. Also finds NUL and surrogates
    that are written as JSON escapes.
    """
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise WireError("not-utf8", f"byte {problem.start} is not UTF-8") from None
    # Two quick searches first: most frames contain neither `\u` nor NUL, and the patterns take longer than the
    # decoding.
    if b"\\u" not in raw and b"\0" not in raw:
        return
    if _SUSPECT.search(raw) and (found := _SUSPECT.search(_PAIR.sub(b"", _ESCAPED.sub(b"", raw)))):
        raise WireError("bad-value", f"{found.group().decode()!a} is not allowed in text")


# Patterns for msgspec's error messages, and our code for each. The path at the end of a message (`$.put[3].ifindex`)
# becomes `WireError.where`.
_REFUSALS: tuple[tuple[re.Pattern[str], Code], ...] = (
    (re.compile(r"unknown field"), "unknown-field"),
    (re.compile(r"missing required field `t`|Invalid value .* - at `\$[^`]*\.t`"), "unknown-type"),
    (re.compile(r"missing required field"), "missing-field"),
    (re.compile(r"Expected `(?:str|array)` of length"), "too-long"),
    (re.compile(r"Integer value out of range|Expected `int` [<>]=|Number out of range"), "bad-value"),
    (re.compile(r"Invalid enum value"), "bad-value"),
    (re.compile(r"Expected"), "bad-type"),
)
_PLACE = re.compile(r"(?P<text>.*?)(?: - at `\$\.?(?P<where>.*)`)?", re.DOTALL)


def _refusal(problem: Exception) -> WireError:
    message = str(problem)
    if not isinstance(problem, msgspec.ValidationError):
        return WireError("not-json", message)
    code = next((code for pattern, code in _REFUSALS if pattern.search(message)), None)
    match = _PLACE.fullmatch(message)
    where = (match.group("where") or "") if match else ""
    return WireError(code or "bad-value", (match.group("text") if match else message)[:300], where[:300])


_ENTITIES = {struct_of(cls): cls for cls in ENTITY_TYPES}
_ENTITY_DECODER = msgspec.json.Decoder(_either(list(_ENTITIES)))
_entity_of = _union(dict(_ENTITIES))


def decode_entity(data: bytes | str) -> AnyEntity:
    """Decodes an entity that this server stored. Raises WireError."""
    try:
        value = _ENTITY_DECODER.decode(data)
    except msgspec.DecodeError as problem:
        raise _refusal(problem) from None
    entity: AnyEntity = _entity_of(value)
    return entity


class StoredChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One line of a segment (a run of changes in stored history): the number and the time of a change, the entities to
    add or replace, the keys to drop, and the earlier values of the entities that the change replaced or dropped
    (`was`).
    """

    seq: int
    at: int
    put: tuple[Any, ...]
    drop: tuple[str, ...]
    was: tuple[Any, ...]


# The struct of a stored change with typed entities. A change may be larger than any frame, so its arrays have no limit.
_ROWS: Any = tuple.__class_getitem__((_either(list(_ENTITIES)), ...))
_CHANGE = msgspec.defstruct(
    "Change",
    [("seq", int), ("at", int), ("put", _ROWS), ("drop", tuple[str, ...]), ("was", _ROWS)],
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
)
_CHANGE_DECODER = msgspec.json.Decoder(_CHANGE)
_OLD_ENTITIES = msgspec.json.Decoder(dict[str, Any])
_OLD_CHANGES = msgspec.json.Decoder(StoredChange)
_PRESENT_ENTITIES: Any = list.__class_getitem__(_either(list(_ENTITIES)))


def decode_entities(lines: bytes, version: int = PROTOCOL) -> list[AnyEntity]:
    """Decodes the entities in a keyframe (a whole topology in stored history), one per line.

    `version` is the protocol of the server that wrote them. Raises WireError.
    """
    with _no_collection(len(lines)):
        values = _stored(lines, _ENTITY_DECODER) if version == PROTOCOL else _opened(lines, version)
        return [_entity_of(value) for value in values]


def decode_changes(lines: bytes, version: int = PROTOCOL) -> list[StoredChange]:
    """Decodes the changes in a segment (a run of changes in stored history), one per line.

    `version` is the protocol of the server that wrote them. Raises WireError.
    """
    with _no_collection(len(lines)):
        values = _stored(lines, _CHANGE_DECODER) if version == PROTOCOL else _opened_changes(lines, version)
        return [
            StoredChange(
                value.seq,
                value.at,
                tuple([_entity_of(entity) for entity in value.put]),
                value.drop,
                tuple([_entity_of(entity) for entity in value.was]),
            )
            for value in values
        ]


def _stored(lines: bytes, decoder: Any) -> list[Any]:
    """Decodes all lines of a stored blob at once. If that fails, decodes line by line to find the bad line."""
    try:
        found: list[Any] = decoder.decode_lines(lines)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        for number, line in enumerate(lines.splitlines(), 1):
            try:
                decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
                raise _on_line(number, _refusal(problem)) from None
        raise WireError("not-json", "each line alone is valid JSON, but all lines together are not") from None
    return found


def _opened(lines: bytes, version: int) -> list[Any]:
    return _converted([entity_row(row, version) for row in _stored(lines, _OLD_ENTITIES)], _PRESENT_ENTITIES)


def _opened_changes(lines: bytes, version: int) -> list[Any]:
    out = []
    for row in _stored(lines, _OLD_CHANGES):
        put, was = ([entity_row(entity, version) for entity in entities] for entities in (row.put, row.was))
        out.append({"seq": row.seq, "at": row.at, "put": put, "drop": row.drop, "was": was})
    return _converted(out, list[_CHANGE])  # type: ignore[valid-type]


_LINE = re.compile(r"\[(\d+)\]\.?(.*)", re.DOTALL)


def _converted(rows: list[Any], kind: Any) -> list[Any]:
    try:
        found: list[Any] = msgspec.convert(rows, kind)
    except msgspec.ValidationError as problem:
        refusal = _refusal(problem)
        place = _LINE.fullmatch(refusal.where)
        if place is None:
            raise refusal from None
        raise _on_line(int(place[1]) + 1, WireError(refusal.code, refusal.text, place[2])) from None
    return found


def _on_line(number: int, problem: WireError) -> WireError:
    return WireError(problem.code, problem.text, f"line {number}{problem.where and ', '}{problem.where}")
