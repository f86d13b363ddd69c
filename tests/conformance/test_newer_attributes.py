"""What the kernel knows and the tools of this machine do not: the test sends the request itself."""

import json
import socket
import struct
import sys
from collections.abc import Iterator

import pytest

from netviz.agent.netlink.requests import attribute, attribute_u32
from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.kinds import MacvlanData, VxlanData
from netviz.model.link import Link
from netviz.model.multicast import MdbEntry, VniRange, VxlanVnis
from netviz.model.route import Range, RouteRule
from netviz.model.topology import Topology, of_type
from netviz.uapi.if_bridge import VXLAN_VNIFILTER_ENTRY
from netviz.uapi.if_link import IFLA, INFO, MACVLAN, VXLAN
from netviz.uapi.rtnetlink import FRA, IFA, NDA, RTM
from tests.conformance.live import Live, dumped_topology
from tests.worlds import CHECKOUT, World

SCRIPT = str(CHECKOUT / "tests" / "conformance" / "requesting.py")
CREATE, EXCLUSIVE = 0x400, 0x200
U16, BE16 = struct.Struct("=H"), struct.Struct(">H")


def request(world: World, kind: int, body: bytes, flags: int = CREATE | EXCLUSIVE) -> None:
    """Sends a request to the kernel, inside the world."""
    world.run(["env", f"PYTHONPATH={CHECKOUT}", sys.executable, SCRIPT, str(kind), str(flags), body.hex()])


def index_of(world: World, name: str) -> int:
    """Returns the ifindex of a link."""
    found: int = json.loads(world.run(f"ip -j link show {name}"))[0]["ifindex"]
    return found


def ports(first: int, last: int) -> bytes:
    return struct.pack("=HH", first, last)


def rule(*attributes: bytes, family: int = socket.AF_INET) -> bytes:
    """Returns the body of a request for a rule that looks up table 7, with priority 100."""
    header = struct.pack("=BBBBBBBBI", family, 0, 0, 0, 7, 0, 0, 1, 0)
    return header + attribute_u32(FRA.PRIORITY, 100) + b"".join(attributes)


def rules(topology: Topology) -> list[RouteRule]:
    """Returns the rules with priority 100, in the kernel's order."""
    return sorted((one for one in of_type(topology, RouteRule) if one.priority == 100), key=lambda one: one.nth)


def test_route_rules_that_differ_only_in_a_mask_are_told_apart(world: World) -> None:
    tcp = attribute(FRA.IP_PROTO, b"\6")
    for mask in (0xFFFF, 0xFF00, 0xFFF0):
        for kind, mask_kind in ((FRA.SPORT_RANGE, FRA.SPORT_MASK), (FRA.DPORT_RANGE, FRA.DPORT_MASK)):
            parts = attribute(kind, ports(0x1000, 0x1000)), attribute(mask_kind, U16.pack(mask))
            request(world, RTM.NEWRULE, rule(tcp, *parts))
    for mask in (0x3F, 0x38):
        request(world, RTM.NEWRULE, rule(attribute(FRA.DSCP, b"\x08"), attribute(FRA.DSCP_MASK, bytes((mask,)))))
    found = rules(dumped_topology(world))
    assert [(one.sport, one.sport_mask, one.dport, one.dport_mask, one.dscp, one.dscp_mask) for one in found] == [
        (Range(0x1000, 0x1000), None, None, None, None, None),
        (None, None, Range(0x1000, 0x1000), None, None, None),
        (Range(0x1000, 0x1000), 0xFF00, None, None, None, None),
        (None, None, Range(0x1000, 0x1000), 0xFF00, None, None),
        (Range(0x1000, 0x1000), 0xFFF0, None, None, None, None),
        (None, None, Range(0x1000, 0x1000), 0xFFF0, None, None),
        (None, None, None, None, 8, None),
        (None, None, None, None, 8, 0x38),
    ]
    printed = world.agent("dump", "--format", "text").stdout
    assert [line.split(": ", 1)[1] for line in printed.splitlines() if line.strip().startswith("ip 100:")] == [
        "from all ipproto 6 sport 4096 lookup 7",
        "from all ipproto 6 dport 4096 lookup 7",
        "from all ipproto 6 sport 4096/0xff00 lookup 7",
        "from all ipproto 6 dport 4096/0xff00 lookup 7",
        "from all ipproto 6 sport 4096/0xfff0 lookup 7",
        "from all ipproto 6 dport 4096/0xfff0 lookup 7",
        "from all dscp 8 lookup 7",
        "from all dscp 8/0x38 lookup 7",
    ]


def test_route_rules_for_flow_labels_are_read_with_their_masks(world: World) -> None:
    for mask in (0xFFFFF, 0xFF):
        parts = (
            attribute(FRA.FLOWLABEL, struct.pack(">I", 0x12)),
            attribute(FRA.FLOWLABEL_MASK, struct.pack(">I", mask)),
        )
        request(world, RTM.NEWRULE, rule(*parts, family=socket.AF_INET6))
    found = rules(dumped_topology(world))
    assert [(one.flowlabel, one.flowlabel_mask) for one in found] == [(0x12, None), (0x12, 0xFF)]


def test_protocol_of_an_address_is_read(world: World) -> None:
    world.run("ip link add v0 type veth peer name v1")
    local = socket.inet_aton("192.0.2.1")
    index = index_of(world, "v0")
    parts = attribute(IFA.LOCAL, local), attribute(IFA.ADDRESS, local), attribute(IFA.PROTO, b"\x63")
    request(world, RTM.NEWADDR, struct.pack("=BBBBI", socket.AF_INET, 24, 0, 0, index) + b"".join(parts))
    assert [one.protocol for one in of_type(dumped_topology(world), Address) if one.address == "192.0.2.1"] == [99]


def neighbour(index: int, flags: int, state: int, *attributes: bytes, family: int = socket.AF_INET) -> bytes:
    """Returns the body of a request for a neighbour or FDB entry."""
    return struct.pack("=BxxxiHBB", family, index, state, flags, 0) + b"".join(attributes)


def test_fdb_entry_that_reports_its_activity_is_read_as_such(world: World) -> None:
    world.run("ip link add br0 type bridge")
    world.run("ip link add v0 type veth peer name v1")
    world.run("ip link set v0 master br0")
    index = index_of(world, "v0")
    for last, notify in ((1, b"\1"), (2, b"\3")):
        activity = attribute(NDA.FDB_EXT_ATTRS | 0x8000, attribute(1, notify))
        mac = attribute(NDA.LLADDR, bytes((2, 0, 0, 0, 0, last)))
        request(world, RTM.NEWNEIGH, neighbour(index, 0x4, 0x40, mac, activity, family=socket.AF_BRIDGE))
    found = {one.mac: one for one in of_type(dumped_topology(world), FdbEntry)}
    assert (found["02:00:00:00:00:01"].activity_notify, found["02:00:00:00:00:01"].inactive) == (True, False)
    assert (found["02:00:00:00:00:02"].activity_notify, found["02:00:00:00:00:02"].inactive) == (True, True)


def test_neighbour_that_a_control_plane_vouches_for_is_read_as_such(world: World) -> None:
    world.run("ip link add v0 type veth peer name v1")
    world.run("ip link set v0 up")
    world.run("ip link set v1 up")
    index = index_of(world, "v0")
    parts = (
        attribute(NDA.DST, socket.inet_aton("192.0.2.7")),
        attribute(NDA.LLADDR, bytes((2, 0, 0, 0, 0, 7))),
        attribute_u32(NDA.FLAGS_EXT, 4),
    )
    request(world, RTM.NEWNEIGH, neighbour(index, 0x10, 0x4, *parts))
    (found,) = of_type(dumped_topology(world), Neighbour)
    assert (found.extern_learn, found.extern_valid) == (True, True)


def new_link(name: str, kind: str, data: bytes, *attributes: bytes) -> bytes:
    """Returns the body of a request for a new link."""
    info = attribute(INFO.KIND, kind.encode()) + attribute(INFO.DATA, data)
    parts = attribute(IFLA.IFNAME, name.encode() + b"\0"), attribute(IFLA.LINKINFO, info), *attributes
    return struct.pack("=BxHiII", 0, 0, 0, 0, 0) + b"".join(parts)


def data_of(topology: Topology, name: str) -> object:
    (found,) = [link.data for link in of_type(topology, Link) if link.ifname == name]
    return found


def test_newest_settings_of_macvlans_and_vxlans_are_read(world: World) -> None:
    world.run("ip link add v0 type veth peer name v1")
    lower = attribute_u32(IFLA.LINK, index_of(world, "v0"))
    macvlan = attribute_u32(MACVLAN.MODE, 4) + attribute_u32(MACVLAN.BC_CUTOFF, 7) + attribute_u32(7, 2_000)
    request(world, RTM.NEWLINK, new_link("mv", "macvlan", macvlan, lower))
    vxlan = attribute_u32(VXLAN.ID, 5) + attribute(VXLAN.LOCALBYPASS, b"\0")
    vxlan += attribute(VXLAN.PORT, BE16.pack(4789))
    request(world, RTM.NEWLINK, new_link("vx", "vxlan", vxlan))
    read = dumped_topology(world)
    found = data_of(read, "mv")
    assert isinstance(found, MacvlanData)
    assert (found.broadcast_cutoff, found.broadcast_queue) == (7, 2_000)
    found = data_of(read, "vx")
    assert isinstance(found, VxlanData)
    assert (found.localbypass, found.reserved_bits) == (False, "f7ffffff000000ff")


# -- live


@pytest.fixture
def vxlans(world: World) -> Iterator[Live]:
    """Provides a live agent in a world with a vxlan that filters VNIs."""
    data = b"".join(
        (
            attribute(VXLAN.COLLECT_METADATA, b"\1"),
            attribute(VXLAN.VNIFILTER, b"\1"),
            attribute(VXLAN.PORT, BE16.pack(4789)),
        )
    )
    request(world, RTM.NEWLINK, new_link("vx", "vxlan", data))
    world.run("ip link set vx up")
    agent = Live(world)
    yield agent
    agent.close()


def tunnel(index: int, *ranges: bytes) -> bytes:
    return struct.pack("=BxxxI", socket.AF_BRIDGE, index) + b"".join(attribute(0x8001, one) for one in ranges)


def vni(first: int, last: int | None = None, group: bytes = b"") -> bytes:
    out = attribute_u32(VXLAN_VNIFILTER_ENTRY.START, first)
    out += b"" if last is None else attribute_u32(VXLAN_VNIFILTER_ENTRY.END, last)
    return out + (attribute(VXLAN_VNIFILTER_ENTRY.GROUP, group) if group else b"")


def test_vnis_that_a_vxlan_accepts_are_followed(world: World, vxlans: Live) -> None:
    index = index_of(world, "vx")
    request(world, RTM.NEWTUNNEL, tunnel(index, vni(100, 102), vni(200, group=socket.inet_aton("192.0.2.5"))))

    def known() -> list[tuple[VniRange, ...]]:
        return [one.vnis for one in of_type(vxlans.topology, VxlanVnis)]

    vxlans.wait_until(lambda: known() == [(VniRange(100, 102), VniRange(200, 0, "192.0.2.5"))])
    request(world, RTM.DELTUNNEL, tunnel(index, vni(100, 102)), flags=0)
    vxlans.wait_until(lambda: known() == [(VniRange(200, 0, "192.0.2.5"),)])
    vxlans.wait_until_as_fresh()


def mdb(index: int, group: str, *attributes: bytes) -> bytes:
    """Returns the body of a request for a group of a vxlan."""
    entry = struct.pack("=IBBH4s12xH2x", index, 1, 0, 0, socket.inet_aton(group), socket.htons(0x0800))
    return (
        struct.pack("=BxxxI", socket.AF_BRIDGE, index) + attribute(1, entry) + attribute(0x8002, b"".join(attributes))
    )


def test_multicast_groups_of_a_vxlan_are_followed(world: World, vxlans: Live) -> None:
    index = index_of(world, "vx")
    remote, port = attribute(5, socket.inet_aton("192.0.2.7")), attribute(6, U16.pack(5_000))
    for attributes in (
        (remote, attribute_u32(9, 10)),
        (attribute(5, socket.inet_aton("192.0.2.8")), port, attribute_u32(9, 10)),
        (remote, attribute_u32(7, 77), attribute_u32(9, 11)),
    ):
        request(world, RTM.NEWMDB, mdb(index, "239.1.1.1", *attributes), flags=CREATE)

    def known() -> list[tuple[str, str, int, int, int]]:
        found = of_type(vxlans.topology, MdbEntry)
        return sorted((one.group, one.remote, one.src_vni, one.remote_port, one.vni) for one in found)

    vxlans.wait_until(lambda: len(known()) == 3)
    assert known() == [
        ("239.1.1.1", "192.0.2.7", 10, 0, 0),
        ("239.1.1.1", "192.0.2.7", 11, 0, 77),
        ("239.1.1.1", "192.0.2.8", 10, 5_000, 0),
    ]
    vxlans.wait_until_as_fresh()
