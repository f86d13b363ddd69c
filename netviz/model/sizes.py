"""Sizes that are part of a field's meaning. All other limits are in `netviz.wire.limits`."""

from netviz.model.value import value


@value
class MaxLength:
    """The longest text of a field, in characters. Used as `Annotated[str, MaxLength(n)]`."""

    characters: int
