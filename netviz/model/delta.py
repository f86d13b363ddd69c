"""The difference between two topologies: entities to put, keys to drop. `apply(a, diff(a, b)) == b` for all a and b."""

from netviz.model.topology import AnyEntity, Topology
from netviz.model.value import value


@value
class Delta:
    """A change of a topology: the entities that are new or changed, and the keys of entities that are gone."""

    put: tuple[AnyEntity, ...] = ()
    drop: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Returns whether the delta changes anything."""
        return bool(self.put or self.drop)


def diff(old: Topology, new: Topology) -> Delta:
    """Returns the delta that turns `old` into `new`."""
    put = tuple(entity for key, entity in new.items() if old.get(key) != entity)
    return Delta(put, tuple(key for key in old if key not in new))


def apply(world: Topology, delta: Delta) -> dict[str, AnyEntity]:
    """Returns a new topology: `world` after the delta."""
    out = dict(world)
    apply_to(out, delta)
    return out


def apply_to(world: dict[str, AnyEntity], delta: Delta) -> None:
    """Applies the delta to this topology itself.

    Dropping a missing key does nothing, so a delta may be applied twice.
    """
    for key in delta.drop:
        world.pop(key, None)
    for entity in delta.put:
        world[entity.key] = entity
