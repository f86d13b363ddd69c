"""Every attribute of the kernel's enums has a row in the table of attributes, and the decoders read what it says."""

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

import pytest

from netviz.agent.collect import addresses, encaps, ipsec, links, multicast, neighbours, routes, rules, vlans
from netviz.agent.collect.kinds import bond, bridge, stacked, tunnels, vxlan
from netviz.agent.collect.link_settings import IPV4, IPV6
from netviz.agent.netlink.requests import attribute
from netviz.uapi.attributes import Layouts
from netviz.uapi.devconf import DEVCONF, IPV4_DEVCONF
from netviz.uapi.if_bridge import (
    BR,
    BRIDGE,
    BRIDGE_VLAN_TUNNEL,
    BRIDGE_VLANDB_ENTRY,
    BRIDGE_VLANDB_TINFO,
    BRPORT,
    MDBA_MDB_EATTR,
    MDBA_MDB_SRCATTR,
    MDBA_ROUTER_PATTR,
    VXLAN_VNIFILTER_ENTRY,
)
from netviz.uapi.if_link import (
    BOND,
    BOND_AD_INFO,
    BOND_SLAVE,
    GENEVE,
    IFLA,
    INET,
    INET6,
    INFO,
    IPVLAN,
    MACSEC,
    MACVLAN,
    NETKIT,
    OVPN,
    TUN,
    VLAN,
    VRF,
    VRF_PORT,
    VXLAN,
    XDP,
    XFRM,
)
from netviz.uapi.if_tunnel import GRE, IPTUN, VTI
from netviz.uapi.known import TABLE
from netviz.uapi.known.row import Row
from netviz.uapi.lwtunnel import (
    ILA_ATTR,
    IOAM6_IPTUNNEL,
    LWT_BPF,
    LWT_BPF_PROG,
    LWT_XFRM,
    LWTUNNEL_IP,
    LWTUNNEL_IP6,
    MPLS_IPTUNNEL,
    RPL_IPTUNNEL,
    SEG6_IPTUNNEL,
    SEG6_LOCAL,
    SEG6_LOCAL_FLV,
)
from netviz.uapi.rtnetlink import FRA, IFA, NDA, NETCONFA, NFEA, NHA, NHA_RES_GROUP, RTA, RTAX
from netviz.uapi.xfrm import XFRMA
from tests.kernel_enums import enum_of

# Neither the running kernel nor linux-libc-dev may have these: they are newer than Linux 6.1 and often not compiled in.
NEWER = frozenset({"IFLA_NETKIT_", "IFLA_OVPN_"})

ROWS = [(row, *enum_of(row)) for row in TABLE]


@pytest.mark.parametrize(
    ("row", "place", "enum"),
    [pytest.param(*each, id=f"{each[0].prefix} by {each[1] or 'nothing'}") for each in ROWS],
)
def test_every_attribute_number_of_the_kernel_is_in_the_table_of_attributes(
    row: Row, place: str, enum: dict[str, int]
) -> None:
    if not place:
        assert row.prefix in NEWER
        return
    ours = row.numbers
    assert {name: number for name, number in enum.items() if ours.get(name) != number} == {}
    newest = max(enum.values())
    assert {name for name, number in ours.items() if number <= newest} <= enum.keys()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.prefix)
def test_every_attribute_that_is_left_out_has_a_number_and_a_reason(row: Row) -> None:
    assert row.left_out.keys() <= set(row.numbers.values())
    assert all(len(reason) > 5 for reason in row.left_out.values())


class Recorder(Mapping[int, bytes]):
    """Attributes that record which of them a decoder reads."""

    def __init__(self, found: dict[int, bytes], read: set[int]) -> None:
        self._found = found
        self._read = read

    def __getitem__(self, kind: int) -> bytes:
        value = self._found[kind]
        self._read.add(kind)
        return value

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def pop(self, kind: int, default: bytes) -> bytes:
        """Returns a value as `get` does."""
        return self.get(kind, default)


def laid_out(layouts: Layouts, *within: int) -> set[int]:
    """Returns the attributes that a compiled parser reads, inside this attribute or of the message itself."""
    depth = len(within)
    return {path[depth] for path in layouts._wanted if path[:depth] == within and len(path) > depth}


def by_layouts() -> dict[type, set[int]]:
    """Returns which attributes the compiled parsers read."""
    return {
        IFLA: laid_out(links._message),
        XDP: laid_out(links._message, IFLA.XDP),
        INET: laid_out(links._message, IFLA.AF_SPEC, 2),
        INET6: laid_out(links._message, IFLA.AF_SPEC, 10),
        BRPORT: laid_out(bridge._port_data),
        IFA: laid_out(addresses._message) - {IFA.CACHEINFO},
        NDA: laid_out(neighbours._message) - {NDA.CACHEINFO, NDA.PROBES},
        RTA: laid_out(routes._message),
        NHA: laid_out(routes._nexthop_message),
        FRA: laid_out(rules._message),
        IPV4_DEVCONF: {index + 1 for index in IPV4.values()},
        DEVCONF: set(IPV6.values()),
    }


def encapsulated(kind: int) -> Callable[[bytes], object]:
    """Returns a function that reads the attributes of an encapsulation of this kind."""
    return lambda raw: encaps.encap.__wrapped__(kind, raw)


def resilient(raw: bytes) -> object:
    """Reads the attributes of a resilient nexthop group."""
    return routes._nexthop("1", 2, 0, 0, 0, 0, 7, None, None, None, None, None, None, None, None, raw, None, ())


def flavors(raw: bytes) -> object:
    """Reads the flavors of a local segment routing action."""
    return encaps.encap.__wrapped__(7, attribute(SEG6_LOCAL.FLAVORS, raw))


def mdb_entry(raw: bytes) -> object:
    """Reads a multicast group with these attributes."""
    return multicast._entry("1", 7, bytes(28) + raw)


def mdb_source(raw: bytes) -> object:
    """Reads a source of a multicast group with these attributes."""
    return multicast._source(vars(multicast)["walk"](raw))


def mdb_router(raw: bytes) -> object:
    """Reads a port towards a multicast router with these attributes."""
    return multicast._router("1", 7, bytes(4) + raw)


def vni(raw: bytes) -> object:
    """Reads a range of VNIs with these attributes."""
    return multicast._range(vars(multicast)["walk"](raw))


def port_vlan(raw: bytes) -> object:
    """Reads a range of VLANs with these attributes."""
    return vlans.vlan(vars(vlans)["walk"](raw))


def vlan_tunnel(raw: bytes) -> object:
    """Reads the mapping of a VLAN to a tunnel id with these attributes."""
    return list(vlans.in_spec(attribute(BRIDGE.VLAN_TUNNEL_INFO, raw)))


def policy_and_state(raw: bytes) -> object:
    """Reads a policy of IPsec and a state with these attributes."""
    return ipsec.policy("1", bytes(168) + raw), ipsec.state("1", b"\1" * 224 + raw)


# The function that reads the attributes of a class from their bytes, and the modules whose `walk` it uses.
BY_WALK: dict[type, tuple[Callable[[bytes], object], ModuleType]] = {
    INFO: (links._linkinfo.__wrapped__, links),
    BR: (bridge.bridge, bridge),
    BOND: (bond.bond, bond),
    BOND_AD_INFO: (lambda raw: bond.bond(attribute(BOND.AD_INFO, raw)), bond),
    BOND_SLAVE: (bond.port, bond),
    VLAN: (stacked.vlan, stacked),
    MACVLAN: (stacked.macvlan, stacked),
    IPVLAN: (stacked.ipvlan, stacked),
    VRF: (stacked.vrf, stacked),
    VRF_PORT: (stacked.vrf_port, stacked),
    XFRM: (stacked.xfrm, stacked),
    TUN: (stacked.tun, stacked),
    NETKIT: (stacked.netkit, stacked),
    MACSEC: (stacked.macsec, stacked),
    OVPN: (stacked.ovpn, stacked),
    VXLAN: (lambda raw: (vxlan.vxlan(raw), vxlan.lower(raw)), vxlan),
    GENEVE: (tunnels.geneve, tunnels),
    GRE: (tunnels.gre, tunnels),
    IPTUN: (tunnels.ip_tunnel, tunnels),
    VTI: (tunnels.vti, tunnels),
    NFEA: (neighbours._activity, neighbours),
    MPLS_IPTUNNEL: (encapsulated(1), encaps),
    LWTUNNEL_IP: (encapsulated(2), encaps),
    ILA_ATTR: (encapsulated(3), encaps),
    LWTUNNEL_IP6: (encapsulated(4), encaps),
    SEG6_IPTUNNEL: (encapsulated(5), encaps),
    LWT_BPF: (encapsulated(6), encaps),
    LWT_BPF_PROG: (encaps._program, encaps),
    SEG6_LOCAL: (encapsulated(7), encaps),
    SEG6_LOCAL_FLV: (flavors, encaps),
    RPL_IPTUNNEL: (encapsulated(8), encaps),
    IOAM6_IPTUNNEL: (encapsulated(9), encaps),
    LWT_XFRM: (encapsulated(10), encaps),
    NHA_RES_GROUP: (resilient, routes),
    BRIDGE_VLAN_TUNNEL: (vlan_tunnel, vlans),
    BRIDGE_VLANDB_ENTRY: (port_vlan, vlans),
    BRIDGE_VLANDB_TINFO: (lambda raw: port_vlan(attribute(BRIDGE_VLANDB_ENTRY.TUNNEL_INFO, raw)), vlans),
    MDBA_MDB_EATTR: (mdb_entry, multicast),
    MDBA_MDB_SRCATTR: (mdb_source, multicast),
    MDBA_ROUTER_PATTR: (mdb_router, multicast),
    VXLAN_VNIFILTER_ENTRY: (vni, multicast),
    XFRMA: (policy_and_state, ipsec),
}

# These are read by going through all that is there.
BY_LOOP: frozenset[type] = frozenset({RTAX, NETCONFA, BRIDGE})


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.prefix)
def test_each_attribute_that_the_table_calls_read_is_read(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    if row.cls in BY_LOOP:
        return
    if row.cls in by_layouts():
        assert by_layouts()[row.cls] == row.read
        return
    reader, module = BY_WALK[row.cls]
    read: set[int] = set()
    walk = vars(module)["walk"]
    monkeypatch.setattr(module, "walk", lambda data, at=0: Recorder(walk(data, at), read))
    numbers = row.numbers.values()
    for content in (bytes(20), b"\xff" * 20):  # some attributes are read only if a flag is set, others only alone
        reader(b"".join(attribute(number, content) for number in numbers))
        for number in numbers:
            reader(attribute(number, content))
    assert read & set(numbers) == row.read
