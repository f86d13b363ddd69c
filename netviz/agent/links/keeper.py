"""Keeps the links of all namespaces up to date: reads them, follows references between them, and updates the topology.

An event about a link only means that the link may have changed; its new state is then requested from the kernel. When
one end of a pair moves to another namespace, attributes of the other end, and of all links stacked on the other end,
change without an event. So these links are read again too.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress

from netviz.agent.budgets import Budgets
from netviz.agent.collect import links
from netviz.agent.collect.links import RawLink
from netviz.agent.links.table import LinkTable
from netviz.agent.namespaces.known import KnownNamespace, KnownNamespaces, Visit
from netviz.agent.namespaces.observer import Observer
from netviz.agent.netlink.requests import NetlinkError
from netviz.agent.world import World
from netviz.model.bridges import BridgeData
from netviz.model.entity import LinkRef
from netviz.model.link import Link
from netviz.model.link_kinds import kind_of

SUBJECT = "links"

# If one of these attributes of a link changes, routes, neighbours or FDB entries may have changed without an event.
_ROUTING_FIELDS = (
    "admin_up",
    "carrier",
    "operstate",
    "ifname",
    "address",
    "master",
    "lower",
    "port",
    "flags",
    "promiscuity",
)

# After a change of a link, the agent also reads the links that this link affects, then the links that those affect, and
# so on. This is the maximum number of such steps, because a long chain of links would take long. Links further along
# the chain are read only after a further event.
_ROUNDS = 8

# If more than `_MANY` links of a namespace, and more than a quarter (1/`_SHARE`) of them, have to be read, one request
# for all links is cheaper than single requests.
_MANY, _SHARE = 16, 4

# IFF_LOOPBACK, IFF_POINTOPOINT, IFF_NOARP: on links with one of these flags the kernel resolves no addresses and
# creates noarp neighbours (arp_constructor).
_NO_ARP_FLAGS = 0x8 | 0x10 | 0x80


class LinkKeeper:
    """Reads links into a table, and writes changes of the table to the agent's topology (`World`).

    `polled` are the kinds of links that have settings which are read periodically.
    """

    def __init__(
        self,
        observer: Observer | None,
        namespaces: KnownNamespaces,
        world: World,
        budgets: Budgets,
        polled: Collection[str],
    ) -> None:
        self._observer = observer
        self._namespaces = namespaces
        self._world = world
        self._budgets = budgets
        self._without_arp: dict[str, frozenset[int]] = {}
        self._cut: set[str] = set()
        self._uncounted: set[str] = set()
        self._relative: dict[tuple[str, int], str] = {}
        self.table = LinkTable(self._resolve_nsid)
        self.tracked: dict[LinkRef, str] = {}
        self._changed_kinds: set[str] = set()
        self._polled = frozenset(polled)

    def _resolve_nsid(self, ns: str, nsid: int) -> str | None:
        return self._namespaces.id_of_nsid(nsid) if self._observer else self._relative.get((ns, nsid))

    def learn_relative_id(self, ns: str, nsid: int, meant: str) -> None:
        """Records that inside the namespace `ns`, the id `nsid` means the namespace `meant`.

        Only used if the agent could not create its observer namespace, in which every namespace has an nsid.
        """
        if self._relative.get((ns, nsid)) != meant:
            self._relative[ns, nsid] = meant
            self.table.nsid_changed(nsid)

    def without_arp(self, ns: str) -> frozenset[int]:
        """Returns the ifindexes of links of a namespace on which the kernel resolves no addresses (`_NO_ARP_FLAGS`)."""
        found = self._without_arp.get(ns)
        if found is None:
            links_there = self.table.of(ns)
            found = frozenset(raw.ref.ifindex for raw in links_there if raw.flags & _NO_ARP_FLAGS)
            self._without_arp[ns] = found
        return found

    def read(self, namespace: KnownNamespace, visit: Visit | None = None) -> None:
        """Reads all links of a namespace. Raises NetlinkError.

        If the agent has an observer namespace (an empty one, in which every namespace has an nsid), the links are
        requested there, by the nsid of their namespace. Otherwise they are requested inside their namespace.
        """
        if self._observer is not None and namespace.nsid is not None:
            raws = links.read(self._observer.socket, namespace.id, namespace.nsid)
        elif visit is not None:
            raws = links.read(visit.sock, namespace.id)
        else:
            return
        self.table.replace(namespace.id, self._within_budget(namespace.id, raws))
        self._without_arp.pop(namespace.id, None)

    def _within_budget(self, ns: str, raws: list[RawLink]) -> list[RawLink]:
        room = self._budgets.links - len(self.table) + len(self.table.of(ns))
        self._uncounted.discard(ns)
        if len(raws) <= room:
            self._cut.discard(ns)
            self._world.set_left_out(ns, SUBJECT, 0)
            return raws
        self._cut.add(ns)
        shown = max(room, 0)
        self._world.set_left_out(ns, SUBJECT, len(raws) - shown)
        return raws[:shown]

    def recount(self) -> None:
        """Reads again the links of namespaces that have more links than may be shown, if links changed there, or if
        more links may be shown now.
        """
        for ns in self._cut | self._uncounted:
            namespace = self._namespaces.by_id.get(ns)
            if namespace is None:
                self._cut.discard(ns)
                self._uncounted.discard(ns)
            elif ns in self._uncounted or len(self.table) < self._budgets.links:
                with suppress(NetlinkError):
                    self.read(namespace)

    def refresh_all(self, namespace: KnownNamespace) -> None:
        """Reads all links of a namespace again, and other links that their changes affect. Raises NetlinkError."""
        before = {raw.ref: raw for raw in self.table.of(namespace.id)}
        self.read(namespace)
        refs = before.keys() | {raw.ref for raw in self.table.of(namespace.id)}
        self.refresh(set().union(*(self._affected_by(ref, before.get(ref)) for ref in refs)))

    def refresh(self, refs: Iterable[LinkRef]) -> None:
        """Reads these links again, and other links that their changes affect."""
        todo = set(refs)
        for _ in range(_ROUNDS):
            if not todo:
                return
            following: set[LinkRef] = set()
            for ns in {ref.ns for ref in todo}:
                following |= self._refresh_in(ns, {ref for ref in todo if ref.ns == ns})
            todo = following

    def _refresh_in(self, ns: str, refs: set[LinkRef]) -> set[LinkRef]:
        namespace = self._namespaces.by_id.get(ns)
        if namespace is None or self._observer is None or namespace.nsid is None:
            return set()
        before = {raw.ref: raw for raw in self.table.of(ns)}
        if len(refs) > max(_MANY, len(before) // _SHARE):
            try:
                self.read(namespace)
            except NetlinkError:  # the namespace was removed; an event will report this
                return set()
            refs = before.keys() | {raw.ref for raw in self.table.of(ns)}
        else:
            for ref in refs:
                self._read_one(self._observer, namespace.nsid, ref)
        following: set[LinkRef] = set()
        for ref in refs:
            following |= self._affected_by(ref, before.get(ref))
        return following

    def _read_one(self, observer: Observer, nsid: int, ref: LinkRef) -> None:
        try:
            raw = links.read_one(observer.socket, ref.ns, ref.ifindex, nsid)
        except NetlinkError:  # the link or its namespace is gone, or the namespace cannot be queried
            raw = None
        if ref.ns in self._cut or (raw is not None and len(self.table) >= self._budgets.links):
            self._uncounted.add(ref.ns)
        if raw is None:
            self.table.remove(ref)
        elif self.table.get(ref) is not None or len(self.table) < self._budgets.links:
            self.table.put(raw)

    def _affected_by(self, ref: LinkRef, before: RawLink | None) -> set[LinkRef]:
        """Returns the other links that may have changed together with this link, although the kernel sent no event
        about them.

        `before` is this link before the change, None for a new link. `self.table` already contains the change.
        """
        now = self.table.get(ref)
        old_target = self.table.target(before) if before else None
        new_target = self.table.target(now) if now else None
        found: set[LinkRef] = set()
        if (before is None) != (now is None):
            found |= self.table.pointing_at(ref)
        if now is not None and before != now:
            found |= self._affected_in_stack(now, new_target)
        if old_target != new_target:
            found |= {target for target in (old_target, new_target) if target is not None}
        elif now is not None and kind_of(now.kind).paired and new_target is not None:
            peer = self.table.get(new_target)
            # A port of a bridge has the headroom that another port needs, and so has its peer (veth_set_rx_headroom).
            deeper = before is not None and before.headroom != now.headroom
            if peer is None or self.table.target(peer) != ref or deeper:
                found.add(new_target)
        found.discard(ref)
        return found

    def _affected_in_stack(self, raw: RawLink, target: LinkRef | None) -> set[LinkRef]:
        """Returns the links that may change when this link changes, although the kernel reports only the change of this
        link.

        A lower link receives frames for its upper links' addresses, and may become promiscuous for them. The ports of a
        bridge report its bridge id and root path, and the bridge reports what its ports received (STP).
        """
        if kind_of(raw.kind).upper and target is not None:
            return {target}
        if kind_of(raw.kind).port_copies:
            return {each.ref for each in self.table.of(raw.ref.ns) if each.master == raw.ref.ifindex}
        return {LinkRef(raw.ref.ns, raw.master)} if raw.master else set()

    def flush(self) -> set[str]:
        """Updates the topology with the links that changed since the last call.

        Returns the namespaces whose routes, neighbours or FDB entries may have changed with the links.
        """
        affected: set[str] = set()
        for ref, link in self.table.take():
            self._without_arp.pop(ref.ns, None)
            key = ref.key
            old = self._world.entities.get(key)
            if link is None:
                self._world.remove(ref.ns, SUBJECT, key)
            else:
                link.keep_key(key)
                self._world.put(ref.ns, SUBJECT, link)
            self._track(ref, link)
            if old is None or link is None or _may_change_routing(old, link):
                affected |= {ref.ns, *_namespaces_below(old), *_namespaces_below(link)}
        return affected

    def _track(self, ref: LinkRef, link: Link | None) -> None:
        if link is not None and self._needs_tracking(link.kind):
            self.tracked[ref] = link.kind
            self._changed_kinds.add(link.kind)
        elif ref in self.tracked:
            self._changed_kinds.add(self.tracked.pop(ref))

    def _needs_tracking(self, kind: str) -> bool:
        """Returns whether the agent must list the links of this kind, because more has to be found out about them: the
        other end of a tunnel, the process that has a tun open, or data that is polled.
        """
        row = kind_of(kind)
        return row.tunnel or row.program or kind in self._polled

    def take_changed_kinds(self) -> set[str]:
        """Returns the kinds (such as "vxlan") of tracked links that appeared, changed or disappeared since the last
        call. `_needs_tracking` says which kinds of links are tracked.
        """
        changed, self._changed_kinds = self._changed_kinds, set()
        return changed


def _namespaces_below(link: object) -> set[str]:
    """Returns the namespace of this link's lower link (the link on which it is stacked); empty if it has none.

    When this link changes, FDB entries in the namespace of the lower link may change too: for example, the address of a
    macvlan is in the address list of its lower link.
    """
    return {link.lower.ns} if isinstance(link, Link) and link.lower is not None else set()


def _may_change_routing(old: object, new: object) -> bool:
    """Returns whether a change of a link may have changed routes, neighbours or FDB entries without an event."""
    changed = any(getattr(old, field, None) != getattr(new, field, None) for field in _ROUTING_FIELDS)
    return changed or _filters_vlans(old) != _filters_vlans(new)


def _filters_vlans(link: object) -> bool:
    return isinstance(link, Link) and isinstance(link.data, BridgeData) and link.data.vlan_filtering
