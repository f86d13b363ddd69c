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
    """A dataclass that is sent in a field that can hold objects of several classes. The tag says which class it is."""

    TAG: ClassVar[str] = ""


class _Keyed:
    """Declares `_key` (in `__slots__`), in which an entity stores its key after the key was computed.

    This costs little memory, because the dict of the topology refers to the same string.
    """

    __slots__ = ("_key",)
    _key: str


@value
class Entity(Tagged, _Keyed):
    """One object of the kernel (such as a link), or one fact about such an object (such as the processes of a
    namespace).

    It is identified by its key.
    """

    KEY: ClassVar[tuple[str, ...]] = ()

    # True for classes with a field `nth`, which numbers entities with equal identifying fields, from 0. The number is
    # the last part of the key, but only if it is not 0: then almost all keys do without it.
    NUMBERED: ClassVar[bool] = False

    # True for classes of which a namespace may have thousands of entities, such as rules. The map does not draw these,
    # so a browser receives only those of the namespaces that it watches.
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
        if plan.nth is not None and (nth := plan.nth(self)):
            key += f"/{nth}"
        self._key = key
        return key

    def keep_key(self, key: str) -> None:
        """Stores the key, so that `key` need not compute it.

        The caller has computed it; it must be equal to what `key` would return.
        """
        self._key = key


class _Plan(NamedTuple):
    """How the keys of a class of entities are made: a format for the identifying fields, the number of slashes in it,
    and a function that returns the number of a numbered entity.

    A key with more slashes has a field that contains a slash, which must be escaped.
    """

    values: Callable[[Entity], Any]
    template: str
    slashes: int
    nth: Callable[[Entity], int] | None


_PLANS: dict[type[Entity], _Plan] = {}


def _plan(cls: type[Entity]) -> _Plan:
    names = cls.KEY
    values: Callable[[Entity], Any] = attrgetter(*names) if names else lambda entity: ()
    nth: Callable[[Entity], int] | None = attrgetter("nth") if cls.NUMBERED else None
    plan = _PLANS[cls] = _Plan(values, "/".join((cls.TAG, *("%s" for _ in names))), len(names), nth)
    return plan


def key_of(tag: str, *parts: str | int | None) -> str:
    """Returns the key of the entity with this tag and these values of the identifying fields.

    The value None is written as an empty text.
    """
    return "/".join((tag, *(_part(value) for value in parts)))


def _part(value: str | int | None) -> str:
    if isinstance(value, str):
        return key_part(value)
    return "" if value is None else str(value)


class LinkRef(NamedTuple):
    """A reference to a link: the id of its namespace and its ifindex.

    It is a tuple, because tuples are fast keys of dicts.
    """

    ns: str
    ifindex: int

    @property
    def key(self) -> str:
        """The key of the entity `Link` of this link."""
        return f"link/{key_part(self.ns)}/{self.ifindex}"


@value
class Note:
    """A warning about a link, a namespace or the host: something is ambiguous, missing or could not be read.

    `code` is a key of `netviz.model.codes.NOTES`; `args` are the arguments for its sentence, in the order that is
    defined there.
    """

    code: NoteCode
    args: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The warning as an English sentence."""
        return sentence(NOTES[self.code], self.args)
