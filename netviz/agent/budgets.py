"""Limits on the number of entities that are shown of one host.

Entities above a limit are left out, and an entity of the class `Gap` says how many.
"""

from dataclasses import dataclass

from netviz.wire.limits import ENTITIES, SNAPSHOT_BYTES


@dataclass(frozen=True, slots=True)
class Budgets:
    """Limits for one host: the numbers of its namespaces, links and entities of all kinds, and the size of a snapshot
    in MiB.

    Limits for each namespace: the numbers of its routes, netfilter rules, and elements of netfilter sets.
    """

    namespaces: int = 2_000
    links: int = 20_000
    entities: int = ENTITIES
    snapshot_mib: int = SNAPSHOT_BYTES >> 20
    routes: int = 5_000
    rules: int = 20_000
    elements: int = 100_000
