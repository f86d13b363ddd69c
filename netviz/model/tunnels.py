"""Finds the pairs of tunnel links on a host that are the two ends of one tunnel.

The underlay of a tunnel link is the namespace that sends its outer packets. Two links are a pair if each names an
address in the other's underlay, if they agree on the kind, the port, and the keys or network id, and if no other link
matches as well. A WireGuard link has one other end for each of its peers; links of other kinds have one.
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
    """A tunnel link, and the id of its underlay: the namespace that sends its outer packets.

    The kernel does not report the underlay of a WireGuard link, so it is None.
    """

    link: Link
    underlay: str | None = None
    wireguard: WireGuard | None = None


# Where a tunnel link expects its other end: the address, and the properties that the tunnel link at this address must
# have.
Sought = tuple[str, tuple[object, ...]]


@value
class _Side:
    """One end of a tunnel: what it is like, and what it expects of the other end.

    `like` are the properties of this end: kind, port, keys or network id. `local` is the address of this end, empty if
    that can be any address of its underlay. `remotes` are the addresses where this end expects the other end, each with
    the properties that the other end must have. `sure` means that the kernel reported the underlay; otherwise the
    underlay is assumed to be the link's own namespace.
    """

    ref: LinkRef
    underlay: str
    sure: bool
    local: str
    like: tuple[object, ...]
    remotes: tuple[Sought, ...]


Addresses = Callable[[str], Set[str]]


def tunnel_pairs(ends: Iterable[TunnelEnd], addresses: Addresses, namespaces: Sequence[str]) -> list[Tunnel]:
    """Returns the pairs of tunnel links, sorted.

    `addresses` returns the addresses of a namespace; `namespaces` are all namespaces.
    """
    sides = [side for end in ends if (side := _side(end)) is not None]
    if len(sides) < 2:
        return []
    finder = _Finder(sides, addresses, namespaces)
    found: set[tuple[LinkRef, LinkRef]] = set()
    for side in sides:
        for sought in side.remotes:
            other = finder.only(side, sought)
            if other is not None:
                found.add((min(side.ref, other), max(side.ref, other)))
    return [Tunnel(*first, *second) for first, second in sorted(found)]


def _side(end: TunnelEnd) -> _Side | None:
    """Returns what a tunnel link says about itself and about its other end; None if the link names no other end, or if
    its kind is not a known kind of tunnel.
    """
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
        if link.kind in _ERSPAN:  # ERSPAN has one session id instead of two GRE keys
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
        """Returns the tunnel link that `side` names as its other end, if that link also names `side` as its other end.

        Returns None if there is no such link or more than one. Also returns None if that link has a second match: a
        link other than `side` that could be its other end too.
        """
        found = [other for other in self._meant(side, sought) if self._means(other, side)]
        if len(found) != 1:
            return None
        other = found[0]
        for back in other.remotes:
            meant = self._meant(other, back)
            if side in meant and sum(self._means(back_end, other) for back_end in meant) > 1:
                return None
        return other.ref

    def _means(self, side: _Side, other: _Side) -> bool:
        return any(other in self._meant(side, sought) for sought in side.remotes)

    def _meant(self, side: _Side, sought: Sought) -> list[_Side]:
        """Returns the tunnel links that may be the other end of `side`.

        `sought` is what `side` expects of its other end: an address, and properties. The result is the links that have
        this address and these properties.

        The kernel does not report the underlay of a WireGuard link. The agent assumes that it is the link's own
        namespace. If this is wrong, such a link is not found by its address. So if `side` is a WireGuard link and no
        link has the address, but the address belongs to this host, the result is all links with these properties.
        """
        address, like = sought
        anywhere = self._local.get(("", *like), [])
        found = [*self._local.get((address, *like), []), *(other for other in anywhere if self._has(other, address))]
        if not found and not side.sure and self._is_known(address):
            found = anywhere
        if address.startswith("127.") or address == "::1":
            found = [other for other in found if other.underlay == side.underlay]
        return [other for other in found if other is not side]

    def _has(self, side: _Side, address: str) -> bool:
        return address in self._addresses(side.underlay)

    def _is_known(self, address: str) -> bool:
        known = self._known.get(address)
        if known is None:
            known = self._known[address] = any(address in self._addresses(ns) for ns in self._namespaces)
        return known
