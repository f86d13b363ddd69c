"""Writes the elements of sets and maps as text: in braces, with ranges instead of the two bounds that the kernel
stores.
"""

from collections.abc import Iterator, Sequence

from netviz.model.netfilter import Element
from netviz.uapi.nft.registers import Loaded
from netviz.uapi.nft.values import written, written_range

# The text of a rule contains the elements of its anonymous set: up to this number of elements, and then a number that
# says how many more elements the set has.
SHOWN = 100


def braces(parts: Sequence[Loaded], elements: Sequence[Element], interval: bool, data: Loaded | None) -> str:
    """Returns a set as `{ a, b }`, or a map as `{ a : x, b : y }`.

    `parts` are the fields of a key; `data` says how the values of a map are written.
    """
    items = list(_intervals(parts, elements) if interval else _plain(parts, elements))
    words = [_entry(key, element, data) for key, element in items[:SHOWN]]
    if len(items) > SHOWN:
        words.append(f"and {len(items) - SHOWN} more")
    return "{ " + ", ".join(words) + " }"


def _entry(key: str, element: Element, data: Loaded | None) -> str:
    if element.verdict is not None or element.object:
        return f"{key} : {element.verdict.text if element.verdict else element.object}"
    if element.data:
        raw = bytes.fromhex(element.data)
        return f"{key} : {written(data.kind, raw) if data else '0x' + raw.hex()}"
    return key


def _plain(parts: Sequence[Loaded], elements: Sequence[Element]) -> Iterator[tuple[str, Element]]:
    for element in elements:
        yield "*" if element.catch_all else _key(parts, element), element


def _key(parts: Sequence[Loaded], element: Element) -> str:
    first = bytes.fromhex(element.key)
    last = bytes.fromhex(element.key_end) if element.key_end else first
    words, at = [], 0
    for part in parts:
        end = at + part.length
        words.append(written_range(part.kind, first[at:end], last[at:end]))
        at += (part.length + 3) & ~3
    return " . ".join(words)


def _intervals(parts: Sequence[Loaded], elements: Sequence[Element]) -> Iterator[tuple[str, Element]]:
    """Yields the ranges of an interval set as text.

    If the keys have one field, the kernel stores two elements for each range: the first value in the range, and the
    first value after the range. Other keys have both bounds in one element (`key_end`).
    """
    if len(parts) != 1 or any(element.key_end for element in elements):
        yield from _plain(parts, elements)
        return
    bounds = sorted((e for e in elements if not e.catch_all), key=lambda e: (e.key, not e.interval_end))
    for at, element in enumerate(bounds):
        if element.interval_end:
            continue
        raw = bytes.fromhex(element.key)
        following = bounds[at + 1] if at + 1 < len(bounds) else None
        yield written_range(parts[0].kind, raw, _before(following, len(raw))), element
    for element in elements:
        if element.catch_all:
            yield "*", element


def _before(bound: Element | None, length: int) -> bytes:
    """Returns the last value of a range: the value before the given bound, or the greatest one if there is no bound."""
    if bound is None:
        return b"\xff" * length
    return (int(bound.key, 16) - 1).to_bytes(length, "big") if int(bound.key, 16) else bytes(length)
