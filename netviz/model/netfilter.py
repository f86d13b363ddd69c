"""Netfilter: tables, chains, rules, sets and objects of nftables, and loaded legacy tables.

Source: include/uapi/linux/netfilter/nf_tables.h, nft(8). The values of counters change by themselves and are not
included; see `netviz.model.state`.
"""

from typing import Annotated, ClassVar, Literal

from netviz.model.entity import Entity
from netviz.model.kinds import Hex
from netviz.model.sizes import MaxLength
from netviz.model.value import value

NfFamily = Literal["ip", "ip6", "inet", "arp", "bridge", "netdev"]
Hook = Literal["prerouting", "input", "forward", "output", "postrouting", "ingress", "egress"]

VerdictCode = Literal["accept", "drop", "jump", "goto", "return", "queue", "continue", "break", "stolen", "unknown"]

# Maximum length of the text of one rule. The kernel limits the attribute with a rule's expressions to 64 KiB, and the
# text is not longer than that.
Phrase = Annotated[str, MaxLength(65_536)]


@value
class NfTable(Entity):
    """A table: a family and a name, with chains, sets and objects. `owner_pid` is set if a process owns the table."""

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
    """The properties of a base chain: its hook, its priority at the hook, its type, its policy."""

    hook: Hook
    priority: int
    type: str = "filter"
    policy: Literal["accept", "drop"] = "accept"
    devices: tuple[str, ...] = ()


@value
class NfChain(Entity):
    """A chain. `base` is None for a chain that packets reach only by a jump or goto. A chain that was added later has a
    higher handle.

    `rules` is the number of rules in the chain. Some browsers do not receive the rules; by this number they still see
    that rules were added or removed.
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
    """One expression of a rule: its name, the bytes of its data in hexadecimal, and its text.

    `text` is empty if the text of another expression includes this one, None if netviz does not decode the expression.
    The bytes of a counter are left out: they change with every packet.
    """

    name: str
    raw: Hex = ""
    text: Phrase | None = None


@value
class Verdict:
    """What happens to a packet (enum nft_verdicts; NF_ACCEPT and others in include/uapi/linux/netfilter.h).

    `chain` is the target of "jump" and "goto". The code is "unknown" if the verdict is not understood; then `number` is
    its number in the kernel, None if it has none. For "queue", `number` is the number of the queue.
    """

    code: VerdictCode
    chain: str = ""
    number: int | None = None

    @property
    def text(self) -> str:
        """The verdict as nft(8) writes it."""
        return f"{self.code} {self.chain}" if self.chain else self.code


@value
class NfRule(Entity):
    """A rule of a chain. `position` is its place in the order of evaluation, from 0; `handle` is the kernel's.

    `verdict` applies to packets that match; it is None for a rule without a verdict.
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
        """The rule in the syntax of nft(8).

        An expression that netviz does not decode is written as its name in brackets.
        """
        parts = (f"[{e.name}]" if e.text is None else e.text for e in self.expressions)
        return " ".join(part for part in parts if part)


@value
class NfSet(Entity):
    """A set or map of nftables.

    The types of key and data are numbers that nft(8) defines; lengths are in bytes; flags are names. `count` is the
    number of elements, in which a range counts as one. The elements themselves are in `NfElements`.
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
    """An element of a set.

    `key`, `key_end` (the end of a range) and `data` (of a map) are in hexadecimal. Instead of data, an element of a map
    may have a verdict, or the name of an object.
    """

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
    """Up to 500 elements of a set.

    The elements of a set are sorted by key and split into parts; `part` is the number of this part, from 0.
    """

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
    """A named object with a state (counter, quota, limit, helper, ...) in a table.

    `type` is the type's number in nftables.
    """

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
    """A flowtable of a table: its hook, its priority and the devices it is bound to."""

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
    """A legacy table (iptables-legacy and others) that is loaded in a namespace: family, name, number of rules.

    `entries` is the kernel's number: besides the rules it counts the policy of each chain, two entries for each chain
    of a user, and the end of the table. The numbers are None if they cannot be read. A table that is not loaded is
    never requested: a request creates it.
    """

    TAG: ClassVar[str] = "legacy_table"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "name")

    ns: str
    family: Literal["ip", "ip6", "arp"]
    name: str
    entries: int | None = None
    rules: int | None = None
