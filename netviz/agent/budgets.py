"""Limits on the number of entities that are shown of a host. Further ones are left out, and a `Gap` counts them."""

from dataclasses import dataclass

from netviz.wire.limits import ENTITIES, SNAPSHOT_BYTES


@dataclass(frozen=True, slots=True)
class Budgets:
    """Limits for one host: its namespaces, its links, its entities of all kinds, and the size of a snapshot in MiB.

    Limits for each namespace: routes, netfilter rules, and elements of netfilter sets.
    """

    namespaces: int = 2_000
    links: int = 20_000
    entities: int = ENTITIES
    snapshot_mib: int = SNAPSHOT_BYTES >> 20
    routes: int = 5_000
    rules: int = 20_000
    elements: int = 100_000
