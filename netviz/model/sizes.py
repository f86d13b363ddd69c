"""Limits that belong to single fields of the model. All other limits are in `netviz.wire.limits`."""

from netviz.model.value import value


@value
class MaxLength:
    """The maximum length of a text field in characters. Used as `Annotated[str, MaxLength(n)]`."""

    characters: int
