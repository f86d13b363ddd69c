"""The registers of an nftables program while it is read: what was loaded into which.

Sixteen registers of 32 bits; NFT_REG_1 to 4 are names for four of them each (include/uapi/linux/netfilter/nf_tables.h).
"""

from dataclasses import dataclass, replace

from netviz.uapi.nft.fields import Kind

_FIRST_32 = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a register holds: its words, the kind of its values, its length in bytes, a mask that was laid over it.

    `full` is the length of the whole address of which only the first bytes were loaded. A constant has its bytes in
    `constant`.
    """

    words: str
    kind: Kind
    length: int
    mask: bytes | None = None
    full: int = 0
    constant: bytes | None = None


class Registers:
    """What is in the registers."""

    def __init__(self) -> None:
        self._slots: dict[int, Loaded] = {}

    def put(self, register: int, loaded: Loaded) -> None:
        """Loads a register."""
        self._slots[_slot(register)] = loaded

    def get(self, register: int) -> Loaded | None:
        """What a register holds, None where it is not known."""
        return self._slots.get(_slot(register))

    def mask(self, source: int, target: int, mask: bytes) -> bool:
        """Lays a mask over what a register holds; False where that is not known."""
        loaded = self.get(source)
        if loaded is not None:
            self.put(target, replace(loaded, mask=mask))
        return loaded is not None

    def forget(self, register: int) -> None:
        """What the register holds is not known from here on."""
        self._slots.pop(_slot(register), None)

    def key(self, register: int, length: int) -> list[Loaded] | None:
        """What stands in registers from this one on, `length` bytes in all; None where a part is not known."""
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
