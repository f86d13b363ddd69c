"""What all entities of a topology have in common: a tag for their class, and a key that identifies them.

A key is text: the tag and the identifying fields, joined by slashes (`link/4026/12`). It is unique within one host. It
never contains an interface's name, because names are only labels.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from netviz.model.codes import NOTES, NoteCode, sentence
from netviz.model.text import key_part
from netviz.model.value import value


@value
class Tagged:
    """A dataclass that can be in a union; its tag identifies it on the wire."""

    TAG: ClassVar[str] = ""


class _Keyed:
    """Storage for a key that was computed once. It costs no memory, because the topology holds the same string as its
    dictionary key."""

    __slots__ = ("_key",)
    _key: str


@value
class Entity(Tagged, _Keyed):
    """An object of the kernel, or a fact about one, with an identity."""

    KEY: ClassVar[tuple[str, ...]] = ()

    # A namespace may have thousands of these, and the map does not draw them: a browser receives only those of
    # namespaces that it watches.
    BULKY: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The entity's key within its host."""
        try:
            return self._key
        except AttributeError:
            pass
        plan = _PLANS.get(type(self)) or _plan(type(self))
        found = plan.values(self)
        key: str = plan.template % found
        if key.count("/") != plan.slashes:
            parts = found if isinstance(found, tuple) else (found,)
            key = plan.template % tuple([key_part(part) if part.__class__ is str else part for part in parts])
        self._key = key
        return key

    def keep_key(self, key: str) -> None:
        """Sets the key, if the caller has it at hand. It must be what `key` would return."""
        self._key = key


class _Plan(NamedTuple):
    """How to format the key of a class's entities, and its number of slashes if no part needs escaping."""

    values: Callable[[Entity], Any]
    template: str
    slashes: int


_PLANS: dict[type[Entity], _Plan] = {}


def _plan(cls: type[Entity]) -> _Plan:
    names = cls.KEY
    values: Callable[[Entity], Any] = attrgetter(*names) if names else lambda entity: ()
    plan = _PLANS[cls] = _Plan(values, "/".join((cls.TAG, *("%s" for _ in names))), len(names))
    return plan


def key_of(tag: str, *parts: str | int | None) -> str:
    """The key of the entity with this tag and these identifying values; None gives an empty part."""
    return "/".join((tag, *(_part(value) for value in parts)))


def _part(value: str | int | None) -> str:
    if isinstance(value, str):
        return key_part(value)
    return "" if value is None else str(value)


class LinkRef(NamedTuple):
    """A reference to a link: the id of its namespace and its ifindex. A tuple, because it is a key of many tables."""

    ns: str
    ifindex: int

    @property
    def key(self) -> str:
        """The key of the link."""
        return f"link/{key_part(self.ns)}/{self.ifindex}"


@value
class Note:
    """A warning on an object: something is ambiguous, missing or could not be read.

    `code` is one of `netviz.model.codes.NOTES`; `args` are its arguments in the order of its parameters.
    """

    code: NoteCode
    args: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One English sentence for people."""
        return sentence(NOTES[self.code], self.args)
