"""What every entity of a topology has: a tag that says its class, and a key that says which one it is.

A key is text: the tag and the identifying fields, joined by slashes (`link/4026/12`). It identifies within one host.
Never an interface's name: names are labels.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from netviz.model.codes import NOTES, NoteCode, sentence
from netviz.model.text import key_part
from netviz.model.value import value


@value
class Tagged:
    """A dataclass that stands in a union; its tag tells it apart on the wire."""

    TAG: ClassVar[str] = ""


class _Keyed:
    """Room for a key that was made once: it is asked for again and again, and holding it costs nothing, as it is what
    a topology has the entity by."""

    __slots__ = ("_key",)
    _key: str


@value
class Entity(Tagged, _Keyed):
    """One thing of the kernel's, or one fact on it, with an identity."""

    KEY: ClassVar[tuple[str, ...]] = ()

    # A namespace may have thousands of it and the map does not draw it: a browser receives it only of namespaces that
    # it looks at.
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
        """Saves making the key, where who makes many entities has it at hand. It must be what `key` would give."""
        self._key = key


class _Plan(NamedTuple):
    """How the key of a class's entities is made in one go, and how many slashes it has where no part needs escaping."""

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
    """Points at a link: the id of its namespace and its ifindex there. A tuple, as many tables go by it."""

    ns: str
    ifindex: int

    @property
    def key(self) -> str:
        """The key of the link pointed at."""
        return f"link/{key_part(self.ns)}/{self.ifindex}"


@value
class Note:
    """A warning on an object: what is ambiguous, missing or could not be read.

    `code` is one of `netviz.model.codes.NOTES`, `args` its arguments in the order of its parameters.
    """

    code: NoteCode
    args: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One English sentence for people."""
        return sentence(NOTES[self.code], self.args)
