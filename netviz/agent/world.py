"""The topology that the agent keeps: replaced part by part, and what that changed since it was last asked."""

from collections.abc import Iterable

from netviz.model.delta import Delta
from netviz.model.entity import key_of
from netviz.model.namespace import Gap
from netviz.model.topology import AnyEntity


class World:
    """All entities by key, in parts: one for each namespace and subject; `budget` is how many there may be."""

    def __init__(self, budget: int) -> None:
        self.entities: dict[str, AnyEntity] = {}
        self._budget = budget
        self._parts: dict[str, dict[str, set[str]]] = {}
        self._before: dict[str, AnyEntity | None] = {}

    def replace(self, ns: str, subject: str, entities: Iterable[AnyEntity]) -> None:
        """These entities, and no others, are what there is of this subject in this namespace.

        What the budget of entities does not allow is left out, and a gap says so.
        """
        subjects = self._parts.setdefault(ns, {})
        old = subjects.get(subject, set())
        found = {entity.key: entity for entity in entities}
        room = self._budget - len(self.entities) + len(old)
        if len(found) > room:
            found = _cut(ns, subject, found, room)
        for key in old - found.keys():
            self._drop(key)
        known, before = self.entities, self._before
        subjects[subject] = set(found)
        if not old and known.keys().isdisjoint(found) and before.keys().isdisjoint(found):  # read for the first time
            known.update(found)
            before.update(dict.fromkeys(found))
            return
        for key, entity in found.items():
            last = known.get(key)
            if last is None or last != entity:
                before.setdefault(key, last)
                known[key] = entity

    def put(self, ns: str, subject: str, entity: AnyEntity) -> None:
        """One entity of a part is new or has a new value."""
        key = entity.key
        if key not in self.entities and len(self.entities) >= self._budget:
            return
        self._parts.setdefault(ns, {}).setdefault(subject, set()).add(key)
        self._put(key, entity)

    def remove(self, ns: str, subject: str, key: str) -> None:
        """One entity of a part is gone, or was not there."""
        self._parts.get(ns, {}).get(subject, set()).discard(key)
        self._drop(key)

    def forget(self, ns: str) -> None:
        """A namespace is gone, with all that was in it."""
        for keys in self._parts.pop(ns, {}).values():
            for key in keys:
                self._drop(key)

    def has(self, ns: str, subject: str) -> bool:
        """Whether there is such a part."""
        return subject in self._parts.get(ns, ())

    def part(self, ns: str, subject: str) -> list[AnyEntity]:
        """What is kept of this subject in this namespace."""
        keys = self._parts.get(ns, {}).get(subject, ())
        return [self.entities[key] for key in keys if key in self.entities]

    def namespaces(self) -> list[str]:
        """The namespaces of which something is kept; the host as a whole is the empty one."""
        return list(self._parts)

    def touched(self) -> Iterable[str]:
        """The keys of what was touched since the last taking."""
        return self._before

    def inside(self, ns: str) -> dict[str, AnyEntity]:
        """All that is kept of a namespace."""
        keys = (key for part in self._parts.get(ns, {}).values() for key in part)
        return {key: self.entities[key] for key in keys if key in self.entities}

    @property
    def changed(self) -> bool:
        """Whether something was touched since the last taking."""
        return bool(self._before)

    def take(self) -> Delta:
        """What changed since this was last called; what changed and changed back is not in it."""
        before, self._before = self._before, {}
        put = [self.entities[key] for key, old in before.items() if key in self.entities and self.entities[key] != old]
        drop = [key for key, old in before.items() if key not in self.entities and old is not None]
        return Delta(tuple(put), tuple(drop))

    def _put(self, key: str, entity: AnyEntity) -> None:
        old = self.entities.get(key)
        if old != entity:
            self._before.setdefault(key, old)
            self.entities[key] = entity

    def _drop(self, key: str) -> None:
        old = self.entities.pop(key, None)
        if old is not None:
            self._before.setdefault(key, old)


def _cut(ns: str, subject: str, found: dict[str, AnyEntity], room: int) -> dict[str, AnyEntity]:
    """The first of these, with a gap in the last place that says how many there are."""
    shown = max(room - 1, 0)
    kept = dict(list(found.items())[:shown])
    gap = key_of(Gap.TAG, ns, subject)
    words = f"{len(found) - shown:,} of {len(found):,} {subject} are not shown: the host has more than the agent keeps."
    kept[gap] = Gap(ns, subject, "cut", words, shown, len(found))
    return kept
