"""How much of a host is shown at most; beyond it the agent cuts, and says what it cut (`Gap`)."""

from dataclasses import dataclass

from netviz.wire.limits import ENTITIES, SNAPSHOT_BYTES


@dataclass(frozen=True, slots=True)
class Budgets:
    """Of a host: namespaces, links, entities in all, MiB of a snapshot of them.

    Of a namespace: routes, netfilter rules, elements of sets.
    """

    namespaces: int = 2_000
    links: int = 20_000
    entities: int = ENTITIES
    snapshot_mib: int = SNAPSHOT_BYTES >> 20
    routes: int = 5_000
    rules: int = 20_000
    elements: int = 100_000
