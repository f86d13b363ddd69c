"""The state of the translator while it reads a rule of nftables, from the first expression to the last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netviz.model.netfilter import Element, NfFamily, Verdict
from netviz.uapi.nft.registers import Loaded, Registers

# The attributes of an nftables expression: maps attribute type (NFTA_*) to value.
Attributes = dict[int, bytes]

Layer = Literal["link", "network", "transport"]

# Maps the base of a payload expression (NFT_PAYLOAD_*) to the layer of its header.
_LAYERS: dict[int, tuple[Layer, ...]] = {0: ("link",), 1: ("network",), 2: ("transport",)}
_IMPLIED = ("meta ", "iiftype ", "ether type ")


@dataclass(frozen=True, slots=True)
class SetShape:
    """The properties of a set that rules depend on: the length of its keys, and its elements if it is anonymous."""

    anonymous: bool
    interval: bool
    verdicts: bool
    key_length: int
    data_type: int
    data_length: int
    elements: tuple[Element, ...] = ()


@dataclass(slots=True)
class Phrase:
    """An nftables expression and the text that the translator has for it so far."""

    name: str
    raw: str
    text: str | None


@dataclass(slots=True)
class Program:
    """The state of a rule that is being read. `network` and `transport` are the headers that earlier matches require,
    or empty.

    `at_least` is the previous comparison if it may be the lower end of a range: its phrase, the loaded content, its
    value.
    """

    family: NfFamily
    sets: Mapping[str, SetShape]
    network: str = ""
    transport: str = ""
    registers: Registers = field(default_factory=Registers)
    phrases: list[Phrase] = field(default_factory=list)
    verdict: Verdict | None = None
    counter: bool = False
    comment: str = ""
    at_least: tuple[int, Loaded, bytes] | None = None
    _learned_at: dict[str, int] = field(default_factory=dict)

    def learn(self, layer: Layer, header: str) -> None:
        """Records that the current expression requires this header in this layer."""
        if layer == "network":
            self.network = header
        elif layer == "transport":
            self.transport = header
        self._learned_at[layer] = len(self.phrases)

    def blank_dependencies(self, base: int, header: str) -> None:
        """Removes the text of an earlier comparison that a field of this header implies, as nft(8) does."""
        if header in ("", "th"):
            return
        layers = ("network", "transport") if "icmp" in header else _LAYERS.get(base, ())
        for layer in layers:
            at = self._learned_at.pop(layer, None)
            if at is not None and (self.phrases[at].text or "").startswith(_IMPLIED):
                self.phrases[at].text = ""
