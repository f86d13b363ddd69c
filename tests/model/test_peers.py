"""The model finds the other end of a link."""

from netviz.model.entity import LinkRef
from netviz.model.peers import NOTHING, OtherEnd, Pointer, resolve

A, B, C = LinkRef("a", 5), LinkRef("b", 5), LinkRef("c", 5)


def other_end(link: LinkRef, pointers: dict[LinkRef, Pointer]) -> OtherEnd:
    return resolve(link, pointers[link], pointers.get)


def test_veths_that_point_at_each_other_are_a_pair() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("veth", 5, "a")}
    assert other_end(A, world) == OtherEnd(peer=B)
    assert other_end(B, world) == OtherEnd(peer=A)


def test_veth_whose_other_end_points_to_a_third_link_has_no_pair() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("veth", 5, "c"), C: Pointer("veth", 5, "b")}
    assert other_end(A, world).peer is None
    assert [note.code for note in other_end(A, world).notes] == ["peer-ambiguous"]
    assert other_end(B, world).peer == C


def test_veth_and_a_link_of_another_kind_are_not_a_pair() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("dummy", 5, "a")}
    assert other_end(A, world).peer is None


def test_peer_in_an_invisible_namespace_is_reported_as_invisible() -> None:
    found = other_end(A, {A: Pointer("veth", 9, None)})
    assert (found.beyond_sight, found.peer) == (True, None)


def test_lower_link_of_a_vlan_is_the_link_that_the_vlan_points_at() -> None:
    world = {A: Pointer("vlan", 5, "b"), B: Pointer("physical", None, "b")}
    assert other_end(A, world) == OtherEnd(lower=B)


def test_link_without_ifla_link_has_no_other_end() -> None:
    assert other_end(A, {A: Pointer("dummy", None, "a")}) == NOTHING


def test_link_that_points_at_itself_has_no_other_end() -> None:
    assert other_end(A, {A: Pointer("vxlan", 5, "a")}) == NOTHING


def test_link_whose_other_end_is_missing_has_a_note() -> None:
    assert [note.code for note in other_end(A, {A: Pointer("vlan", 9, "a")}).notes] == ["far-end-missing"]
