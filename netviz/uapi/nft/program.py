"""What the translator knows while it reads the expressions of an nftables rule, from the first to the last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netviz.model.netfilter import Element, NfFamily, Verdict
from netviz.uapi.nft.registers import Loaded, Registers

# The attributes of an nftables expression, by attribute type (NFTA_*).
Attributes = dict[int, bytes]

Layer = Literal["link", "network", "transport"]

# Maps the base of a payload expression (NFT_PAYLOAD_*, the header that its offset counts from) to a layer.
_LAYERS: dict[int, tuple[Layer, ...]] = {0: ("link",), 1: ("network",), 2: ("transport",)}
_IMPLIED = ("meta ", "iiftype ", "ether type ")


@dataclass(frozen=True, slots=True)
class SetShape:
    """The properties of a set that are needed to translate the rules that use the set to text.

    These are its flags, the type of its data, and the lengths of its keys and data in bytes. For an anonymous set, they
    include the elements, because the text of the rule contains them.
    """

    anonymous: bool
    interval: bool
    verdicts: bool
    key_length: int
    data_type: int
    data_length: int
    elements: tuple[Element, ...] = ()


@dataclass(slots=True)
class Phrase:
    """An nftables expression, and the text that was found for it so far. A later expression may change the text."""

    name: str
    raw: str
    text: str | None


@dataclass(slots=True)
class Program:
    """What is known about a rule while its expressions are read.

    `phrases` are the expressions that were read so far. `network` and `transport` are the headers that earlier
    comparisons require (such as "ip" and "tcp"), or empty. `at_least` describes the last comparison if it was ">=": its
    index in `phrases`, what was compared, and with which value. If the next comparison is "<=", the two are written as
    one range.
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
        """Records that the comparison that is being read matches only packets with this header (such as "tcp").

        `layer` is the layer of the header.
        """
        if layer == "network":
            self.network = header
        elif layer == "transport":
            self.transport = header
        self._learned_at[layer] = len(self.phrases)

    def blank_dependencies(self, base: int, header: str) -> None:
        """Removes the text of an earlier comparison if it only tests whether packets have the header `header`.

        The rule now reads a field of this header, and so the test is obvious: nft(8) does not print it either.
        """
        if header in ("", "th"):
            return
        layers = ("network", "transport") if "icmp" in header else _LAYERS.get(base, ())
        for layer in layers:
            at = self._learned_at.pop(layer, None)
            if at is not None and (self.phrases[at].text or "").startswith(_IMPLIED):
                self.phrases[at].text = ""
