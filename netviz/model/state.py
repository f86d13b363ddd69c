"""What changes by itself: current values only, for what somebody looks at. Never in history, never in a delta.

Counters are 64 bits wide and therefore text in decimal: a browser's number is exact only to 2^53.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from netviz.model.entity import Tagged
from netviz.model.netfilter import NfFamily
from netviz.model.sizes import MaxLength

Subject = Literal["counters", "addresses", "neighbours", "fdb", "netfilter"]
SUBJECTS: tuple[Subject, ...] = ("counters", "addresses", "neighbours", "fdb", "netfilter")

Count = Annotated[str, MaxLength(20)]


@dataclass(frozen=True, slots=True)
class LinkCounters(Tagged):
    """A link's counters since it exists (struct rtnl_link_stats64)."""

    TAG: ClassVar[str] = "link_counters"

    ifindex: int
    rx_bytes: Count = "0"
    rx_packets: Count = "0"
    rx_errors: Count = "0"
    rx_dropped: Count = "0"
    rx_missed: Count = "0"
    multicast: Count = "0"
    tx_bytes: Count = "0"
    tx_packets: Count = "0"
    tx_errors: Count = "0"
    tx_dropped: Count = "0"
    tx_carrier: Count = "0"
    collisions: Count = "0"


@dataclass(frozen=True, slots=True)
class AddressLife(Tagged):
    """How long an address stays valid and preferred, in seconds; None for ever."""

    TAG: ClassVar[str] = "address_life"

    ifindex: int
    address: str
    prefix: int
    valid_s: int | None = None
    preferred_s: int | None = None


@dataclass(frozen=True, slots=True)
class NeighbourState(Tagged):
    """A neighbour's state of the moment as ip-neighbour(8) names it, and the ages of its last uses in milliseconds."""

    TAG: ClassVar[str] = "neighbour_state"

    ifindex: int
    address: str
    nud: str
    used_ms: int = 0
    confirmed_ms: int = 0
    updated_ms: int = 0
    probes: int = 0


@dataclass(frozen=True, slots=True)
class FdbState(Tagged):
    """How long ago an FDB entry was used and refreshed, in milliseconds."""

    TAG: ClassVar[str] = "fdb_state"

    ifindex: int
    mac: str
    vlan: int = 0
    used_ms: int = 0
    updated_ms: int = 0


@dataclass(frozen=True, slots=True)
class NfCounter(Tagged):
    """A counter of netfilter's: a rule's by its handle, a base chain's policy's (handle 0), or an object's by name."""

    TAG: ClassVar[str] = "nf_counter"

    family: NfFamily
    table: str
    chain: str = ""
    handle: int = 0
    name: str = ""
    packets: Count = "0"
    bytes: Count = "0"


StateValue = LinkCounters | AddressLife | NeighbourState | FdbState | NfCounter
