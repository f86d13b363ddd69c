"""Which tunnel links of a host are each other's far end.

Two are a pair where each names an address of the other's underlay (the namespace its outer packets are sent in), with
the same kind, keys or network id, and port; and only where nothing else fits as well. A WireGuard link has a far end
for each of its peers, every other kind has one.
"""

from collections.abc import Callable, Iterable, Sequence, Set

from netviz.model.device import Tunnel, WireGuard
from netviz.model.entity import LinkRef
from netviz.model.kinds import TunnelData, VxlanData
from netviz.model.link import Link
from netviz.model.value import value

_ERSPAN = frozenset({"erspan", "ip6erspan"})


@value
class TunnelEnd:
    """A tunnel link with the id of its underlay: None for WireGuard, of which the kernel does not tell it."""

    link: Link
    underlay: str | None = None
    wireguard: WireGuard | None = None


# An address, and what the end there must be like.
Sought = tuple[str, tuple[object, ...]]


@value
class _Side:
    """How one end may be found, and how it finds the other.

    `like` is what both ends must agree on, as each sees it; `sought` as it must be at the other. `local` is its own
    address, empty for any of its underlay's; `remotes` are those of its far ends.
    """

    ref: LinkRef
    underlay: str
    sure: bool
    local: str
    like: tuple[object, ...]
    remotes: tuple[Sought, ...]


Addresses = Callable[[str], Set[str]]


def tunnel_pairs(ends: Iterable[TunnelEnd], addresses: Addresses, namespaces: Sequence[str]) -> list[Tunnel]:
    """The pairs, ordered; `addresses` gives those of a namespace, `namespaces` are all there are."""
    sides = [side for end in ends if (side := _side(end)) is not None]
    if len(sides) < 2:
        return []
    finder = _Finder(sides, addresses, namespaces)
    found: set[tuple[LinkRef, LinkRef]] = set()
    for side in sides:
        for sought in side.remotes:
            far = finder.only(side, sought)
            if far is not None:
                found.add((min(side.ref, far), max(side.ref, far)))
    return [Tunnel(*first, *second) for first, second in sorted(found)]


def _side(end: TunnelEnd) -> _Side | None:
    """None for an end that names no far one, or that is none of these."""
    link, data = end.link, end.link.data
    underlay = link.ns if end.underlay is None else end.underlay
    like: tuple[object, ...]
    sought: tuple[object, ...]
    if end.wireguard is not None:
        remotes = tuple(_endpoint(peer.endpoint) for peer in end.wireguard.peers if peer.endpoint)
        return _Side(link.ref, underlay, False, "", ("wireguard", end.wireguard.port), remotes) if remotes else None
    if isinstance(data, VxlanData):
        like = sought = ("vxlan", data.vni, data.port)
        local, remote = data.local, data.remote
    elif isinstance(data, TunnelData):
        like = (link.kind, data.vni, data.port, data.ikey, data.okey)
        sought = (link.kind, data.vni, data.port, data.okey, data.ikey)
        if link.kind in _ERSPAN:  # its one key is the session's
            like = sought = (link.kind, data.okey)
        local, remote = data.local, data.remote
    else:
        return None
    if not remote or data.collect_metadata:
        return None
    return _Side(link.ref, underlay, True, local, like, ((remote, sought),))


def _endpoint(text: str) -> Sought:
    address, _, port = text.rpartition(":")
    return address.strip("[]"), ("wireguard", int(port))


class _Finder:
    def __init__(self, sides: Iterable[_Side], addresses: Addresses, namespaces: Sequence[str]) -> None:
        self._addresses = addresses
        self._namespaces = namespaces
        self._local: dict[tuple[object, ...], list[_Side]] = {}
        self._known: dict[str, bool] = {}
        for side in sides:
            self._local.setdefault((side.local, *side.like), []).append(side)

    def only(self, side: _Side, sought: Sought) -> LinkRef | None:
        """The one end that this side means and that means this side; None for none, and where several would fit."""
        found = [far for far in self._meant(side, sought) if self._means(far, side)]
        if len(found) != 1:
            return None
        far = found[0]
        for back in far.remotes:
            meant = self._meant(far, back)
            if side in meant and sum(self._means(near, far) for near in meant) > 1:
                return None
        return far.ref

    def _means(self, side: _Side, far: _Side) -> bool:
        return any(far in self._meant(side, sought) for sought in side.remotes)

    def _meant(self, side: _Side, sought: Sought) -> list[_Side]:
        """The ends at this address: of those whose underlay is only supposed, where none has it for sure, all."""
        address, like = sought
        anywhere = self._local.get(("", *like), [])
        found = [*self._local.get((address, *like), []), *(far for far in anywhere if self._has(far, address))]
        if not found and not side.sure and self._is_known(address):
            found = anywhere
        if address.startswith("127.") or address == "::1":
            found = [far for far in found if far.underlay == side.underlay]
        return [far for far in found if far is not side]

    def _has(self, side: _Side, address: str) -> bool:
        return address in self._addresses(side.underlay)

    def _is_known(self, address: str) -> bool:
        known = self._known.get(address)
        if known is None:
            known = self._known[address] = any(address in self._addresses(ns) for ns in self._namespaces)
        return known
