"""Finds the tunnels whose two ends are both on this host, and keeps these pairs up to date."""

from functools import cache

from netviz.agent.links.keeper import LinkKeeper
from netviz.agent.world import World
from netviz.model.address import Address
from netviz.model.device import WireGuard
from netviz.model.entity import LinkRef, key_of
from netviz.model.link import Link
from netviz.model.link_kinds import kind_of
from netviz.model.topology import AnyEntity
from netviz.model.tunnels import TunnelEnd, tunnel_pairs

# If an entity whose key has one of these prefixes changes, the pairs of tunnel links may change too.
_MATTERS = (f"{Link.TAG}/", f"{Address.TAG}/", f"{WireGuard.TAG}/")


class TunnelPairs:
    """Writes the pairs of tunnel links to the topology.

    They belong to no single namespace, so they are stored for the host as a whole.
    """

    def __init__(self, links: LinkKeeper, world: World) -> None:
        self._links = links
        self._world = world

    def settle(self) -> None:
        """Computes the pairs again if a link, an address or the WireGuard settings of a link changed since the last
        delta.
        """
        if not self._links.tracked and not self._world.has("", "tunnels"):
            return
        if any(key.startswith(_MATTERS) for key in self._world.touched()):
            self._world.replace("", "tunnels", self._pairs())

    def _pairs(self) -> list[AnyEntity]:
        @cache
        def addresses(ns: str) -> frozenset[str]:
            return frozenset(each.address for each in self._world.part(ns, "addresses") if isinstance(each, Address))

        tunnels = [ref for ref, kind in self._links.tracked.items() if kind_of(kind).tunnel]
        ends = [end for ref in tunnels if (end := self._end(ref)) is not None]
        return list(tunnel_pairs(ends, addresses, self._world.namespaces()))

    def _end(self, ref: LinkRef) -> TunnelEnd | None:
        link = self._world.entities.get(ref.key)
        if not isinstance(link, Link):
            return None
        if link.kind != WireGuard.TAG:
            underlay = self._links.table.underlay(ref)
            return None if underlay is None else TunnelEnd(link, underlay)
        settings = self._world.entities.get(key_of(WireGuard.TAG, *ref))
        return TunnelEnd(link, None, settings if isinstance(settings, WireGuard) else None)
