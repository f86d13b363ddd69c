"""Writes the fields of an object that its line does not write in a form of its own, so that no field is left out."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

# The names of the fields to write, their defaults, and a function that returns their values.
_Plan = tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], tuple[Any, ...]]]

# The plans, by class and by the fields that the caller writes itself.
_KNOWN: dict[tuple[type[Any], frozenset[str]], _Plan] = {}


# The words of ip-link(8) for numbers, by the name of the field.
_WORDS: Mapping[str, Mapping[int, str]] = {
    "df": {0: "unset", 1: "set", 2: "inherit"},
    "label_policy": {0: "fixed", 1: "inherit"},
    "addr_gen_mode": {0: "eui64", 1: "none", 2: "stable_secret", 3: "random"},
    "link_mode": {0: "default", 1: "dormant"},
    "vlan_protocol": {0x8100: "802.1Q", 0x88A8: "802.1ad"},
}

# Numbers that ip(8) and bridge(8) write in hexadecimal.
_IN_HEXADECIMAL = frozenset({"flags", "input_flags", "output_flags", "encap_flags", "fwmark", "group_fwd_mask"})

_SPECIAL = _WORDS.keys() | _IN_HEXADECIMAL


def rest(thing: Any, told: frozenset[str] = frozenset()) -> str:
    """Returns the fields of an object that differ from their defaults, each as its name and its value.

    `told` are the fields that the caller writes itself. A boolean is written as its name alone, or as "NAME off" if it
    is on by default. A required field is always written, because it has no default.
    """
    key = type(thing), told
    names, defaults, values_of = _KNOWN.get(key) or _plan(*key)
    values = values_of(thing)
    if values == defaults:
        return ""
    found = zip(names, values, defaults, strict=True)
    # Most values are the default itself, which `is` finds sooner.
    return " ".join(
        [_field(name, value) for name, value, default in found if value is not default and value != default]
    )


def _plan(cls: type[Any], told: frozenset[str]) -> _Plan:
    found = [(field.name, field.default) for field in fields(cls) if field.name not in told]
    names = tuple(name for name, _ in found)
    plan = _KNOWN[cls, told] = names, tuple(default for _, default in found), _getter(names)
    return plan


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda thing: tuple(getattr(thing, name) for name in names)


def _field(name: str, value: Any) -> str:
    kind = type(value)
    if kind is str or (kind is int and name not in _SPECIAL):
        return f"{name} {value}"
    if value is True:
        return name
    if value is False:
        return f"{name} off"
    if isinstance(value, int):
        word = _WORDS.get(name, {}).get(value)
        return f"{name} {word or (hex(value) if name in _IN_HEXADECIMAL else value)}"
    return f"{name} {_value(value)}"


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return ", ".join(_value(each) for each in value) or "none"
    return _nested(value) if hasattr(value, "__dataclass_fields__") else str(value)


@lru_cache(maxsize=4_096)
def _nested(value: Any) -> str:
    """Returns the fields of an object inside another one. Cached, because many links have equal settings."""
    return f"({rest(value)})"
