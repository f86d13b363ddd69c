"""A table of all links of a host as the kernel reports them, with the references between them in all namespaces.

What one end of a pair reports about the other end is not trusted alone: an entity is made from the attributes of both
ends. So when one end changes, the entities of all links that point at it are made again.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from netviz.agent.collect.links import IFF_UP, RawLink
from netviz.model.entity import LinkRef
from netviz.model.link import Link
from netviz.model.peers import OtherEnd, Pointer, resolve


class LinkTable:
    """The links of a host by namespace and ifindex.

    `resolve_nsid` is called with a namespace and an nsid that a link there reports; it returns the namespace with this
    nsid, None if it is not known.
    """

    def __init__(self, resolve_nsid: Callable[[str, int], str | None]) -> None:
        self._resolve_nsid = resolve_nsid
        self._raw: dict[LinkRef, RawLink] = {}
        self._down: set[LinkRef] = set()
        self._by_ns: dict[str, set[LinkRef]] = {}
        self._pointers: dict[LinkRef, Pointer] = {}
        self._pointing: dict[LinkRef, set[LinkRef]] = {}
        self._naming: dict[int, set[LinkRef]] = {}
        self._unknown_nsids: set[int] | None = None  # None means: must be computed, because links or nsids changed
        self._touched: set[LinkRef] = set()
        self._orphaned: set[LinkRef] = set()

    def __len__(self) -> int:
        return len(self._raw)

    def get(self, ref: LinkRef) -> RawLink | None:
        """Returns the link as it was last read, None if there is no such link."""
        return self._raw.get(ref)

    def of(self, ns: str) -> list[RawLink]:
        """Returns the links of a namespace, in no particular order."""
        return [self._raw[ref] for ref in self._by_ns.get(ns, ())]

    def all(self) -> list[RawLink]:
        """Returns the links of all namespaces, in no particular order."""
        return list(self._raw.values())

    def namespaces_with_down_links(self) -> set[str]:
        """Returns the namespaces that have a link that is down."""
        return {ref.ns for ref in self._down}

    def link(self, ref: LinkRef) -> Link | None:
        """Returns the entity `Link` of a link, with its other end as it is now; None if the link does not exist."""
        raw = self._raw.get(ref)
        return None if raw is None else raw.link(self._other_end(raw))

    def target(self, raw: RawLink) -> LinkRef | None:
        """Returns the link that this link names as its other end (peer or lower link); None if that is in a namespace
        that is not visible.
        """
        return self._pointer(raw).target

    def underlay(self, ref: LinkRef) -> str | None:
        """Returns the namespace that the kernel reports for the other end of a link (IFLA_LINK_NETNSID); the link's own
        namespace if the kernel reports none.

        For a tunnel this is the namespace that sends its outer packets. Returns None if the namespace is not known.
        """
        raw = self._raw.get(ref)
        return None if raw is None else self._pointer(raw).ns

    def pointing_at(self, ref: LinkRef) -> set[LinkRef]:
        """Returns the links that name this link as their other end (peer or lower link)."""
        return set(self._pointing.get(ref, ()))

    def unsettled(self) -> set[LinkRef]:
        """Returns the links whose two ends do not agree: the other end is missing, or names another link."""
        return {ref for ref, raw in self._raw.items() if raw.other_ifindex is not None and self._other_end(raw).notes}

    def unknown_nsids(self) -> set[int]:
        """Returns the nsids that links refer to and that belong to no known namespace."""
        if self._unknown_nsids is None:
            named = self._naming.items()
            self._unknown_nsids = {nsid for nsid, refs in named if self._unknown(next(iter(refs)), nsid)}
        return self._unknown_nsids

    def _unknown(self, ref: LinkRef, nsid: int) -> bool:
        return nsid >= 0 and self._resolve_nsid(ref.ns, nsid) is None

    def put(self, raw: RawLink) -> None:
        """Stores a link as the kernel reported it last."""
        old = self._raw.get(raw.ref)
        if old == raw:
            return
        if old is not None:
            self._unpoint(old)
        self._raw[raw.ref] = raw
        self._by_ns.setdefault(raw.ref.ns, set()).add(raw.ref)
        if raw.flags & IFF_UP:
            self._down.discard(raw.ref)
        else:
            self._down.add(raw.ref)
        self._point(raw)
        self._touch(raw.ref)

    def remove(self, ref: LinkRef) -> None:
        """Removes a link if the table has it."""
        raw = self._raw.pop(ref, None)
        if raw is not None:
            self._by_ns[ref.ns].discard(ref)
            self._down.discard(ref)
            self._unpoint(raw)
            self._touch(ref)

    def replace(self, ns: str, raws: Iterable[RawLink]) -> None:
        """Sets the links of a namespace. Links of the namespace that are not among the new ones are removed."""
        new = {raw.ref: raw for raw in raws}
        for ref in self._by_ns.get(ns, set()) - new.keys():
            self.remove(ref)
        for raw in new.values():
            self.put(raw)

    def forget(self, ns: str) -> None:
        """Removes a namespace and its links from the table.

        If a removed link named a link of another namespace as its other end (peer or lower link), `take_orphaned` will
        return that link of the other namespace.
        """
        targets = (self.target(raw) for raw in self.of(ns))
        self._orphaned |= {target for target in targets if target is not None and target.ns != ns}
        self.replace(ns, ())
        self._by_ns.pop(ns, None)

    def nsid_changed(self, nsid: int) -> None:
        """Must be called when an nsid now belongs to another namespace or to none.

        The entities of the links that refer to this nsid are made again.
        """
        self._unknown_nsids = None
        for ref in list(self._naming.get(nsid, ())):
            raw = self._raw[ref]
            self._unpoint(raw)
            self._point(raw)
            self._touched.add(ref)

    def take(self) -> list[tuple[LinkRef, Link | None]]:
        """Returns the links that may have changed since the last call, each as it is now; None for a removed link."""
        touched, self._touched = self._touched, set()
        return [(ref, self.link(ref)) for ref in touched]

    def take_orphaned(self) -> set[LinkRef]:
        """Returns the links whose peer or upper link was in another namespace, and is gone because `forget` removed
        that namespace since the last call.
        """
        orphaned, self._orphaned = self._orphaned, set()
        return orphaned

    def _other_end(self, raw: RawLink) -> OtherEnd:
        return resolve(raw.ref, self._pointers[raw.ref], self._pointers.get)

    def _pointer(self, raw: RawLink) -> Pointer:
        ns = raw.ref.ns if raw.other_nsid is None else self._resolve_nsid(raw.ref.ns, raw.other_nsid)
        return Pointer(raw.kind, raw.other_ifindex, ns)

    def _point(self, raw: RawLink) -> None:
        if raw.other_nsid is not None:
            self._unknown_nsids = None
            self._naming.setdefault(raw.other_nsid, set()).add(raw.ref)
        pointer = self._pointers[raw.ref] = self._pointer(raw)
        if pointer.target is not None:
            self._pointing.setdefault(pointer.target, set()).add(raw.ref)

    def _unpoint(self, raw: RawLink) -> None:
        if raw.other_nsid is not None:
            self._unknown_nsids = None
            _discard(self._naming, raw.other_nsid, raw.ref)
        target = self._pointers.pop(raw.ref).target
        if target is not None:
            _discard(self._pointing, target, raw.ref)

    def _touch(self, ref: LinkRef) -> None:
        self._touched.add(ref)
        self._touched |= self._pointing.get(ref, set())


K = TypeVar("K")


def _discard(index: dict[K, set[LinkRef]], key: K, ref: LinkRef) -> None:
    index[key].discard(ref)
    if not index[key]:
        del index[key]
