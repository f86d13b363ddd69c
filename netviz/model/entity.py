"""Base classes of all entities of a topology. An entity has a tag for its class, and a key that identifies it.

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
    """A dataclass that can be a member of a union type. In a frame its tag identifies the class."""

    TAG: ClassVar[str] = ""


class _Keyed:
    """Stores the computed key of an entity. The topology has the same string as a key, so it uses no further memory."""

    __slots__ = ("_key",)
    _key: str


@value
class Entity(Tagged, _Keyed):
    """An object of the kernel, or a fact about such an object, that has a key."""

    KEY: ClassVar[tuple[str, ...]] = ()

    # A namespace may have thousands of bulky entities, and the map does not draw them: a browser receives only those of
    # namespaces that it watches.
    BULKY: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """Returns the entity's key, which is unique within its host."""
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
        """Sets the key to one that the caller has already computed.

        It must be equal to the key that `key` would return.
        """
        self._key = key


class _Plan(NamedTuple):
    """The format of the keys of a class of entities, and the number of slashes in a key without escaped parts."""

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
    """Returns the key of the entity with this tag and these identifying values.

    The value None becomes an empty part.
    """
    return "/".join((tag, *(_part(value) for value in parts)))


def _part(value: str | int | None) -> str:
    if isinstance(value, str):
        return key_part(value)
    return "" if value is None else str(value)


class LinkRef(NamedTuple):
    """A reference to a link: the id of its namespace and its ifindex.

    It is a tuple, because many dicts use it as a key.
    """

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
