"""The numbers of `netviz.uapi` equal those in the kernel's headers, as packaged in Debian's linux-libc-dev."""

from typing import Any

import pytest

from netviz.uapi import if_bridge, nf_expressions, nf_tables, rtnetlink, xfrm
from netviz.uapi.known import TABLE
from tests.kernel_enums import header_enums, headers_version
from tests.missing import missing

# Our class, and the prefix of its names in the header. tests/agent/test_attribute_table.py has the classes of the table
# of attributes.
CLASSES = {
    cls: f"{cls.__name__}_"
    for module in (rtnetlink, if_bridge, xfrm, nf_tables, nf_expressions)
    for cls in vars(module).values()
    if isinstance(cls, type) and cls not in {row.cls for row in TABLE}
}


@pytest.fixture(scope="module")
def header() -> dict[str, int]:
    """Provides all numbers of the mirrored headers."""
    if not headers_version():
        missing("the kernel's headers are not there: `sudo apt-get install linux-libc-dev`")
    names = ("rtnetlink", "net_namespace", "if_bridge", "xfrm", "netfilter/nf_tables", "netfilter/nf_tables_compat")
    return {name: number for file in names for enum in header_enums(file) for name, number in enum.items()}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_number_in_netviz_uapi_equals_the_number_in_the_kernel_headers(cls: Any, header: dict[str, int]) -> None:
    ours = {f"{CLASSES[cls]}{name}": value for name, value in vars(cls).items() if not name.startswith("__")}
    theirs = {name: header[name] for name in ours if name in header}
    assert {name: ours[name] for name in theirs} == theirs
    assert theirs
    newest = max(theirs.values())
    assert all(value > newest for name, value in ours.items() if name not in theirs)
