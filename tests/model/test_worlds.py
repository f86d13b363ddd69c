"""Labels, edges and searches are the same here and in the browser (tests/front/worlds.test.ts)."""

import json
from pathlib import Path
from typing import Any

import pytest

from netviz.model.entity import LinkRef
from netviz.model.graph import graph
from netviz.model.labels import namespace_label
from netviz.model.topology import AnyEntity, namespace_of, topology
from netviz.server.decoder import decode_entity
from netviz.server.web.api.search import search

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "golden" / "worlds.json").read_text(encoding="utf-8")
)
WORLD = topology([decode_entity(json.dumps(entity)) for entity in GOLDEN["entities"]])


def leads_to(entity: AnyEntity) -> str:
    """Returns the object that a search result selects on the map: its link, or else its namespace."""
    ns, ifindex = namespace_of(entity), getattr(entity, "ifindex", None)
    return f"ns/{ns}" if ifindex is None else LinkRef(ns, ifindex).key


@pytest.mark.parametrize("ns", GOLDEN["labels"])
def test_namespace_of_the_example_network_has_the_same_label_in_python_as_in_the_browser(ns: str) -> None:
    assert namespace_label(WORLD, ns) == GOLDEN["labels"][ns]


def test_graph_of_the_example_network_has_the_same_edges_in_python_as_in_the_browser() -> None:
    assert [edge.id for edge in graph(WORLD).edges] == GOLDEN["edges"]


@pytest.mark.parametrize("row", GOLDEN["searches"], ids=lambda row: row["query"])
def test_search_in_the_example_network_finds_the_same_objects_in_python_as_in_the_browser(row: Any) -> None:
    found = {leads_to(WORLD[key]) for key, _ in search(WORLD, row["query"], 100)}
    assert sorted(found) == row["found"]
