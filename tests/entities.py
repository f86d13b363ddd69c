"""Hypothesis strategies for everything on the wire, derived from the same shapes as the decoders."""

from typing import Any

from hypothesis import strategies as st

from netviz.model.delta import Delta, diff
from netviz.model.text import text
from netviz.model.topology import ENTITY_TYPES, AnyEntity
from netviz.wire.limits import INTEGER
from netviz.wire.shapes import Array, Boolean, Integer, OneOf, Optional, Record, Shape, TaggedUnion, Text, fields_of

# Text as it comes from a kernel: any bytes, through the only decoder.
kernel_text = st.binary(max_size=24).map(text)


def of_shape(shape: Shape) -> st.SearchStrategy[Any]:
    """Returns values of this shape."""
    match shape:
        case Text(limit=limit):
            return kernel_text.map(lambda value: value[: min(limit, 40)].rsplit("\\", 1)[0])
        case Integer():
            return st.integers(-INTEGER, INTEGER) | st.integers(0, 3)
        case Boolean():
            return st.booleans()
        case OneOf(words=words):
            return st.sampled_from(words)
        case Optional(of=of):
            return st.none() | of_shape(of)
        case Array(of=of):
            return st.lists(of_shape(of), max_size=2).map(tuple)
        case Record(cls=cls):
            return of_class(cls)
        case TaggedUnion(classes=classes):
            return st.one_of([of_class(cls) for cls in classes])


def of_class(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Returns instances of a dataclass of the wire; each optional field is omitted half of the time."""
    required = {f.name: of_shape(f.shape) for f in fields_of(cls) if f.required}
    optional = {f.name: of_shape(f.shape) for f in fields_of(cls) if not f.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: cls(**values))


entities: st.SearchStrategy[AnyEntity] = st.one_of([of_class(cls) for cls in ENTITY_TYPES])

topologies: st.SearchStrategy[dict[str, AnyEntity]] = st.lists(entities, max_size=12).map(
    lambda found: {entity.key: entity for entity in found}
)


@st.composite
def changed(draw: st.DrawFn) -> tuple[dict[str, AnyEntity], dict[str, AnyEntity]]:
    """Returns two topologies: they share some entities, differ in entities of the same key, and have own entities."""
    old, new = draw(topologies), draw(topologies)
    shared = {key: entity for key, entity in old.items() if draw(st.booleans())}
    return old, {**new, **shared}


deltas: st.SearchStrategy[Delta] = changed().map(lambda pair: diff(*pair))
