"""The enums of the kernel that the tests compare the attribute numbers of netviz with.

They come from the BTF of the running kernel. An enum that was not compiled in comes from the headers of linux-libc-dev.
"""

import os
import re
from functools import lru_cache
from pathlib import Path

from netviz.uapi.known.row import Row
from tests import btf

HEADERS = Path("/usr/include/linux")

_FILES = (
    *("if_link", "if_tunnel", "if_bridge", "rtnetlink", "if_addr", "neighbour", "fib_rules", "nexthop", "netconf"),
    *("net_namespace", "ip", "ipv6", "xfrm", "lwtunnel", "mpls_iptunnel", "seg6_iptunnel", "seg6_local", "ila"),
    *("rpl_iptunnel", "ioam6_iptunnel"),
)
_ENUM = re.compile(r"enum\s*\w*\s*\{(.*?)\}", re.DOTALL)
_LEFT_OUT = re.compile(r"/\*.*?\*/|^#define[^\n]*|^#if[^\n]*|^#endif[^\n]*", re.DOTALL | re.MULTILINE)

# Names that begin with a digit in the kernel, and one that has got a better name there.
_RENAMED = (
    {"IF_NETNSID": "TARGET_NETNSID"}
    | {"6RD_PREFIX": "SIXRD_PREFIX", "6RD_RELAY_PREFIX": "SIXRD_RELAY_PREFIX"}
    | {f"6RD_{name}PREFIXLEN": f"SIXRD_{name}PREFIXLEN" for name in ("", "RELAY_")}
)


@lru_cache(maxsize=64)
def header_enums(header: str) -> tuple[dict[str, int], ...]:
    """Returns the enums of a header of linux-libc-dev; none if the header does not exist."""
    path = HEADERS / f"{header}.h"
    text = _LEFT_OUT.sub("", path.read_text()) if path.is_file() else ""
    known: dict[str, int] = {}
    found = []
    for body in _ENUM.findall(text):
        enum: dict[str, int] = {}
        number = 0
        for item in filter(None, map(str.strip, body.split(","))):
            name, _, given = (part.strip() for part in item.partition("="))
            if given in known:
                number = known[given]
            elif re.fullmatch(r"0x[0-9a-fA-F]+|\d+", given):
                number = int(given, 0)
            enum[name] = known[name] = number
            number += 1
        found.append(enum)
    return tuple(found)


def headers_version() -> str:
    """Returns the version of the kernel of linux-libc-dev; empty if it is not installed."""
    path = HEADERS / "version.h"
    found = dict(re.findall(r"#define (LINUX_VERSION_\w+) (\d+)", path.read_text())) if path.is_file() else {}
    return f"{found['LINUX_VERSION_MAJOR']}.{found['LINUX_VERSION_PATCHLEVEL']}" if found else ""


def enum_of(row: Row) -> tuple[str, dict[str, int]]:
    """Returns where the enum of a row was found (with the kernel's version), and its numbers by their names without the
    prefix. Both are empty if neither this kernel's BTF nor the headers have it.
    """
    places = [(f"BTF of Linux {os.uname().release.partition('-')[0]}", btf.enums())]
    places += [(f"headers of Linux {headers_version()}", header_enums(file)) for file in _FILES]
    first = f"{row.prefix}{next(iter(row.numbers))}"
    for place, enums in places:
        for enum in enums:
            if first in enum:
                return place, _plain(enum, row.prefix)
    return "", {}


def _plain(enum: dict[str, int], prefix: str) -> dict[str, int]:
    names = {name.removeprefix(prefix): number for name, number in enum.items() if name.startswith(prefix)}
    return {
        _RENAMED.get(name, name): number
        for name, number in names.items()
        if name not in ("UNSPEC", "MAX") and not (name == "PAD" and number == 0)
    }
