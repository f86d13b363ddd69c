"""Netfilter: tables, chains, rules, sets and objects of nftables, and which legacy tables are loaded.

Source: include/uapi/linux/netfilter/nf_tables.h, nft(8). Counters run by themselves and are not here, but for whether
there is one; see `netviz.model.state`.
"""

from typing import Annotated, ClassVar, Literal

from netviz.model.entity import Entity
from netviz.model.kinds import Hex
from netviz.model.sizes import MaxLength
from netviz.model.value import value

NfFamily = Literal["ip", "ip6", "inet", "arp", "bridge", "netdev"]
Hook = Literal["prerouting", "input", "forward", "output", "postrouting", "ingress", "egress"]

VerdictCode = Literal["accept", "drop", "jump", "goto", "return", "queue", "continue", "break", "stolen", "unknown"]

# One rule as a person reads it; a rule of 64 KiB (the kernel's limit of an attribute) never gets longer than this.
Phrase = Annotated[str, MaxLength(65_536)]


@value
class NfTable(Entity):
    """A table: a family and a name that hold chains, sets and objects. `owner_pid` is set on a table with an owner."""

    TAG: ClassVar[str] = "nf_table"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "name")

    ns: str
    family: NfFamily
    name: str
    handle: int = 0
    flags: tuple[str, ...] = ()
    comment: str = ""
    owner_pid: int | None = None


@value
class BaseChain:
    """What makes a chain a base chain: the hook it is registered at, its priority there, its type, its policy."""

    hook: Hook
    priority: int
    type: str = "filter"
    policy: Literal["accept", "drop"] = "accept"
    devices: tuple[str, ...] = ()


@value
class NfChain(Entity):
    """A chain; `base` is None for one that is only jumped to. Chains made later have higher handles.

    `rules` is how many it has: who does not have the rules themselves sees by it that they changed.
    """

    TAG: ClassVar[str] = "nf_chain"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "table", "name")

    ns: str
    family: NfFamily
    table: str
    name: str
    handle: int = 0
    base: BaseChain | None = None
    flags: tuple[str, ...] = ()
    counter: bool = False
    comment: str = ""
    rules: int = 0


@value
class Expression:
    """One expression of a rule: its name, the bytes of its data in hexadecimal, and what it says.

    `text` is empty for an expression that is part of another's text, None for one that is not read yet.
    A counter's bytes are left out: they change with every packet.
    """

    name: str
    raw: Hex = ""
    text: Phrase | None = None


@value
class Verdict:
    """What becomes of a packet (enum nft_verdicts, NF_ACCEPT and its like in include/uapi/linux/netfilter.h).

    `chain` is where "jump" and "goto" lead. "unknown" is a verdict that is not understood, `number` the kernel's number
    of it where it has one; for "queue" it is the queue's.
    """

    code: VerdictCode
    chain: str = ""
    number: int | None = None

    @property
    def text(self) -> str:
        """As nft(8) writes it."""
        return f"{self.code} {self.chain}" if self.chain else self.code


@value
class NfRule(Entity):
    """A rule of a chain: `position` counts from 0 in the order of evaluation, `handle` is the kernel's.

    `verdict` is the one a match leads to, None for a rule that has none.
    """

    TAG: ClassVar[str] = "nf_rule"
    BULKY: ClassVar[bool] = True
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "table", "chain", "handle")

    ns: str
    family: NfFamily
    table: str
    chain: str
    handle: int
    position: int = 0
    verdict: Verdict | None = None
    comment: str = ""
    counter: bool = False
    expressions: tuple[Expression, ...] = ()

    @property
    def text(self) -> str:
        """The rule as far as it is read; `[name]` stands for an expression that is not read yet."""
        parts = (f"[{e.name}]" if e.text is None else e.text for e in self.expressions)
        return " ".join(part for part in parts if part)


@value
class NfSet(Entity):
    """A set or map: types of key and data as nft numbers them, lengths in bytes, flags by name.

    `count` is how many elements it holds, a range counting as one; the elements are in `NfElements`.
    """

    TAG: ClassVar[str] = "nf_set"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "table", "name")

    ns: str
    family: NfFamily
    table: str
    name: str
    handle: int = 0
    flags: tuple[str, ...] = ()
    key_type: int = 0
    key_length: int = 0
    data_type: int = 0
    data_length: int = 0
    timeout_ms: int | None = None
    gc_ms: int | None = None
    size: int = 0
    policy: int = 0
    count: int = 0
    comment: str = ""


@value
class Element:
    """An element of a set: key, end of a range, data, each as bytes in hexadecimal; a verdict; a named object."""

    key: Hex = ""
    key_end: Hex = ""
    data: Hex = ""
    verdict: Verdict | None = None
    object: str = ""
    interval_end: bool = False
    catch_all: bool = False
    comment: str = ""


@value
class NfElements(Entity):
    """Up to 500 elements of a set, in the order of their keys; `part` counts from 0."""

    TAG: ClassVar[str] = "nf_elements"
    BULKY: ClassVar[bool] = True
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "table", "set", "part")

    ns: str
    family: NfFamily
    table: str
    set: str
    part: int = 0
    elements: tuple[Element, ...] = ()


@value
class NfObject(Entity):
    """A named stateful object of a table (counter, quota, limit, helper, ...); `type` is nft's number of it."""

    TAG: ClassVar[str] = "nf_object"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "table", "type", "name")

    ns: str
    family: NfFamily
    table: str
    type: int
    name: str
    handle: int = 0
    uses: int = 0
    comment: str = ""


@value
class NfFlowtable(Entity):
    """A flowtable of a table: hook, priority and the devices it is bound to."""

    TAG: ClassVar[str] = "nf_flowtable"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "table", "name")

    ns: str
    family: NfFamily
    table: str
    name: str
    handle: int = 0
    hook: int = 0
    priority: int = 0
    devices: tuple[str, ...] = ()
    flags: int = 0


@value
class LegacyTable(Entity):
    """A legacy table (iptables-legacy and kin) that is loaded in a namespace: family, name, number of entries.

    `entries` is None where it may not be asked for. A table that is not loaded is never asked for, as asking makes it.
    """

    TAG: ClassVar[str] = "legacy_table"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "name")

    ns: str
    family: Literal["ip", "ip6", "arp"]
    name: str
    entries: int | None = None
