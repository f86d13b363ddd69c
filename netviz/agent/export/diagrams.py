"""Writes a topology as source text of a diagram, in DOT (Graphviz) or Mermaid.

Names from the host appear only as quoted labels, never as identifiers of the diagram.
"""

from collections.abc import Iterator

from netviz.model.graph import Edge, Graph, Node, graph
from netviz.model.topology import Topology

_STYLES = {"veth": "solid", "port": "bold", "lower": "dashed", "tunnel": "dotted"}
_ARROWS = {"veth": "---", "port": "===", "lower": "-.-", "tunnel": "-.-"}


def dot(world: Topology) -> str:
    """Returns the topology as a graph in DOT, the language of Graphviz: a cluster for each namespace, a node for each
    link.
    """
    return "\n".join(["graph netviz {", "  node [shape=box];", *_dot_lines(graph(world)), "}"])


def _dot_lines(drawn: Graph) -> Iterator[str]:
    names = _names(drawn)
    for namespace, links in _by_namespace(drawn):
        yield f"  subgraph cluster_{names[namespace.id]} {{"
        yield f"    label={_dot_quoted(namespace.label)};"
        for link in links:
            yield f"    {names[link.id]} [label={_dot_quoted(f'{link.label} ({link.kind})')}];"
        yield "  }"
    for edge in drawn.edges:
        yield f"  {names[edge.a]} -- {_other_end(edge, names)} [style={_STYLES[edge.kind]}];"
    yield from (f'  beyond_{names[edge.a]} [label="?"];' for edge in drawn.edges if edge.b is None)


def _dot_quoted(label: str) -> str:
    """Returns a quoted string.

    Backslashes are doubled, so that the text cannot contain DOT's escapes (`\\N`, `\\l`).
    """
    return '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mermaid(world: Topology) -> str:
    """Returns the topology as a Mermaid flowchart: a subgraph for each namespace, a node for each link."""
    return "\n".join(["flowchart LR", *_mermaid_lines(graph(world))])


def _mermaid_lines(drawn: Graph) -> Iterator[str]:
    names = _names(drawn)
    for namespace, links in _by_namespace(drawn):
        yield f"  subgraph {names[namespace.id]}[{_mermaid_quoted(namespace.label)}]"
        for link in links:
            yield f"    {names[link.id]}[{_mermaid_quoted(f'{link.label} ({link.kind})')}]"
        yield "  end"
    for edge in drawn.edges:
        label = '["?"]' if edge.b is None else ""
        yield f"  {names[edge.a]} {_ARROWS[edge.kind]} {_other_end(edge, names)}{label}"


def _mermaid_quoted(label: str) -> str:
    """Returns a quoted string for Mermaid, which interprets Markdown and HTML in strings.

    So all characters but letters, digits and a few others are written as character codes (`#35;`).
    """
    return '"' + "".join(c if c.isalnum() or c in " .-_:" else f"#{ord(c)};" for c in label) + '"'


def _names(drawn: Graph) -> dict[str, str]:
    """Returns a dict that maps the id of each node of the graph to a short identifier for the diagram (`n0`, `n1`,
    ...).
    """
    return {node.id: f"n{at}" for at, node in enumerate(drawn.nodes)}


def _other_end(edge: Edge, names: dict[str, str]) -> str:
    return names[edge.b] if edge.b is not None else f"beyond_{names[edge.a]}"


def _by_namespace(drawn: Graph) -> Iterator[tuple[Node, list[Node]]]:
    links: dict[str, list[Node]] = {}
    for node in drawn.nodes:
        if node.kind != "namespace":
            links.setdefault(node.ns, []).append(node)
    for node in drawn.nodes:
        if node.kind == "namespace":
            yield node, links.get(node.ns, [])
