"""The decorator of all classes of the model and the wire protocol: dataclasses that must not be modified."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """Makes the class a dataclass with slots, equality and a hash, which the type checker treats as frozen.

    At run time it is not frozen: a frozen dataclass takes ten times as long to create (2.7 us instead of 0.3 for a
    route), and a host has up to a hundred thousand.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
