"""A new paired kind of link needs one row only: then such links are read, paired, drawn and printed."""

import struct

import pytest

from netviz.agent.collect.links import raw_link
from netviz.agent.export.lines import link_line
from netviz.agent.links.table import LinkTable
from netviz.agent.netlink.requests import attribute, attribute_u32
from netviz.model import link_kinds
from netviz.model.entity import LinkRef
from netviz.model.graph import edge_lines, graph
from netviz.model.kinds import OpaqueData
from netviz.model.link_kinds import LinkKind
from netviz.model.namespace import Namespace
from netviz.model.topology import topology
from netviz.uapi.if_link import IFLA, INFO
from netviz.wire.codec import decode, encode
from netviz.wire.frames import DeltaFrame

KIND = "nvtpair"


@pytest.fixture(autouse=True)
def row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adds the row of the new kind to the tables for one test."""
    row = LinkKind(KIND, "made-up pair", "veth", paired=True, bound=True)
    monkeypatch.setattr(link_kinds, "KINDS", {**link_kinds.KINDS, KIND: row})


def message(ifindex: int, name: bytes, far: int | None, other_nsid: int) -> bytes:
    """Returns the kernel's message about one end; IFLA_LINK is omitted if both ifindexes are equal."""
    info = attribute(INFO.KIND, KIND.encode() + b"\0") + attribute(INFO.DATA, b"\x04\0\x01\0")
    far_end = b"" if far is None else attribute_u32(IFLA.LINK, far)
    return (
        struct.pack("=BxHiII", 0, 1, ifindex, 0x1_0043, 0)
        + attribute(IFLA.IFNAME, name + b"\0")
        + far_end
        + attribute_u32(IFLA.LINK_NETNSID, other_nsid)
        + attribute(IFLA.LINKINFO, info)
    )


def table() -> LinkTable:
    """Returns a table with two ends of a pair, in the namespaces with the observer's nsids 0 and 1."""
    places = LinkTable(lambda ns, nsid: {0: "1", 1: "2"}.get(nsid))
    places.put(raw_link("1", message(7, b"left", 9, 1)))
    places.put(raw_link("2", message(9, b"right", 7, 0)))
    return places


def test_two_links_become_peers_if_the_table_of_kinds_marks_their_kind_as_paired() -> None:
    found = dict(table().take())
    assert [(link.kind, link.peer, link.lower) for link in found.values() if link is not None] in (
        [(KIND, LinkRef("2", 9), None), (KIND, LinkRef("1", 7), None)],
        [(KIND, LinkRef("1", 7), None), (KIND, LinkRef("2", 9), None)],
    )


def test_peer_of_a_link_of_a_paired_kind_is_found_although_the_kernel_omits_ifla_link_for_equal_ifindexes() -> None:
    places = LinkTable(lambda ns, nsid: {0: "1", 1: "2"}.get(nsid))
    places.put(raw_link("1", message(7, b"left", None, 1)))
    places.put(raw_link("2", message(7, b"right", None, 0)))
    link = places.link(LinkRef("1", 7))
    assert link is not None
    assert link.peer == LinkRef("2", 7)


def test_two_links_that_are_peers_give_an_edge_with_the_same_kind_as_the_links() -> None:
    links = [link for _, link in table().take() if link is not None]
    world = topology([Namespace("1", names=("a",)), Namespace("2", names=("b",)), *links])
    assert [(edge.kind, edge.a, edge.b) for edge in graph(world).edges] == [(KIND, "link/1/7", "link/2/9")]
    assert edge_lines(world) == [f"{KIND} a:left b:right"]


def test_link_whose_kind_the_agent_cannot_decode_is_sent_to_the_server_with_its_undecoded_data() -> None:
    link = table().link(LinkRef("1", 7))
    assert link is not None
    frame = decode(encode(DeltaFrame("e", 1, (link,))), "agent")
    assert isinstance(frame, DeltaFrame)
    assert frame.put == (link,)
    assert link.data == OpaqueData("04000100")


def test_link_is_printed_with_its_peer_if_the_table_of_kinds_marks_its_kind_as_paired() -> None:
    links = [link for _, link in table().take() if link is not None]
    world = topology([Namespace("1", names=("a",)), Namespace("2", names=("b",)), *links])
    left = next(link for link in links if link.ifname == "left")
    assert "b:right" in link_line(world, left)
