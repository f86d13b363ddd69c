"""A topology: a dict from key to entity with all entities of one host. This module also lists all entity types."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar, get_args

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.device import Device, PortVlans, Qdisc, TcFilter, Team, Tunnel, TunProcess, WireGuard
from netviz.model.ipsec import XfrmDefault, XfrmPolicy, XfrmState
from netviz.model.link import Link
from netviz.model.multicast import MdbEntry, MulticastRouter, VxlanVnis
from netviz.model.namespace import ContainerNetwork, Gap, Host, Namespace, Owner, Sysctls
from netviz.model.netfilter import LegacyTable, NfChain, NfElements, NfFlowtable, NfObject, NfRule, NfSet, NfTable
from netviz.model.route import NextHopObject, Route, RouteRule

AnyEntity = (
    Host
    | Namespace
    | Owner
    | ContainerNetwork
    | Sysctls
    | Gap
    | Link
    | Device
    | PortVlans
    | WireGuard
    | Team
    | TunProcess
    | Tunnel
    | Qdisc
    | TcFilter
    | Address
    | Neighbour
    | FdbEntry
    | Route
    | NextHopObject
    | RouteRule
    | NfTable
    | NfChain
    | NfRule
    | NfSet
    | NfElements
    | NfObject
    | NfFlowtable
    | LegacyTable
    | MdbEntry
    | MulticastRouter
    | VxlanVnis
    | XfrmDefault
    | XfrmPolicy
    | XfrmState
)

ENTITY_TYPES: tuple[type[AnyEntity], ...] = get_args(AnyEntity)
BULKY_TAGS: frozenset[str] = frozenset(cls.TAG for cls in ENTITY_TYPES if cls.BULKY)

BY_TAG: dict[str, type[AnyEntity]] = {cls.TAG: cls for cls in ENTITY_TYPES}

# Maps key to entity, for all entities of one host. Read-only here: only the code that owns the dict changes it, by
# `netviz.model.delta.apply_to`.
Topology = Mapping[str, AnyEntity]

E = TypeVar("E", bound=AnyEntity)


def topology(entities: Iterable[AnyEntity]) -> dict[str, AnyEntity]:
    """Returns the topology with these entities. Raises ValueError if two of them have the same key."""
    out: dict[str, AnyEntity] = {}
    for entity in entities:
        key = entity.key
        if key in out:
            raise ValueError(f"two entities have the key {key}")
        out[key] = entity
    return out


def of_type(world: Topology, cls: type[E]) -> Iterator[E]:
    """Returns the entities of one class, in no particular order."""
    return (entity for entity in world.values() if isinstance(entity, cls))


def namespace_of(entity: AnyEntity) -> str:
    """Returns the id of the namespace that an entity belongs to; empty for an entity of the host as a whole."""
    if isinstance(entity, Host):
        return ""
    return entity.id if isinstance(entity, Namespace) else entity.ns
