"""The limits on how much of a host is shown. What exceeds a limit is left out, and a `Gap` says how much."""

from dataclasses import dataclass

from netviz.wire.limits import ENTITIES, SNAPSHOT_BYTES


@dataclass(frozen=True, slots=True)
class Budgets:
    """Per host: namespaces, links, entities of all kinds, and the size of a snapshot in MiB.

    Per namespace: routes, netfilter rules, and elements of netfilter sets.
    """

    namespaces: int = 2_000
    links: int = 20_000
    entities: int = ENTITIES
    snapshot_mib: int = SNAPSHOT_BYTES >> 20
    routes: int = 5_000
    rules: int = 20_000
    elements: int = 100_000
