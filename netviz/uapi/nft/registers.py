"""The registers of an nftables program, and what they contain at the current expression.

There are sixteen registers of 32 bits (NFT_REG32_*). Each of NFT_REG_1 to NFT_REG_4 is a group of four of them
(nf_tables.h).
"""

from dataclasses import dataclass, replace

from netviz.uapi.nft.fields import Kind

_FIRST_32 = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a register contains: the name of the field in nft(8), the `Kind`, which says how to write a value as text,
    the length in bytes, and the mask that was applied.

    If only the first bytes of an address were loaded, `full` is the length of the whole address, otherwise 0.
    `constant` is the value if a constant was loaded.
    """

    words: str
    kind: Kind
    length: int
    mask: bytes | None = None
    full: int = 0
    constant: bytes | None = None


class Registers:
    """What each register contains, as far as it is known."""

    def __init__(self) -> None:
        self._slots: dict[int, Loaded] = {}

    def put(self, register: int, loaded: Loaded) -> None:
        """Records what an expression loads into a register."""
        self._slots[_slot(register)] = loaded

    def get(self, register: int) -> Loaded | None:
        """Returns what a register contains, None if this is not known."""
        return self._slots.get(_slot(register))

    def mask(self, source: int, target: int, mask: bytes) -> bool:
        """Records that a mask is applied to the content of `source`, with the result in `target`.

        Returns False if the content is not known.
        """
        loaded = self.get(source)
        if loaded is not None:
            self.put(target, replace(loaded, mask=mask))
        return loaded is not None

    def forget(self, register: int) -> None:
        """Records that the content of a register is not known."""
        self._slots.pop(_slot(register), None)

    def key(self, register: int, length: int) -> list[Loaded] | None:
        """Returns the content of `length` bytes, beginning with this register: one item for each field. Returns None if
        a part of the content is not known.
        """
        parts = []
        slot, left = _slot(register), length
        while left > 0:
            loaded = self._slots.get(slot)
            if loaded is None or loaded.length < 1:
                return None
            parts.append(loaded)
            words = (loaded.length + 3) // 4
            slot += words
            left -= words * 4
        return parts


def _slot(register: int) -> int:
    return register - _FIRST_32 if register >= _FIRST_32 else (register - 1) * 4
