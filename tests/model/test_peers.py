"""The model finds the other end of a link."""

from netviz.model.entity import LinkRef
from netviz.model.peers import NOTHING, OtherEnd, Pointer, resolve

A, B, C = LinkRef("a", 5), LinkRef("b", 5), LinkRef("c", 5)


def other_end(link: LinkRef, pointers: dict[LinkRef, Pointer]) -> OtherEnd:
    return resolve(link, pointers[link], pointers.get)


def test_two_veths_that_name_each_other_as_peers_are_a_pair() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("veth", 5, "a")}
    assert other_end(A, world) == OtherEnd(peer=B)
    assert other_end(B, world) == OtherEnd(peer=A)


def test_veth_has_no_peer_if_the_link_that_it_names_as_its_peer_names_another_link() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("veth", 5, "c"), C: Pointer("veth", 5, "b")}
    assert other_end(A, world).peer is None
    assert [note.code for note in other_end(A, world).notes] == ["peer-ambiguous"]
    assert other_end(B, world).peer == C


def test_veth_and_a_link_of_another_kind_are_not_a_pair_even_if_they_name_each_other() -> None:
    world = {A: Pointer("veth", 5, "b"), B: Pointer("dummy", 5, "a")}
    assert other_end(A, world).peer is None


def test_veth_is_marked_as_beyond_sight_if_its_peer_is_in_a_namespace_that_is_not_visible() -> None:
    found = other_end(A, {A: Pointer("veth", 9, None)})
    assert (found.beyond_sight, found.peer) == (True, None)


def test_lower_link_of_a_vlan_is_found_by_the_ifindex_and_namespace_that_the_vlan_reports() -> None:
    world = {A: Pointer("vlan", 5, "b"), B: Pointer("physical", None, "b")}
    assert other_end(A, world) == OtherEnd(lower=B)


def test_link_without_ifla_link_has_no_other_end() -> None:
    assert other_end(A, {A: Pointer("dummy", None, "a")}) == NOTHING


def test_link_that_reports_itself_as_its_other_end_has_no_other_end() -> None:
    assert other_end(A, {A: Pointer("vxlan", 5, "a")}) == NOTHING


def test_link_that_names_a_missing_link_as_its_other_end_has_a_warning() -> None:
    assert [note.code for note in other_end(A, {A: Pointer("vlan", 9, "a")}).notes] == ["far-end-missing"]
