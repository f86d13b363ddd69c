"""The graph that the map shows: nodes are namespaces and links; edges connect links (pairs, ports, lower links and
tunnels).
"""

from collections.abc import Iterator

from netviz.model.device import Tunnel
from netviz.model.entity import key_of
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.link_kinds import kind_of
from netviz.model.namespace import Namespace
from netviz.model.text import word
from netviz.model.topology import Topology, of_type
from netviz.model.value import value

# The kinds of edges that do not connect the two ends of a pair. An edge between the ends of a pair has the kind of its
# links, such as "veth".
OWN_EDGE_KINDS = ("port", "lower", "tunnel")


@value
class Node:
    """A namespace (`kind` is "namespace") or a link (`kind` is the link's). `id` is the entity's key."""

    id: str
    kind: str
    label: str
    ns: str


@value
class Edge:
    """An edge between two links. `a` and `b` are the keys of the links; `b` is None if the peer is not visible.

    The kind of the edge says which link is which:

    - "port": `a` is a master (a bridge, bond, team or vrf), `b` is a port of this master.
    - "lower": `a` is a stacked link such as a vlan, `b` is its lower link.
    - "veth" or another paired kind: the two ends of the pair, in alphabetical order of their keys.
    - "tunnel": the two ends of one tunnel, in alphabetical order of their keys.
    """

    kind: str
    a: str
    b: str | None

    @property
    def id(self) -> str:
        """The id of the edge, which is unique within its host."""
        return f"{self.kind}:{self.a}:{self.b or ''}"


@value
class Graph:
    """Nodes and edges, both sorted by id."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(world: Topology) -> Graph:
    """Returns the graph of a topology. Both ends of every edge are nodes, except for a peer that is not visible."""
    edges = {edge.id: edge for link in of_type(world, Link) for edge in edges_of(world, link)}
    edges |= {edge.id: edge for pair in of_type(world, Tunnel) for edge in tunnel_edges(world, pair)}
    nodes = sorted(_nodes(world), key=lambda node: node.id)
    return Graph(tuple(nodes), tuple(edges[key] for key in sorted(edges)))


def _nodes(world: Topology) -> Iterator[Node]:
    for namespace in of_type(world, Namespace):
        yield Node(namespace.key, "namespace", namespace_label(world, namespace.id), namespace.id)
    for link in of_type(world, Link):
        yield Node(link.key, link.kind, link.ifname, link.ns)


def edges_of(world: Topology, link: Link) -> Iterator[Edge]:
    """Yields an edge from a link to its peer, to its master and to its lower link, for those of them that exist."""
    if link.peer is not None and link.peer.key in world:
        first, second = sorted((link.key, link.peer.key))
        yield Edge(link.kind, first, second)
    elif link.beyond_sight and kind_of(link.kind).paired:
        yield Edge(link.kind, link.key, None)
    if link.master is not None and (master := key_of("link", link.ns, link.master)) in world:
        yield Edge("port", master, link.key)
    if link.lower is not None and link.lower.key in world:
        yield Edge("lower", link.key, link.lower.key)


def tunnel_edges(world: Topology, pair: Tunnel) -> Iterator[Edge]:
    """Yields the edge between two tunnel links, or nothing if one of the links does not exist."""
    first, second = sorted(end.key for end in pair.ends)
    if first in world and second in world:
        yield Edge("tunnel", first, second)


def edge_lines(world: Topology) -> list[str]:
    """Returns the edges as lines for scripts, sorted as byte strings: `veth A:v0 B:v1`, `port NS:bridge NS:port`,
    `lower NS:upper NS:lower`, `tunnel A:wg0 B:wg0`, and `veth A:v0 ?` for a peer that is not visible.
    """
    labels = {ns.id: namespace_label(world, ns.id) for ns in of_type(world, Namespace)}

    ends = {link.key: f"{labels.get(link.ns, f'ns:{link.ns}')}:{word(link.ifname)}" for link in of_type(world, Link)}
    lines = []
    for edge in graph(world).edges:
        first, second = ends[edge.a], "?" if edge.b is None else ends[edge.b]
        if edge.kind not in ("port", "lower") and edge.b is not None and second.encode() < first.encode():
            first, second = second, first
        lines.append(f"{edge.kind} {first} {second}")
    return sorted(lines, key=str.encode)
