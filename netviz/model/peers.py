"""Finds the other end of a link: the peer of a veth, or the lower link of a stacked link.

The kernel names the other end by its ifindex (IFLA_LINK) and the nsid of its namespace (IFLA_LINK_NETNSID). In the
agent's observer namespace every namespace has one nsid, so such an nsid and an ifindex identify a link. Two links of a
paired kind (`netviz.model.link_kinds`) are a pair only if each names the other: links of different namespaces may have
the same ifindex.
"""

from collections.abc import Callable

from netviz.model.entity import LinkRef, Note
from netviz.model.link_kinds import kind_of
from netviz.model.value import value


@value
class Pointer:
    """What a link reports about its other end: the link's own kind, and the ifindex and namespace of the other end.

    `ifindex` is None if the link reports none; `ns` is None if the kernel names a namespace that is not visible. Older
    kernels omit IFLA_LINK if both ends of a pair have the same ifindex; `ifindex` is set even then.
    """

    kind: str
    ifindex: int | None
    ns: str | None

    @property
    def target(self) -> LinkRef | None:
        """A reference to the link at the other end, None if it is not visible."""
        return None if self.ifindex is None or self.ns is None else LinkRef(self.ns, self.ifindex)


@value
class OtherEnd:
    """The other end of a link, as far as it is known. At most one of `peer` and `lower` is set.

    `beyond_sight` means that the other end is in a namespace that is not visible to the agent.
    """

    peer: LinkRef | None = None
    lower: LinkRef | None = None
    beyond_sight: bool = False
    notes: tuple[Note, ...] = ()


NOTHING = OtherEnd()

_BEYOND = Note("peer-beyond-sight")
_GONE = Note("far-end-missing")


def resolve(link: LinkRef, pointer: Pointer, lookup: Callable[[LinkRef], Pointer | None]) -> OtherEnd:
    """Returns the other end of `link`, given what the link reports about it.

    `lookup` returns what another link reports about its own other end, None if there is no such link.
    """
    if pointer.ifindex is None:
        return NOTHING
    target = pointer.target
    if target is None:
        return OtherEnd(beyond_sight=True, notes=(_BEYOND,))
    if target == link:
        return NOTHING
    other = lookup(target)
    if other is None:
        return OtherEnd(notes=(_GONE,))
    if kind_of(pointer.kind).paired:
        return _peer(link, pointer.kind, target, other)
    return OtherEnd(lower=target)


def _peer(link: LinkRef, kind: str, target: LinkRef, other: Pointer) -> OtherEnd:
    if other.kind == kind and other.target == link:
        return OtherEnd(peer=target)
    return OtherEnd(notes=(Note("peer-ambiguous", (str(target.ifindex), target.ns)),))
