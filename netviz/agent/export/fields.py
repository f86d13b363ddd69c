"""Writes the fields of an object that its line does not write in a form of its own, so that no field is left out."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

# The names and defaults of the fields to write, by class and by the fields that the caller writes itself.
_KNOWN: dict[tuple[type[Any], frozenset[str]], tuple[tuple[str, Any], ...]] = {}


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


def rest(thing: Any, told: frozenset[str] = frozenset()) -> str:
    """Returns the fields of an object that differ from their defaults, each as its name and its value.

    `told` are the fields that the caller writes itself. A boolean is written as its name alone, or as "NAME off" if it
    is on by default. A required field is always written, because it has no default.
    """
    key = type(thing), told
    found = _KNOWN.get(key)
    if found is None:
        plan = [(field.name, field.default) for field in fields(key[0]) if field.name not in told]
        found = _KNOWN[key] = tuple(plan)
    return " ".join(_field(name, value) for name, default in found if (value := getattr(thing, name)) != default)


def _field(name: str, value: Any) -> str:
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
    return f"({rest(value)})" if is_dataclass(value) else str(value)
