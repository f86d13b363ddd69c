"""Cases T01 to T19 on this kernel too: the live agent shows each example network.

So does a new process that reads everything once.
"""

import pytest

from netviz.model.graph import edge_lines
from netviz.model.namespace import Namespace
from netviz.model.topology import Topology, of_type
from tests.conformance.cases import CASES, Case
from tests.conformance.live import Live
from tests.second_kernel.forked import read_afresh
from tests.worlds import World


def names(topology: Topology) -> set[str]:
    return {name for namespace in of_type(topology, Namespace) for name in namespace.names}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_example_network_is_shown_with_the_expected_edges_and_namespaces(
    world: World, live: Live, case: Case
) -> None:
    world.run(["sh", "-ec", "\n".join(case.commands)])

    def right(topology: Topology) -> bool:
        there = names(topology)
        edges = edge_lines(topology) == list(case.edges)
        return edges and there >= set(case.namespaces) and there.isdisjoint(case.gone)

    live.wait_until(lambda: right(live.topology))
    assert right(read_afresh(world))
