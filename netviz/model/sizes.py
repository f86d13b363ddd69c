"""Sizes that belong to a field's meaning; everything else that is bounded stands in `netviz.wire.limits`."""

from netviz.model.value import value


@value
class MaxLength:
    """The longest text a field may hold, in characters. Used as `Annotated[str, MaxLength(n)]`."""

    characters: int
