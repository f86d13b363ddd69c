"""Bulky entities, such as netfilter rules: one namespace can have thousands of them. Their types are listed in
`netviz.model.topology.BULKY_TAGS`.

A browser receives them only for the namespaces that it watches. So this module keeps them by namespace, and separates
their changes from the other changes of a delta.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from netviz.model.delta import Delta
from netviz.model.topology import BULKY_TAGS, BY_TAG, AnyEntity, Topology, namespace_of

_TYPES = frozenset(BY_TAG[tag] for tag in BULKY_TAGS)


def without_bulky(entities: Iterable[AnyEntity]) -> list[AnyEntity]:
    """Returns the given entities without those of bulky types (`BULKY_TAGS`, for example netfilter rules)."""
    return [entity for entity in entities if type(entity) not in _TYPES]


def is_bulky(key: str) -> bool:
    """Returns whether the entity with this key is of a bulky type (`BULKY_TAGS`, for example a netfilter rule)."""
    return key.partition("/")[0] in BULKY_TAGS


@dataclass(slots=True)
class Part:
    """The part of a delta that changes the bulky entities (such as netfilter rules) of one namespace."""

    put: list[AnyEntity] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)

    @property
    def delta(self) -> Delta:
        """Returns this part of the delta as a `Delta` of its own."""
        return Delta(tuple(self.put), tuple(self.drop))


class Bulky:
    """The bulky entities (such as netfilter rules) of one topology, by namespace and key."""

    def __init__(self, world: Topology) -> None:
        self._by_ns: dict[str, dict[str, AnyEntity]] = {}
        for key, entity in world.items():
            if type(entity) in _TYPES:
                self._by_ns.setdefault(namespace_of(entity), {})[key] = entity

    def of(self, ns: str) -> tuple[AnyEntity, ...]:
        """Returns all bulky entities (such as netfilter rules) of a namespace."""
        return tuple(self._by_ns.get(ns, {}).values())

    def split(self, delta: Delta, world: Topology) -> tuple[Delta, Mapping[str, Part]]:
        """Splits a delta. Returns the delta without bulky entities (such as netfilter rules), for all browsers, and the
        changes of the bulky entities by namespace.

        `world` is the topology before the delta. A delta contains only the keys of the entities that it removes, so
        their namespaces are looked up in `world`.
        """
        put = [entity for entity in delta.put if type(entity) in _TYPES]
        drop = [key for key in delta.drop if is_bulky(key)]
        if not (put or drop):
            return delta, {}
        parts: dict[str, Part] = {}
        for entity in put:
            parts.setdefault(namespace_of(entity), Part()).put.append(entity)
        for key in drop:
            if key in world:
                parts.setdefault(namespace_of(world[key]), Part()).drop.append(key)
        rest = tuple(key for key in delta.drop if not is_bulky(key)) if drop else delta.drop
        return Delta(tuple(without_bulky(delta.put)) if put else delta.put, rest), parts

    def apply(self, parts: Mapping[str, Part]) -> None:
        """Applies the changes of bulky entities (such as netfilter rules) that `split` returned for one delta."""
        for ns, part in parts.items():
            known = self._by_ns.setdefault(ns, {})
            for key in part.drop:
                known.pop(key, None)
            for entity in part.put:
                known[entity.key] = entity
            if not known:
                del self._by_ns[ns]
