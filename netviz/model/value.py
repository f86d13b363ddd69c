"""The decorator of all classes of the model and the wire: dataclasses that nobody changes."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """A dataclass with slots, equality and a hash, that the type checker holds to be frozen.

    At run time it is not: a frozen dataclass takes ten times as long to make (2.7 us against 0.3 for a route), and a
    host has a hundred thousand of them.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
