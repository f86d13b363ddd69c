"""A topology gives the graph of the map, and its edges can be printed as lines."""

from collections.abc import Sequence

from hypothesis import given

from netviz.model.entity import LinkRef
from netviz.model.graph import edge_lines, graph
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.namespace import Host, Namespace, Owner
from netviz.model.topology import AnyEntity, topology
from tests.entities import topologies

HOST = (Host("h", "boot", "1"), Namespace("1", is_host=True))


def world(*entities: AnyEntity) -> dict[str, AnyEntity]:
    return topology([*HOST, *entities])


def label(namespace: Namespace, *more: AnyEntity) -> str:
    return namespace_label(world(namespace, *more), namespace.id)


def pair(first: LinkRef, second: LinkRef, names: Sequence[str] = ("v0", "v1")) -> list[Link]:
    return [
        Link(first.ns, first.ifindex, names[0], "veth", peer=second),
        Link(second.ns, second.ifindex, names[1], "veth", peer=first),
    ]


def test_veth_pair_gives_one_edge() -> None:
    lines = edge_lines(world(Namespace("2", names=("n1",)), *pair(LinkRef("1", 2), LinkRef("2", 2))))
    assert lines == ["veth host:v0 n1:v1"]


def test_text_line_for_a_veth_pair_has_both_ends_sorted_as_byte_strings() -> None:
    spaces = (Namespace("2", names=("b",)), Namespace("3", names=("a",)))
    assert edge_lines(world(*spaces, *pair(LinkRef("2", 1), LinkRef("3", 1)))) == ["veth a:v1 b:v0"]


def test_link_that_is_a_port_of_a_bridge_gives_an_edge_from_the_bridge_to_the_port() -> None:
    lines = edge_lines(world(Link("1", 2, "br0", "bridge"), Link("1", 3, "t0", "tun", master=2)))
    assert lines == ["port host:br0 host:t0"]


def test_stacked_link_gives_an_edge_to_its_lower_link() -> None:
    lines = edge_lines(world(Link("1", 2, "eth0", "physical"), Link("1", 3, "v", "vlan", lower=LinkRef("1", 2))))
    assert lines == ["lower host:v host:eth0"]


def test_veth_whose_peer_is_not_visible_gives_an_edge_to_a_question_mark() -> None:
    assert edge_lines(world(Link("1", 2, "v0", "veth", beyond_sight=True))) == ["veth host:v0 ?"]


def test_stacked_link_whose_lower_link_is_not_visible_gives_no_edge() -> None:
    assert edge_lines(world(Link("1", 2, "v0", "macvlan", beyond_sight=True))) == []


def test_namespace_with_names_has_its_first_name_as_its_label() -> None:
    assert label(Namespace("2", names=("alpha", "beta"))) == "alpha"


def test_label_is_the_name_with_the_prefix_netns_if_the_name_could_be_mistaken_for_another_label() -> None:
    for name in ("host", "pid:4", "nsid:0"):
        assert label(Namespace("2", names=(name,))) == f"netns/{name}"


def test_label_is_the_unchanged_name_of_the_namespace_if_the_name_cannot_be_mistaken_for_another_label() -> None:
    for name in ("hosts", "pid:", "pid:x", "nsid:-1", "Host"):
        assert label(Namespace("2", names=(name,))) == name


def test_namespace_without_a_name_has_the_lowest_pid_of_its_processes_as_its_label() -> None:
    assert label(Namespace("2"), Owner("2", 41)) == "pid:41"


def test_namespace_that_is_known_only_from_links_has_its_nsid_as_its_label() -> None:
    assert label(Namespace("nsid-4", nsid=4)) == "nsid:4"


def test_white_space_in_names_is_escaped_in_the_printed_list_of_edges() -> None:
    spaces = (Namespace("2", names=("two words\\x0a",)),)
    links = (Link("2", 1, "a\u3000b", "veth", beyond_sight=True),)
    assert edge_lines(world(*spaces, *links)) == ["veth two\\x20words\\x0a:a\\xe3\\x80\\x80b ?"]


@given(topologies)
def test_both_ends_of_every_edge_are_nodes(entities: dict[str, AnyEntity]) -> None:
    drawn = graph(entities)
    nodes = {node.id for node in drawn.nodes}
    assert all(edge.a in nodes and (edge.b is None or edge.b in nodes) for edge in drawn.edges)
    assert len({edge.id for edge in drawn.edges}) == len(drawn.edges)
