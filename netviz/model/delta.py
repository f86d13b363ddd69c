"""The difference between two topologies: entities to put (add or replace) and keys to drop.

For all a and b, `apply(a, diff(a, b)) == b`.
"""

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
    """Returns a new topology: `world` with the delta applied. `world` itself does not change."""
    out = dict(world)
    apply_to(out, delta)
    return out


def apply_to(world: dict[str, AnyEntity], delta: Delta) -> None:
    """Applies the delta to `world` itself.

    A key that is to be dropped may be missing, so applying a delta twice is harmless.
    """
    for key in delta.drop:
        world.pop(key, None)
    for entity in delta.put:
        world[entity.key] = entity
