"""Reads the enums of the running kernel from its BTF (Documentation/bpf/btf.rst): the names and numbers that the kernel
was compiled with.

BTF has the enums of the code that was compiled in: those of a module that is not loaded are missing.
"""

import struct
from functools import lru_cache
from pathlib import Path

VMLINUX = Path("/sys/kernel/btf/vmlinux")

_MAGIC = 0xEB9F
_HEADER = struct.Struct("=HBBIIIII")
_TYPE = struct.Struct("=III")
_ENUM, _ENUM64 = 6, 19

# The size of what follows struct btf_type, by kind: a fixed part, and a part for each of `vlen` members.
_EXTRA = {
    1: (4, 0),  # INT
    3: (12, 0),  # ARRAY
    4: (0, 12),  # STRUCT
    5: (0, 12),  # UNION
    _ENUM: (0, 8),
    13: (0, 8),  # FUNC_PROTO
    14: (4, 0),  # VAR
    15: (0, 12),  # DATASEC
    17: (4, 0),  # DECL_TAG
    _ENUM64: (0, 12),
}


def files() -> list[Path]:
    """Returns the BTF of the kernel and of its loaded modules. The list is empty if the kernel has none."""
    folder = VMLINUX.parent
    if not VMLINUX.exists():
        return []
    return [VMLINUX, *sorted(file for file in folder.iterdir() if file != VMLINUX)]


@lru_cache(maxsize=1)
def enums() -> tuple[dict[str, int], ...]:
    """Returns all enums of the running kernel: for each the numbers by name. Enums that occur twice are listed once."""
    base = VMLINUX.read_bytes() if VMLINUX.exists() else b""
    found: dict[tuple[tuple[str, int], ...], dict[str, int]] = {}
    for file in files():
        for enum in _enums(file.read_bytes(), b"" if file == VMLINUX else base):
            found[tuple(enum.items())] = enum
    return tuple(found.values())


def members(prefix: str) -> dict[str, int]:
    """Returns the members of the enums whose first members start with `prefix`, by name."""
    found: dict[str, int] = {}
    for enum in enums():
        if any(name.startswith(prefix) for name in enum):
            found |= {name: number for name, number in enum.items() if name.startswith(prefix)}
    return found


def _strings(data: bytes) -> bytes:
    _, _, _, head, _, _, at, size = _HEADER.unpack_from(data)
    return data[head + at : head + at + size]


def _enums(data: bytes, base: bytes) -> list[dict[str, int]]:
    """Returns the enums of one file. A module's file continues the strings of the kernel's (`base`)."""
    magic, _, _, head, types_at, types_size, _, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise ValueError("this is not BTF in this machine's byte order")
    strings = (_strings(base) if base else b"") + _strings(data)

    def name(at: int) -> str:
        return strings[at : strings.index(0, at)].decode()

    out = []
    at, end = head + types_at, head + types_at + types_size
    while at < end:
        _, info, _ = _TYPE.unpack_from(data, at)
        at += _TYPE.size
        kind, count = info >> 24 & 0x1F, info & 0xFFFF
        if kind in (_ENUM, _ENUM64):
            step = 8 if kind == _ENUM else 12
            pairs = (struct.unpack_from("=II", data, at + step * each) for each in range(count))
            out.append({name(where): number for where, number in pairs})
        fixed, each = _EXTRA.get(kind, (0, 0))
        at += fixed + each * count
    return out
