"""Writes the fields of an object that its line does not write in a form of its own, so that no field is left out."""

from dataclasses import fields, is_dataclass
from typing import Any

# The names and defaults of the fields to write, by class and by the fields that the caller writes itself.
_KNOWN: dict[tuple[type[Any], frozenset[str]], tuple[tuple[str, Any], ...]] = {}


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
    return f"{name} {_value(value)}"


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return ", ".join(_value(each) for each in value) or "none"
    return f"({rest(value)})" if is_dataclass(value) else str(value)
