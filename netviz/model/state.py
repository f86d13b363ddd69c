"""Values that change by themselves, such as counters. They are read only while a user watches them, and never stored.

Counters have 64 bits, so they are sent as decimal text: a number in a browser is exact only up to 2^53.
"""

from typing import Annotated, ClassVar, Literal

from netviz.model.entity import Tagged
from netviz.model.netfilter import NfFamily
from netviz.model.sizes import MaxLength
from netviz.model.value import value

Subject = Literal["counters", "addresses", "neighbours", "fdb", "netfilter", "sockets"]
SUBJECTS: tuple[Subject, ...] = ("counters", "addresses", "neighbours", "fdb", "netfilter", "sockets")

Count = Annotated[str, MaxLength(20)]


@value
class LinkCounters(Tagged):
    """The counters of a link since it was created (struct rtnl_link_stats64)."""

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


@value
class AddressLife(Tagged):
    """The remaining lifetimes of an address, valid and preferred, in seconds; None means for ever."""

    TAG: ClassVar[str] = "address_life"

    ifindex: int
    address: str
    prefix: int
    valid_s: int | None = None
    preferred_s: int | None = None


@value
class NeighbourState(Tagged):
    """A neighbour's current state as in ip-neighbour(8), and the times since it was last used, confirmed and updated,
    in milliseconds.
    """

    TAG: ClassVar[str] = "neighbour_state"

    ifindex: int
    address: str
    nud: str
    used_ms: int = 0
    confirmed_ms: int = 0
    updated_ms: int = 0
    probes: int = 0


@value
class FdbState(Tagged):
    """The times since an FDB entry was last used and updated, in milliseconds."""

    TAG: ClassVar[str] = "fdb_state"

    ifindex: int
    mac: str
    vlan: int = 0
    used_ms: int = 0
    updated_ms: int = 0


@value
class FdbOwn(Tagged):
    """The number of multicast MACs that a link itself receives. The kernel lists them as FDB entries, which the agent
    leaves out.
    """

    TAG: ClassVar[str] = "fdb_own"

    ifindex: int
    count: int


@value
class NfCounter(Tagged):
    """The packets and bytes that a rule (by handle), the policy of a base chain (handle 0) or an object (by name)
    counted.
    """

    TAG: ClassVar[str] = "nf_counter"

    family: NfFamily
    table: str
    chain: str = ""
    handle: int = 0
    name: str = ""
    packets: Count = "0"
    bytes: Count = "0"


@value
class Listener(Tagged):
    """A listening TCP socket, or a bound UDP socket without a peer (sock_diag(7)).

    `address` is "0.0.0.0" or "::" for any; `ifindex` is the link that the socket is bound to, None for any. Of the
    processes that have the socket open, `pid` and `process` are the one with the lowest pid (None if no such process is
    visible), and `others` is the number of the others.
    """

    TAG: ClassVar[str] = "listener"

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    ifindex: int | None = None
    pid: int | None = None
    process: str = ""
    others: int = 0
    v6only: bool = False


@value
class Connections(Tagged):
    """The number of TCP connections, or of connected UDP sockets, in one state on one local port.

    The states are those of tcp(7), such as "established"; UDP sockets have them too.

    `port` is a port on which a socket listens, or 0 for all other ports together.
    """

    TAG: ClassVar[str] = "connections"

    protocol: Literal["tcp", "udp"]
    state: str
    port: int
    count: int


StateValue = LinkCounters | AddressLife | NeighbourState | FdbState | FdbOwn | NfCounter | Listener | Connections
