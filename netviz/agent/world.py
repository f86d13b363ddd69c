"""The agent's topology: the entities of the host, in parts. A part has the entities of one subject (such as routes) in
one namespace.

A reader replaces a part at a time; `take` returns the changes since the last call.
"""

import time
from collections.abc import Collection, Iterable
from dataclasses import replace

from netviz.model.delta import Delta
from netviz.model.entity import key_of
from netviz.model.namespace import Gap
from netviz.model.topology import AnyEntity

# The entities of these subjects are never left out, because other entities refer to them. The number of namespaces has
# a limit of its own.
_NEVER_CUT = ("host", "namespace")


class World:
    """All entities of the host by key, in one part for each namespace and subject. `budget` is the maximum number of
    entities.

    If entities of a part are left out, the part has a `Gap`, an entity that says how many; gaps do not count towards
    the budget. An entity for which `put` finds no room is stored apart, and added when there is room.
    """

    def __init__(self, budget: int) -> None:
        self.entities: dict[str, AnyEntity] = {}
        self._budget = budget
        self._parts: dict[str, dict[str, set[str]]] = {}
        self._before: dict[str, AnyEntity | None] = {}
        self._waiting: dict[tuple[str, str], dict[str, AnyEntity]] = {}
        self._left_out_by_reader: dict[tuple[str, str], int] = {}
        self._with_gap: set[tuple[str, str]] = set()
        self._taken = False

    def replace(self, ns: str, subject: str, entities: Iterable[AnyEntity]) -> None:
        """Sets the entities of a subject (such as routes) in a namespace. Earlier entities that are not among them are
        removed.

        Entities that exceed the budget are left out, and a `Gap` says how many.
        """
        if self._with_gap:
            self._clear_left_out(ns, subject)
        subjects = self._parts.setdefault(ns, {})
        old = subjects.get(subject, set())
        found = {entity.key: entity for entity in entities}
        if not found and not old:
            subjects[subject] = old
            return
        room = max(self._room() + len(old), 0)
        if len(found) > room and subject not in _NEVER_CUT:
            self._left_out_by_reader[ns, subject] = len(found) - max(room - 1, 0)
            self._with_gap.add((ns, subject))
            found = _cut(ns, subject, found, room)
        known = self.entities
        subjects[subject] = set(found)
        if not self._taken and not old:  # most of the first read of the host
            known.update(found)
            return
        for key in old - found.keys():
            self._drop(key)
        for key, entity in found.items():
            last = known.get(key)
            if last is None or last != entity:
                self._put(key, self._dated(entity, last) if isinstance(entity, Gap) else entity)
        if self._waiting:
            self._admit_waiting()

    def freeze(self, gap: Gap) -> None:
        """Keeps the entities of a subject that can no longer be read, and adds this `Gap`, which says why and since
        when. A subject that was never read gets only the gap, without a time.
        """
        ns, subject, key = gap.ns, gap.subject, gap.key
        before = self.entities.get(key)
        if not self._was_read(ns, subject, before):
            self.replace(ns, subject, [replace(gap, since_ms=0)])
            return
        if isinstance(before, Gap):
            frozen_ms = 0 if before.code == "cut" else before.since_ms
            gap = replace(gap, since_ms=frozen_ms or gap.since_ms, shown=before.shown, total=before.total)
        self._with_gap.add((ns, subject))
        self._parts[ns][subject].add(key)
        self._put(key, gap)

    def _was_read(self, ns: str, subject: str, gap: AnyEntity | None) -> bool:
        if not self.has(ns, subject):
            return False
        return not isinstance(gap, Gap) or gap.since_ms > 0 or gap.total > 0

    def put(self, ns: str, subject: str, entity: AnyEntity) -> None:
        """Adds or updates one entity of a subject (such as links) in a namespace.

        If the budget has no room for the entity, the entity is stored apart from the topology, and added when there is
        room. Until then, a `Gap` counts it as left out.
        """
        key = entity.key
        if key not in self.entities and self._room() <= 0:
            self._waiting.setdefault((ns, subject), {})[key] = entity
        else:
            self._parts.setdefault(ns, {}).setdefault(subject, set()).add(key)
            self._put(key, entity)
        if self._waiting or self._with_gap:
            self._update_gap(ns, subject)

    def remove(self, ns: str, subject: str, key: str) -> None:
        """Removes one entity of a subject (such as links) in a namespace. Does nothing if it is not there."""
        self._parts.get(ns, {}).get(subject, set()).discard(key)
        self._drop(key)
        if self._with_gap:
            self._stop_waiting(ns, subject, key)
            self._update_gap(ns, subject)
            self._admit_waiting()

    def set_left_out(self, ns: str, subject: str, number: int) -> None:
        """Records how many entities of a subject (such as links) in a namespace the caller left out because of a limit.

        A `Gap` shows the number; 0 means that none is left out.
        """
        if not number and not self._with_gap:
            return
        self._left_out_by_reader.pop((ns, subject), None)
        if number:
            self._left_out_by_reader[ns, subject] = number
        self._update_gap(ns, subject)

    def forget(self, ns: str) -> None:
        """Removes a namespace and all entities in it from the topology."""
        for subject in self._parts.get(ns, ()):
            self._clear_left_out(ns, subject)
        for keys in self._parts.pop(ns, {}).values():
            for key in keys:
                self._drop(key)
        if self._waiting:
            self._admit_waiting()

    def has(self, ns: str, subject: str) -> bool:
        """Returns whether the topology has a part for this subject in this namespace. The part may have no entities."""
        return subject in self._parts.get(ns, ())

    def part(self, ns: str, subject: str) -> list[AnyEntity]:
        """Returns the entities of a subject (such as routes) in a namespace."""
        keys = self._parts.get(ns, {}).get(subject, ())
        return [self.entities[key] for key in keys if key in self.entities]

    def namespaces(self) -> list[str]:
        """Returns the namespaces that have entities. The empty string means the host as a whole."""
        return list(self._parts)

    def touched(self) -> Collection[str]:
        """Returns the keys of entities that changed since the last call of `take`, even if they changed back."""
        return self._before if self._taken else self.entities

    def inside(self, ns: str) -> dict[str, AnyEntity]:
        """Returns all entities of a namespace, by key."""
        keys = (key for part in self._parts.get(ns, {}).values() for key in part)
        return {key: self.entities[key] for key in keys if key in self.entities}

    @property
    def changed(self) -> bool:
        """Whether an entity changed since the last call of `take`, even if it changed back."""
        return bool(self.touched())

    def take(self) -> Delta:
        """Returns the changes since the last call. An entity that changed and then changed back is not included."""
        if not self._taken:
            self._taken = True
            return Delta(tuple(self.entities.values()))
        before, self._before = self._before, {}
        put = [self.entities[key] for key, old in before.items() if key in self.entities and self.entities[key] != old]
        drop = [key for key, old in before.items() if key not in self.entities and old is not None]
        return Delta(tuple(put), tuple(drop))

    def _room(self) -> int:
        """Returns how many more entities the budget allows. Entities of the class `Gap` do not count."""
        return self._budget - len(self.entities) + len(self._with_gap)

    def _clear_left_out(self, ns: str, subject: str) -> None:
        if (ns, subject) in self._with_gap:
            self._with_gap.discard((ns, subject))
            self._waiting.pop((ns, subject), None)
            self._left_out_by_reader.pop((ns, subject), None)

    def _admit_waiting(self) -> None:
        """Adds entities that wait for room, while there is room in the budget."""
        while self._waiting and self._room() > 0:
            (ns, subject), waiting = next(iter(self._waiting.items()))
            key, entity = next(iter(waiting.items()))
            self._stop_waiting(ns, subject, key)
            self._parts.setdefault(ns, {}).setdefault(subject, set()).add(key)
            self._put(key, entity)
            self._update_gap(ns, subject)

    def _stop_waiting(self, ns: str, subject: str, key: str) -> None:
        waiting = self._waiting.get((ns, subject))
        if waiting is not None:
            waiting.pop(key, None)
            if not waiting:
                del self._waiting[ns, subject]

    def _update_gap(self, ns: str, subject: str) -> None:
        """Updates the `Gap` of a subject in a namespace: the entity that says how many entities are left out.

        If none is left out, removes it.
        """
        lacking = self._left_out_by_reader.get((ns, subject), 0) + len(self._waiting.get((ns, subject), ()))
        key = key_of(Gap.TAG, ns, subject)
        if lacking:
            self._with_gap.add((ns, subject))
            part = self._parts.setdefault(ns, {}).setdefault(subject, set())
            part.add(key)
            gap = _gap(ns, subject, len(part) - 1, len(part) - 1 + lacking)
            self._put(key, self._dated(gap, self.entities.get(key)))
        elif (ns, subject) in self._with_gap:
            self._clear_left_out(ns, subject)
            self._parts[ns][subject].discard(key)
            self._drop(key)

    def _dated(self, gap: Gap, last: AnyEntity | None) -> Gap:
        """Returns a gap with the time since when it exists: that of the last one with the same cause, otherwise now.

        A gap of the first read has no time, because nothing is missing that was shown before.
        """
        if isinstance(last, Gap) and last.cause == gap.cause:
            return replace(gap, since_ms=last.since_ms)
        return replace(gap, since_ms=int(time.time() * 1_000) if self._taken else 0)

    def _put(self, key: str, entity: AnyEntity) -> None:
        old = self.entities.get(key)
        if old != entity:
            self._note(key, old)
            self.entities[key] = entity

    def _drop(self, key: str) -> None:
        old = self.entities.pop(key, None)
        if old is not None:
            self._note(key, old)

    def _note(self, key: str, old: AnyEntity | None) -> None:
        """Records what an entity was before its first change since `take`. Before the first `take` there was none."""
        if self._taken:
            self._before.setdefault(key, old)


def _cut(ns: str, subject: str, found: dict[str, AnyEntity], room: int) -> dict[str, AnyEntity]:
    """Returns as many of the entities as fit into `room`, and a `Gap`, an entity that says how many are shown."""
    shown = max(room - 1, 0)
    kept = dict(list(found.items())[:shown])
    kept[key_of(Gap.TAG, ns, subject)] = _gap(ns, subject, shown, len(found))
    return kept


def _gap(ns: str, subject: str, shown: int, total: int) -> Gap:
    return Gap(ns, subject, "host-budget", shown=shown, total=total)
