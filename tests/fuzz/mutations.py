"""Almost valid frames: good frames with changed structure or bytes. Seeded, so that they repeat."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GOOD: list[dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parents[1] / "golden" / "good.json").read_text(encoding="utf-8")
)

# Wrong values: types, sizes, signs, JavaScript's own names, text that no database accepts.
HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**53 - 1,
    2**53,
    2**64,
    10**22,
    -(10**400),
    1.5,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "\0",
    "\ud800",
    "\u202e",
    "__proto__",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%s%n",
    "x" * 30_000,
    [],
    {},
    [[[[[[[[[[]]]]]]]]]],
    {"t": "link"},
    {"t": "delta", "epoch": "e", "seq": 1},
    [None] * 11_000,
)


def mutated(seed: int, count: int, good: list[dict[str, Any]] = GOOD) -> Iterator[bytes]:
    """Returns `count` damaged frames for this seed, made from good frames."""
    chance = random.Random(seed)
    for _ in range(count):
        row = chance.choice(good)
        way = chance.randrange(10)
        if way < 7:
            yield _restructured(chance, json.loads(row["frame"]))
        else:
            yield _garbled(chance, bytearray(row["frame"].encode()), way)


def _restructured(chance: random.Random, value: Any) -> bytes:
    for _ in range(chance.randint(1, 3)):
        _change(chance, value)
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _change(chance: random.Random, value: Any) -> None:
    holder, key = chance.choice(list(_places(value)))
    act = chance.randrange(6)
    if act == 0:
        del holder[key]
    elif act == 1 and isinstance(holder, dict):
        holder[chance.choice(["extra", "__proto__", "t", "ns", "seq", "constructor"])] = copy.deepcopy(holder[key])
    elif act == 2 and isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[key]) for _ in range(chance.choice([1, 2, 300])))
    else:
        holder[key] = copy.deepcopy(chance.choice(HOSTILE))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = list(members)
    for key, inner in found:
        yield value, key
        yield from _places(inner)
    if not found and isinstance(value, dict):
        value["t"] = "delta"
        yield value, "t"


def _garbled(chance: random.Random, data: bytearray, way: int) -> bytes:
    if way == 7:
        return bytes(data[: chance.randrange(len(data))])
    if way == 8:
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    at = chance.randrange(len(data))
    filling = chance.choice(
        [b"[" * 40, b"{", b"\x00", b"\xff", b"\\ud800", b"NaN", b'"a":1,', b"9" * 5_000, b"\xef\xbb\xbf"]
    )
    return bytes(data[:at] + filling + data[at:])
