"""The registers of an nftables program while it is read, and the content that expressions loaded into them.

There are sixteen registers of 32 bits. NFT_REG_1 to NFT_REG_4 are each a group of four of them (nf_tables.h).
"""

from dataclasses import dataclass, replace

from netviz.uapi.nft.fields import Kind

_FIRST_32 = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """The content of a register: its name in nft(8), the kind of its values, its length in bytes, and the mask applied.

    `full` is the length of an address of which only the first bytes were loaded. `constant` contains the bytes of a
    constant.
    """

    words: str
    kind: Kind
    length: int
    mask: bytes | None = None
    full: int = 0
    constant: bytes | None = None


class Registers:
    """The content of all registers."""

    def __init__(self) -> None:
        self._slots: dict[int, Loaded] = {}

    def put(self, register: int, loaded: Loaded) -> None:
        """Records the content that an expression loads into a register."""
        self._slots[_slot(register)] = loaded

    def get(self, register: int) -> Loaded | None:
        """Returns the content of a register, None if it is unknown."""
        return self._slots.get(_slot(register))

    def mask(self, source: int, target: int, mask: bytes) -> bool:
        """Applies a mask to a register's content. Returns False if the content is unknown."""
        loaded = self.get(source)
        if loaded is not None:
            self.put(target, replace(loaded, mask=mask))
        return loaded is not None

    def forget(self, register: int) -> None:
        """Makes the content of a register unknown."""
        self._slots.pop(_slot(register), None)

    def key(self, register: int, length: int) -> list[Loaded] | None:
        """Returns the contents of the registers from this one on, `length` bytes in all; None if a part is unknown."""
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
