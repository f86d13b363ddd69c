"""The topology that the agent keeps: replaced part by part, and what that changed since it was last asked."""

from collections.abc import Iterable

from netviz.model.delta import Delta
from netviz.model.entity import key_of
from netviz.model.namespace import Gap
from netviz.model.topology import AnyEntity

# What the map stands on is never cut: namespaces have a budget of their own.
_NEVER_CUT = ("host", "namespace")


class World:
    """All entities by key, in parts: one for each namespace and subject; `budget` is how many there may be.

    A part of which something is left out has a gap, which does not count. What `put` found no room for waits for it.
    """

    def __init__(self, budget: int) -> None:
        self.entities: dict[str, AnyEntity] = {}
        self._budget = budget
        self._parts: dict[str, dict[str, set[str]]] = {}
        self._before: dict[str, AnyEntity | None] = {}
        self._waiting: dict[tuple[str, str], dict[str, AnyEntity]] = {}
        self._beyond: dict[tuple[str, str], int] = {}
        self._lacking: set[tuple[str, str]] = set()

    def replace(self, ns: str, subject: str, entities: Iterable[AnyEntity]) -> None:
        """These entities, and no others, are what there is of this subject in this namespace.

        What the budget of entities does not allow is left out, and a gap says so.
        """
        self._lacks_nothing(ns, subject)
        subjects = self._parts.setdefault(ns, {})
        old = subjects.get(subject, set())
        found = {entity.key: entity for entity in entities}
        room = max(self._room() + len(old), 0)
        if len(found) > room and subject not in _NEVER_CUT:
            self._beyond[ns, subject] = len(found) - max(room - 1, 0)
            self._lacking.add((ns, subject))
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
        if self._waiting:
            self._let_in()

    def put(self, ns: str, subject: str, entity: AnyEntity) -> None:
        """One entity of a part is new or has a new value.

        One that the budget does not allow waits until there is room, and a gap says so.
        """
        key = entity.key
        if key not in self.entities and self._room() <= 0:
            self._waiting.setdefault((ns, subject), {})[key] = entity
        else:
            self._parts.setdefault(ns, {}).setdefault(subject, set()).add(key)
            self._put(key, entity)
        if self._waiting or self._lacking:
            self._tell_lack(ns, subject)

    def remove(self, ns: str, subject: str, key: str) -> None:
        """One entity of a part is gone, or was not there."""
        self._parts.get(ns, {}).get(subject, set()).discard(key)
        self._drop(key)
        if self._lacking:
            self._wait_no_more(ns, subject, key)
            self._tell_lack(ns, subject)
            self._let_in()

    def lack(self, ns: str, subject: str, number: int) -> None:
        """So many entities of a part are left out by who reads them, 0 for none; a gap says so."""
        self._beyond.pop((ns, subject), None)
        if number:
            self._beyond[ns, subject] = number
        self._tell_lack(ns, subject)

    def forget(self, ns: str) -> None:
        """A namespace is gone, with all that was in it."""
        for subject in self._parts.get(ns, ()):
            self._lacks_nothing(ns, subject)
        for keys in self._parts.pop(ns, {}).values():
            for key in keys:
                self._drop(key)
        if self._waiting:
            self._let_in()

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

    def _room(self) -> int:
        """How many more entities there may be; gaps of what is left out do not count."""
        return self._budget - len(self.entities) + len(self._lacking)

    def _lacks_nothing(self, ns: str, subject: str) -> None:
        if (ns, subject) in self._lacking:
            self._lacking.discard((ns, subject))
            self._waiting.pop((ns, subject), None)
            self._beyond.pop((ns, subject), None)

    def _let_in(self) -> None:
        """What waits comes in as far as there is room."""
        while self._waiting and self._room() > 0:
            (ns, subject), waiting = next(iter(self._waiting.items()))
            key, entity = next(iter(waiting.items()))
            self._wait_no_more(ns, subject, key)
            self._parts.setdefault(ns, {}).setdefault(subject, set()).add(key)
            self._put(key, entity)
            self._tell_lack(ns, subject)

    def _wait_no_more(self, ns: str, subject: str, key: str) -> None:
        waiting = self._waiting.get((ns, subject))
        if waiting is not None:
            waiting.pop(key, None)
            if not waiting:
                del self._waiting[ns, subject]

    def _tell_lack(self, ns: str, subject: str) -> None:
        """Keeps the gap of a part right: how many are shown of how many, and none where nothing is left out."""
        lacking = self._beyond.get((ns, subject), 0) + len(self._waiting.get((ns, subject), ()))
        key = key_of(Gap.TAG, ns, subject)
        if lacking:
            self._lacking.add((ns, subject))
            part = self._parts.setdefault(ns, {}).setdefault(subject, set())
            part.add(key)
            self._put(key, _gap(ns, subject, len(part) - 1, len(part) - 1 + lacking))
        elif (ns, subject) in self._lacking:
            self._lacks_nothing(ns, subject)
            self._parts[ns][subject].discard(key)
            self._drop(key)

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
    kept[key_of(Gap.TAG, ns, subject)] = _gap(ns, subject, shown, len(found))
    return kept


def _gap(ns: str, subject: str, shown: int, total: int) -> Gap:
    return Gap(ns, subject, "host-budget", shown=shown, total=total)
