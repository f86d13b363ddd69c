"""Finding the far end of a link."""

from netviz.model.entity import LinkRef
from netviz.model.peers import NOTHING, OtherEnd, Pointer, resolve

A, B, C = LinkRef("a", 5), LinkRef("b", 5), LinkRef("c", 5)


def far(link: LinkRef, pointers: dict[LinkRef, Pointer]) -> OtherEnd:
    return resolve(link, pointers[link], pointers.get)


def test_two_veths_that_point_at_each_other_are_a_pair() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("veth", 5, "a")}
    assert far(A, world) == OtherEnd(peer=B)
    assert far(B, world) == OtherEnd(peer=A)


def test_an_index_that_points_elsewhere_makes_no_pair() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("veth", 5, "c"), C: Pointer("veth", 5, "b")}
    assert far(A, world).peer is None
    assert [note.code for note in far(A, world).notes] == ["peer-ambiguous"]
    assert far(B, world).peer == C


def test_a_veth_is_no_pair_with_what_is_no_veth() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("dummy", 5, "a")}
    assert far(A, world).peer is None


def test_a_peer_in_a_namespace_that_cannot_be_seen_is_beyond_sight() -> None:
    found = far(A, {A: Pointer("veth", 9, None)})
    assert (found.beyond_sight, found.peer) == (True, None)


def test_a_vlan_stands_on_what_it_points_at() -> None:
    world = {A: Pointer("vlan", 5, "b"), B: Pointer("physical", None, "b")}
    assert far(A, world) == OtherEnd(lower=B)


def test_a_link_that_says_nothing_has_no_far_end() -> None:
    assert far(A, {A: Pointer("dummy", None, "a")}) == NOTHING


def test_a_link_that_points_at_itself_has_no_far_end() -> None:
    assert far(A, {A: Pointer("vxlan", 5, "a")}) == NOTHING


def test_a_far_end_that_is_not_there_is_said() -> None:
    assert [note.code for note in far(A, {A: Pointer("vlan", 9, "a")}).notes] == ["far-end-missing"]
