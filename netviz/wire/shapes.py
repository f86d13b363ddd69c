"""Derives the shape of each dataclass of the wire protocol from its annotations: which JSON a valid value has.

All decoders are made from these shapes: the strict one in `netviz.wire.codec`, the server's generated structs, the JSON
schema, and the browser's types and decoder. Annotations are limited to: text, integers, booleans, a fixed list of
words, an optional, a tuple, a dataclass, a union of tagged dataclasses.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, TypeVar, Union

from netviz.model.entity import Tagged
from netviz.model.sizes import MaxLength
from netviz.model.value import value
from netviz.wire.limits import ARRAY_ITEMS, TEXT_CHARACTERS


@value
class Text:
    """A text of up to `limit` characters."""

    limit: int


@value
class Integer:
    """An integer whose absolute value is at most `netviz.wire.limits.INTEGER`."""


@value
class Boolean:
    """A boolean: true or false."""


@value
class OneOf:
    """A text that must be one of these words."""

    words: tuple[str, ...]


@value
class Optional:
    """A value that is null or has the shape `of`."""

    of: "Shape"


@value
class Array:
    """An array of up to `limit` items, each of which has the shape `of`."""

    of: "Shape"
    limit: int = ARRAY_ITEMS


@value
class Record:
    """An object that is always of the same dataclass (or named tuple), so it has no member `t` that names its type."""

    cls: type[Any]


@value
class TaggedUnion:
    """An object of one of several dataclasses, which all have a tag. The object's member `t` contains the tag."""

    classes: tuple[type[Tagged], ...]


Shape = Text | Integer | Boolean | OneOf | Optional | Array | Record | TaggedUnion


@value
class Field:
    """A field of a dataclass: its name, its shape, whether it is required, and its default if it is not."""

    name: str
    shape: Shape
    required: bool
    default: Any = None


K = TypeVar("K")
V = TypeVar("V")


def once(function: Callable[[K], V]) -> Callable[[K], V]:
    """Caches the function's result for each argument. With functools.cache the type checker would lose the type of an
    argument that is a class.
    """
    known: dict[K, V] = {}

    def run(argument: K) -> V:
        try:
            return known[argument]
        except KeyError:
            return known.setdefault(argument, function(argument))

    return run


@once
def fields_of(cls: type[Any]) -> tuple[Field, ...]:
    """Returns the fields of a class of the wire protocol in order. Raises TypeError for an unsupported annotation."""
    hints = typing.get_type_hints(cls, include_extras=True)
    if issubclass(cls, tuple):  # all fields of a NamedTuple are required
        return tuple(Field(name, shape_of(hints[name]), required=True) for name in hints)
    out = []
    for field in dataclasses.fields(cls):
        required = field.default is dataclasses.MISSING
        out.append(Field(field.name, shape_of(hints[field.name]), required, None if required else field.default))
    return tuple(out)


def shape_of(annotation: Any) -> Shape:
    """Returns which JSON is valid for a type annotation. Raises TypeError if the wire protocol does not support it."""
    if annotation is str:
        return Text(TEXT_CHARACTERS)
    if annotation is bool:
        return Boolean()
    if annotation is int:
        return Integer()
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _annotated(annotation, args)
    if origin is Literal:
        return OneOf(args)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return Array(shape_of(args[0]))
    if origin in (Union, types.UnionType):
        return _union(args)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return TaggedUnion((annotation,)) if issubclass(annotation, Tagged) else Record(annotation)
    if isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
        return Record(annotation)
    raise TypeError(f"the wire protocol does not support the annotation {annotation!r}")


def _annotated(annotation: Any, args: tuple[Any, ...]) -> Shape:
    if args[0] is str and isinstance(args[1], MaxLength):
        return Text(args[1].characters)
    raise TypeError(f"the wire protocol does not support the annotation {annotation!r}")


def _union(args: tuple[Any, ...]) -> Shape:
    rest = tuple(arg for arg in args if arg is not types.NoneType)
    shape = shape_of(rest[0]) if len(rest) == 1 else _tagged(rest)
    return shape if len(rest) == len(args) else Optional(shape)


def _tagged(classes: tuple[Any, ...]) -> TaggedUnion:
    tags = {cls.TAG for cls in classes}
    if "" in tags or len(tags) != len(classes):
        raise TypeError(f"the classes {[cls.__name__ for cls in classes]} of a union need different tags")
    return TaggedUnion(classes)


def records(roots: tuple[type[Any], ...]) -> dict[str, type[Any]]:
    """Returns a dict of these dataclasses and of all dataclasses that their fields refer to. The keys are the names of
    the classes. The order is that of first mention.
    """
    found: dict[str, type[Any]] = {}

    def visit(shape: Shape) -> None:
        match shape:
            case Optional(of=inner) | Array(of=inner):
                visit(inner)
            case Record(cls=cls):
                enter(cls)
            case TaggedUnion(classes=classes):
                for cls in classes:
                    enter(cls)

    def enter(cls: type[Any]) -> None:
        if cls.__name__ in found:
            return
        found[cls.__name__] = cls
        for field in fields_of(cls):
            visit(field.shape)

    for root in roots:
        enter(root)
    return found
