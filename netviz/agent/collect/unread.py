"""Notes about attributes that the kernel sent and netviz does not know."""

from functools import lru_cache

from netviz.model.entity import Note
from netviz.uapi.attributes import Unknown


@lru_cache(maxsize=256)
def unread_notes(unknown: tuple[Unknown, ...]) -> tuple[Note, ...]:
    """Returns a note for each enum of which attributes were received that netviz does not know."""
    return tuple(_note(enum, numbers) for enum, numbers in unknown)


def _note(enum: str, numbers: tuple[int, ...]) -> Note:
    words = ", ".join(map(str, numbers))
    if len(numbers) == 1:
        return Note("attribute-not-read", (words, enum))
    return Note("attributes-not-read", (str(len(numbers)), words, enum))
