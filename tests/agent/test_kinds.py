"""Each kind of link is decoded from messages encoded by pyroute2, an independent implementation."""

from typing import Any

import pytest
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg

from netviz.agent.collect.links import RawLink, raw_link
from netviz.model.bridges import BondData, BondPort, BridgeData, BridgePort
from netviz.model.kinds import (
    IpvlanData,
    LinkData,
    MacvlanData,
    OpaqueData,
    OpaquePort,
    PortData,
    TunData,
    TunnelData,
    VethData,
    VlanData,
    VrfData,
    VxlanData,
)
from netviz.model.peers import NOTHING


def decoded(kind: str, data: list[tuple[str, Any]], **more: Any) -> RawLink:
    """Returns our decoding of a link of this kind with this data. `more` has further attributes of the message."""
    info: list[tuple[str, Any]] = [("IFLA_INFO_KIND", kind)]
    if data:
        info.append(("IFLA_INFO_DATA", {"attrs": data}))
    info += more.pop("port", [])
    message = ifinfmsg()
    message["index"] = 7
    message["attrs"] = [("IFLA_IFNAME", "x0"), ("IFLA_LINKINFO", {"attrs": info}), *more.items()]
    message.encode()
    return raw_link("1", bytes(message.data[16:]))


KINDS: dict[str, tuple[str, list[tuple[str, Any]], LinkData | None]] = {
    "a veth has nothing of its own": ("veth", [], VethData()),
    "a vlan has its tag": (
        "vlan",
        [("IFLA_VLAN_ID", 42), ("IFLA_VLAN_PROTOCOL", 0x88A8)],
        VlanData(42, 0x88A8),
    ),
    "a macvlan has its mode": ("macvlan", [("IFLA_MACVLAN_MODE", 4)], MacvlanData("bridge")),
    "a macvtap is a macvlan": ("macvtap", [("IFLA_MACVTAP_MODE", 8)], MacvlanData("passthru")),
    "an ipvlan has its mode": ("ipvlan", [("IFLA_IPVLAN_MODE", 1)], IpvlanData("l3")),
    "a VRF has its table": ("vrf", [("IFLA_VRF_TABLE", 4_000_000_000)], VrfData(4_000_000_000)),
    "a bond has its mode and intervals": (
        "bond",
        [("IFLA_BOND_MODE", 1), ("IFLA_BOND_ACTIVE_SLAVE", 9), ("IFLA_BOND_MIIMON", 100)],
        BondData("active-backup", 9, 100),
    ),
    "a vxlan has its ends and its flags": (
        "vxlan",
        [
            ("IFLA_VXLAN_ID", 99),
            ("IFLA_VXLAN_GROUP", "192.0.2.9"),
            ("IFLA_VXLAN_LOCAL", "192.0.2.1"),
            ("IFLA_VXLAN_PORT", 4789),
            ("IFLA_VXLAN_LEARNING", 0),
            ("IFLA_VXLAN_AGEING", 300),
        ],
        VxlanData(99, "192.0.2.9", "192.0.2.1", 4789, learning=False, ageing_s=300),
    ),
    "a geneve link has its network and its remote": (
        "geneve",
        [("IFLA_GENEVE_ID", 5), ("IFLA_GENEVE_REMOTE", "192.0.2.7"), ("IFLA_GENEVE_PORT", 6081)],
        TunnelData(remote="192.0.2.7", vni=5, port=6081),
    ),
    "a gre tunnel has its ends": (
        "gre",
        [("IFLA_GRE_LOCAL", "192.0.2.1"), ("IFLA_GRE_REMOTE", "192.0.2.2"), ("IFLA_GRE_TTL", 64)],
        TunnelData("192.0.2.1", "192.0.2.2", 64),
    ),
    "a kind without data has none": ("ifb", [], None),
}


@pytest.mark.parametrize(("kind", "data", "expected"), KINDS.values(), ids=KINDS)
def test_link_data_is_decoded_according_to_the_kind_of_the_link(
    kind: str, data: list[tuple[str, Any]], expected: LinkData | None
) -> None:
    assert decoded(kind, data).link(NOTHING).data == expected


PORTS: dict[str, tuple[str, list[tuple[str, Any]], PortData]] = {
    "a bridge's port": (
        "bridge",
        [("IFLA_BRPORT_STATE", 4), ("IFLA_BRPORT_COST", 2), ("IFLA_BRPORT_MODE", 1), ("IFLA_BRPORT_LEARNING", 0)],
        BridgePort("blocking", cost=2, hairpin=True, learning=False),
    ),
    "a bond's member": (
        "bond",
        [("IFLA_BOND_SLAVE_STATE", 1), ("IFLA_BOND_SLAVE_MII_STATUS", 2), ("IFLA_BOND_SLAVE_LINK_FAILURE_COUNT", 3)],
        BondPort("backup", "down", 3),
    ),
}


@pytest.mark.parametrize(("kind", "data", "expected"), PORTS.values(), ids=PORTS)
def test_port_data_is_decoded_according_to_the_kind_of_the_master(
    kind: str, data: list[tuple[str, Any]], expected: PortData
) -> None:
    names = {"bridge": "bridge", "bond": "bond"}
    attributes = [("IFLA_INFO_SLAVE_KIND", names[kind]), ("IFLA_INFO_SLAVE_DATA", {"attrs": data})]
    link = decoded("veth", [], port=attributes, IFLA_MASTER=3).link(NOTHING)
    assert (link.port, link.master) == (expected, 3)


def test_port_data_is_kept_undecoded_if_the_kind_of_the_master_is_unknown() -> None:
    link = decoded("veth", [], port=[("IFLA_INFO_SLAVE_KIND", "team")]).link(NOTHING)
    assert link.port == OpaquePort("team")


def test_link_data_that_contains_secret_keys_is_discarded() -> None:
    info = b"\x0e\x00\x01\x00wireguard\x00\x00\x00" + b"\x08\x00\x02\x00\x01\x02\x03\x04"
    message = b"\0" * 4 + b"\7\0\0\0" + b"\0" * 8 + (len(info) + 4).to_bytes(2, "little") + b"\x12\x00" + info
    link = raw_link("1", message).link(NOTHING)
    assert (link.kind, link.data) == ("wireguard", None)


def test_link_data_of_an_unknown_kind_is_kept_in_hexadecimal() -> None:
    info = b"\x08\x00\x01\x00new\x00" + b"\x08\x00\x02\x00\x01\x02\x03\x04"
    message = b"\0" * 4 + b"\7\0\0\0" + b"\0" * 8 + (len(info) + 4).to_bytes(2, "little") + b"\x12\x00" + info
    assert raw_link("1", message).link(NOTHING).data == OpaqueData("01020304")


def test_bridge_is_decoded_even_if_its_message_lacks_some_attributes() -> None:
    data = decoded("bridge", [("IFLA_BR_STP_STATE", 1), ("IFLA_BR_AGEING_TIME", 500)]).link(NOTHING).data
    assert isinstance(data, BridgeData)
    assert (data.stp, data.ageing_time_cs) == (True, 500)


def test_tap_is_decoded_with_its_owner_and_group() -> None:
    data = decoded("tun", [("IFLA_TUN_TYPE", 2), ("IFLA_TUN_OWNER", 1000), ("IFLA_TUN_PERSIST", 1)]).link(NOTHING).data
    assert data == TunData("tap", owner=1000, persist=True)


# -- where a link points


def test_peer_of_a_veth_without_ifla_link_has_the_same_ifindex_as_the_veth() -> None:
    raw = decoded("veth", [], IFLA_LINK_NETNSID=3)
    assert (raw.other_ifindex, raw.other_nsid) == (7, 3)


def test_lower_link_of_a_vlan_is_read_from_ifla_link() -> None:
    raw = decoded("vlan", [("IFLA_VLAN_ID", 5)], IFLA_LINK=4)
    assert (raw.other_ifindex, raw.other_nsid) == (4, None)


def test_lower_link_of_a_vxlan_is_read_from_its_data_instead_of_ifla_link() -> None:
    raw = decoded("vxlan", [("IFLA_VXLAN_ID", 5), ("IFLA_VXLAN_LINK", 9)], IFLA_LINK=7, IFLA_LINK_NETNSID=0)
    assert (raw.other_ifindex, raw.other_nsid) == (9, 0)


def test_tunnel_has_no_other_end_if_its_ifla_link_is_zero() -> None:
    assert decoded("gre", [("IFLA_GRE_TTL", 1)], IFLA_LINK=0).other_ifindex is None


def test_alternative_names_of_a_link_keep_the_order_of_the_message() -> None:
    raw = decoded("veth", [], IFLA_PROP_LIST={"attrs": [("IFLA_ALT_IFNAME", "one"), ("IFLA_ALT_IFNAME", "two")]})
    assert raw.link(NOTHING).altnames == ("one", "two")
