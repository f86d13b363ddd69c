"""What is known while a rule is read, from its first expression to its last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netviz.model.netfilter import Element, NfFamily, Verdict
from netviz.uapi.nft.registers import Loaded, Registers

# The attributes of an expression's data, by type.
Attributes = dict[int, bytes]

Layer = Literal["link", "network", "transport"]

# The layers that a field of a header tells of, by the payload's base.
_TOLD: dict[int, tuple[Layer, ...]] = {0: ("link",), 1: ("network",), 2: ("transport",)}
_SILENT = ("meta ", "iiftype ", "ether type ")


@dataclass(frozen=True, slots=True)
class SetShape:
    """What a rule needs to know of a set: how long its keys are, and what is in it where it has no name of its own."""

    anonymous: bool
    interval: bool
    verdicts: bool
    key_length: int
    data_type: int
    data_length: int
    elements: tuple[Element, ...] = ()


@dataclass(slots=True)
class Phrase:
    """An expression with what it says so far."""

    name: str
    raw: str
    text: str | None


@dataclass(slots=True)
class Program:
    """A rule being read. `network` and `transport` name the headers that its matches so far allow, empty for any.

    `at_least` is the comparison before, where that may be the lower end of a range: which phrase, of what, with what.
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
        """The expression that is being read says which header follows."""
        if layer == "network":
            self.network = header
        elif layer == "transport":
            self.transport = header
        self._learned_at[layer] = len(self.phrases)

    def blank_dependencies(self, base: int, header: str) -> None:
        """A field of that header is named now, which says the same as a comparison before: that one is silent."""
        if header in ("", "th"):
            return
        layers = ("network", "transport") if "icmp" in header else _TOLD.get(base, ())
        for layer in layers:
            at = self._learned_at.pop(layer, None)
            if at is not None and (self.phrases[at].text or "").startswith(_SILENT):
                self.phrases[at].text = ""
