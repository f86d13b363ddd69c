"""Routes, nexthop objects and route rules (rtnetlink(7), ip-route(8), ip-nexthop(8), ip-rule(8))."""

from typing import ClassVar

from netviz.model.address import Family
from netviz.model.entity import Entity, Note
from netviz.model.value import value


@value
class EncapOption:
    """An option of an encapsulation, as ip-route(8) writes it: its name, and its value, which is empty for a flag."""

    name: str
    value: str = ""


@value
class NextHop:
    """A next hop of a route: the gateway (`via`, empty if none is needed), the link, the weight (1 or more).

    `flags` are those of ip-route(8): "onlink", "linkdown", "dead", "pervasive", "offload", "unresolved".
    `encap` is the name of the encapsulation, empty if there is none; `encap_options` are its options in the order of
    ip-route(8) ("action", "nh6", "table", ...). `realms` are the realms of the route, if they belong to this next hop.
    """

    ifindex: int | None = None
    via: str = ""
    weight: int = 1
    flags: tuple[str, ...] = ()
    encap: str = ""
    encap_options: tuple[EncapOption, ...] = ()
    realms: str = ""


@value
class Metric:
    """One of a route's metrics. `name` is as in ip-route(8) ("mtu", "advmss", "initcwnd", ...).

    All metrics are numbers except "congctl", whose value is a name in `text`, and "features", whose flags are names in
    `text`. "rtt", "rttvar" and "rto_min" are in ms. `locked` means that the kernel does not adapt the metric.
    """

    name: str
    value: int = 0
    text: str = ""
    locked: bool = False


@value
class Route(Entity):
    """A route in a routing table.

    `dst` is the destination as a prefix ("0.0.0.0/0" and "::/0" for default), `src` the source prefix, if any. `type`
    is that of ip-route(8) ("unicast", "local", "broadcast", "blackhole", "unreachable", "prohibit", "throw", ...). A
    route with a lower `metric` is preferred. If several routes have the same destination, table, metric and so on,
    `nth` numbers them in the kernel's order, which is the order of preference. `nexthop` is the id of a nexthop object.
    `realms` are those of ip-route(8) ("2", or "1/2" with a source realm). `expires` means that the route has a
    lifetime.
    """

    TAG: ClassVar[str] = "route"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "table", "dst", "src", "tos", "metric", "type", "nth")

    ns: str
    family: Family
    table: int
    dst: str
    src: str = ""
    tos: int = 0
    metric: int = 0
    type: str = "unicast"
    nth: int = 0
    scope: str = "global"
    protocol: str = ""
    prefsrc: str = ""
    hops: tuple[NextHop, ...] = ()
    nexthop: int | None = None
    metrics: tuple[Metric, ...] = ()
    preference: str = ""
    flags: tuple[str, ...] = ()
    realms: str = ""
    expires: bool = False
    notes: tuple[Note, ...] = ()


@value
class NextHopMember:
    """A member of a nexthop group: the id of a nexthop object, and its weight."""

    id: int
    weight: int = 1


@value
class NextHopObject(Entity):
    """A nexthop object: one next hop, or a group of other nexthop objects. Routes refer to it by id (ip-nexthop(8)).

    `encap` and `encap_options` are as in `NextHop`. A group of the type "resilient" has a number of `buckets`, and two
    timers in hundredths of a second. `hw_stats` means that the hardware counts the packets of a group.
    """

    TAG: ClassVar[str] = "nexthop"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "id")

    ns: str
    id: int
    family: Family | None = None
    ifindex: int | None = None
    via: str = ""
    group: tuple[NextHopMember, ...] = ()
    group_type: str = ""
    blackhole: bool = False
    fdb: bool = False
    scope: str = "global"
    protocol: str = ""
    flags: tuple[str, ...] = ()
    encap: str = ""
    encap_options: tuple[EncapOption, ...] = ()
    buckets: int | None = None
    idle_timer_cs: int = 0
    unbalanced_timer_cs: int = 0
    hw_stats: bool = False
    notes: tuple[Note, ...] = ()


@value
class Range:
    """A range of ports or user ids from `first` to `last`, both included."""

    first: int
    last: int


@value
class RouteRule(Entity):
    """A rule that chooses the table in which a route is looked up (ip-rule(8)). Rules apply in order of priority, lower
    first.

    `action` is "lookup", "goto", "nop", "blackhole", "unreachable" or "prohibit"; `target` is the priority of the rule
    that a goto continues with. With `invert` the rule applies to packets that do not match. Several rules can have the
    same priority; `nth` numbers them in the kernel's order. A mask says which bits of a port, a DSCP or a flow label
    must match; it is None if all must match. `realms` are those of ip-rule(8) ("2", or "1/2" with a source realm).
    """

    TAG: ClassVar[str] = "rule"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "family", "priority", "nth")

    ns: str
    family: Family
    priority: int
    nth: int = 0
    action: str = "lookup"
    table: int = 0
    target: int | None = None
    invert: bool = False
    src: str = ""
    dst: str = ""
    iif: str = ""
    oif: str = ""
    tos: int = 0
    dscp: int | None = None
    fwmark: int | None = None
    fwmask: int | None = None
    protocol: str = ""
    ip_protocol: int | None = None
    sport: Range | None = None
    dport: Range | None = None
    uids: Range | None = None
    tunnel_id: str = ""
    l3mdev: bool = False
    suppress_prefix: int | None = None
    suppress_group: int | None = None
    flags: tuple[str, ...] = ()
    sport_mask: int | None = None
    dport_mask: int | None = None
    dscp_mask: int | None = None
    flowlabel: int | None = None
    flowlabel_mask: int | None = None
    realms: str = ""
    notes: tuple[Note, ...] = ()
