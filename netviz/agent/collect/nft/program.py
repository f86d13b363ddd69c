"""What is known while a rule is read, from its first expression to its last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netviz.agent.collect.nft.registers import Registers
from netviz.model.netfilter import Element, NfFamily

# The attributes of an expression's data, by type.
Attributes = dict[int, bytes]

Layer = Literal["network", "transport"]


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
    """A rule being read. `network` and `transport` name the headers that its matches so far allow, empty for any."""

    family: NfFamily
    sets: Mapping[str, SetShape]
    network: str = ""
    transport: str = ""
    registers: Registers = field(default_factory=Registers)
    phrases: list[Phrase] = field(default_factory=list)
    verdict: str = ""
    counter: bool = False
    comment: str = ""
    _learned_at: dict[str, int] = field(default_factory=dict)

    def learn(self, layer: Layer, header: str) -> None:
        """The expression that is being read says which header follows."""
        if layer == "network":
            self.network = header
        else:
            self.transport = header
        self._learned_at[layer] = len(self.phrases)

    def blank_dependency(self, layer: Layer) -> None:
        """A field of that header is named now, which says the same as the comparison before: that one is silent."""
        at = self._learned_at.pop(layer, None)
        if at is not None and (self.phrases[at].text or "").startswith("meta "):
            self.phrases[at].text = ""
