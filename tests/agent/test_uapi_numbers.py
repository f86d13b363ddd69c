"""The numbers of `netviz.uapi` equal those in the kernel's headers, as packaged in Debian's linux-libc-dev."""

import re
from pathlib import Path
from typing import Any

import pytest

from netviz.uapi import if_link, if_tunnel, nf_expressions, nf_tables, rtnetlink
from tests.missing import missing

HEADERS = Path("/usr/include/linux")

# Our class, and the prefix of its names in the header.
CLASSES = {
    **{cls: f"IFLA_{cls.__name__}_" for cls in vars(if_link).values() if isinstance(cls, type)},
    **{cls: f"IFLA_{cls.__name__}_" for cls in vars(if_tunnel).values() if isinstance(cls, type)},
    **{cls: f"{cls.__name__}_" for cls in vars(rtnetlink).values() if isinstance(cls, type)},
    **{cls: f"{cls.__name__}_" for cls in vars(nf_tables).values() if isinstance(cls, type)},
    **{cls: f"{cls.__name__}_" for cls in vars(nf_expressions).values() if isinstance(cls, type)},
    if_link.IFLA: "IFLA_",
}

_ENUM = re.compile(r"enum\s*\w*\s*\{(.*?)\}", re.DOTALL)
_LEFT_OUT = re.compile(r"/\*.*?\*/|^#define[^\n]*", re.DOTALL | re.MULTILINE)


def numbers_of(header: str) -> dict[str, int]:
    """Returns the members of a header's enums, by name."""
    path = HEADERS / header
    if not path.is_file():
        missing(f"{path} is not there: `sudo apt-get install linux-libc-dev`")
    found: dict[str, int] = {}
    for body in _ENUM.findall(_LEFT_OUT.sub("", path.read_text())):
        number = 0
        for item in filter(None, map(str.strip, body.split(","))):
            name, _, given = (part.strip() for part in item.partition("="))
            if given in found:
                number = found[given]
            elif re.fullmatch(r"0x[0-9a-fA-F]+|\d+", given):
                number = int(given, 0)
            found[name] = number
            number += 1
    return found


@pytest.fixture(scope="module")
def header() -> dict[str, int]:
    """Provides all numbers of the mirrored headers."""
    names = (
        "if_link",
        "if_tunnel",
        "rtnetlink",
        "if_addr",
        "neighbour",
        "fib_rules",
        "nexthop",
        "net_namespace",
        "netconf",
    )
    nft = ("netfilter/nf_tables", "netfilter/nf_tables_compat")
    return {k: v for name in (*names, *nft) for k, v in numbers_of(f"{name}.h").items()}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_number_in_netviz_uapi_equals_the_number_in_the_kernel_headers(cls: Any, header: dict[str, int]) -> None:
    ours = {f"{CLASSES[cls]}{name}": value for name, value in vars(cls).items() if not name.startswith("__")}
    theirs = {name: header[name] for name in ours if name in header}
    assert {name: ours[name] for name in theirs} == theirs
    assert theirs
    newest = max(theirs.values())
    assert all(value > newest for name, value in ours.items() if name not in theirs and "SIXRD" not in name)
