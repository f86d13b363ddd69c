"""Finding the far end of a link: the peer of a veth, the lower link of what stands on another.

The kernel names a far end by its ifindex (IFLA_LINK) and the id of its namespace (IFLA_LINK_NETNSID). Asked from the
observer namespace such ids are of one space, so a pair of namespace and ifindex is global. Two links of a paired kind
(`netviz.model.link_kinds`) are a pair only where each points at the other: an index alone is ambiguous as soon as there
are two namespaces.
"""

from collections.abc import Callable

from netviz.model.entity import LinkRef, Note
from netviz.model.link_kinds import kind_of
from netviz.model.value import value


@value
class Pointer:
    """What a link says of its far end: the link's kind, the far ifindex (None: nothing said), the far namespace.

    `ns` is None where the kernel names a namespace that cannot be seen. Kernels leave IFLA_LINK out where both indexes
    are equal: the reader fills in the link's own index for a kind that comes in pairs.
    """

    kind: str
    ifindex: int | None
    ns: str | None

    @property
    def target(self) -> LinkRef | None:
        """The link pointed at, where it is in sight."""
        return None if self.ifindex is None or self.ns is None else LinkRef(self.ns, self.ifindex)


@value
class OtherEnd:
    """What is known of a link's far end; at most one of `peer` and `lower` is set."""

    peer: LinkRef | None = None
    lower: LinkRef | None = None
    beyond_sight: bool = False
    notes: tuple[Note, ...] = ()


NOTHING = OtherEnd()

_BEYOND = Note("peer-beyond-sight")
_GONE = Note("far-end-missing")


def resolve(link: LinkRef, pointer: Pointer, lookup: Callable[[LinkRef], Pointer | None]) -> OtherEnd:
    """The far end of `link`; `lookup` gives the pointer of any link in sight, None for one that is not there."""
    if pointer.ifindex is None:
        return NOTHING
    target = pointer.target
    if target is None:
        return OtherEnd(beyond_sight=True, notes=(_BEYOND,))
    if target == link:
        return NOTHING
    far = lookup(target)
    if far is None:
        return OtherEnd(notes=(_GONE,))
    if kind_of(pointer.kind).paired:
        return _peer(link, pointer.kind, target, far)
    return OtherEnd(lower=target)


def _peer(link: LinkRef, kind: str, target: LinkRef, far: Pointer) -> OtherEnd:
    if far.kind == kind and far.target == link:
        return OtherEnd(peer=target)
    return OtherEnd(notes=(Note("peer-ambiguous", (str(target.ifindex), target.ns)),))
