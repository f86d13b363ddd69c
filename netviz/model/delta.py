"""The difference between two topologies: what to put and what to drop. `apply(a, diff(a, b)) == b` for all a and b."""

from netviz.model.topology import AnyEntity, Topology
from netviz.model.value import value


@value
class Delta:
    """Entities that are new or changed, and keys of those that are gone. A key is in one of the two only."""

    put: tuple[AnyEntity, ...] = ()
    drop: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.put or self.drop)


def diff(old: Topology, new: Topology) -> Delta:
    """The delta that turns `old` into `new`."""
    put = tuple(entity for key, entity in new.items() if old.get(key) != entity)
    return Delta(put, tuple(key for key in old if key not in new))


def apply(world: Topology, delta: Delta) -> dict[str, AnyEntity]:
    """A new topology: `world` after the delta."""
    out = dict(world)
    apply_to(out, delta)
    return out


def apply_to(world: dict[str, AnyEntity], delta: Delta) -> None:
    """Changes the topology in place. Dropping a missing key does nothing, so a replay is harmless."""
    for key in delta.drop:
        world.pop(key, None)
    for entity in delta.put:
        world[entity.key] = entity
