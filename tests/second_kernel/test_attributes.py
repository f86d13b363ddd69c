"""Every attribute of this kernel's enums is in the table of attributes too."""

import pytest

from netviz.uapi.known import TABLE
from netviz.uapi.known.row import Row
from tests import btf
from tests.kernel_enums import enum_of

# Enums that this kernel does not have yet, or in modules that are not loaded.
NOT_HERE = frozenset({"IFLA_NETKIT_", "IFLA_OVPN_"})


def test_this_kernel_has_btf_with_enums_of_its_modules() -> None:
    assert len(btf.files()) > 10
    assert "IFLA_GENEVE_ID" in btf.members("IFLA_GENEVE_")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.prefix)
def test_every_attribute_number_of_this_kernel_is_in_the_table_of_attributes(row: Row) -> None:
    place, enum = enum_of(row)
    if row.prefix in NOT_HERE:
        assert not place
        return
    print(row.prefix, place)
    assert {name: number for name, number in enum.items() if row.numbers.get(name) != number} == {}
    assert enum
