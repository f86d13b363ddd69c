"""Addresses, neighbours and FDB entries (rtnetlink(7), ip-address(8), ip-neighbour(8), bridge-fdb(8))."""

from typing import ClassVar, Literal

from netviz.model.entity import Entity, Note
from netviz.model.value import value

Family = Literal["ip", "ip6"]


@value
class Address(Entity):
    """An address of a link.

    `address` and `peer` are in the kernel's text form; `prefix` is the prefix length in bits; `peer` is set on
    point-to-point addresses. `flags` are those of ip-address(8) ("permanent", "secondary", "tentative",
    "noprefixroute", ...), in the order of that page. Lifetimes are not included, because they change by themselves.
    """

    TAG: ClassVar[str] = "addr"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "address", "prefix", "peer")

    ns: str
    ifindex: int
    family: Family
    address: str
    prefix: int
    peer: str = ""
    broadcast: str = ""
    label: str = ""
    scope: str = "global"
    protocol: int = 0
    metric: int = 0
    flags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@value
class Neighbour(Entity):
    """A neighbour: the link-layer address that belongs to an address on a link.

    `state` is "permanent", "noarp" or "failed" if the neighbour is in this state. It is "known" in the states that
    change by themselves (reachable, stale, delay, probe), and empty for a proxy. `ifindex` is 0 for a proxy on all
    links. `managed` means that the kernel keeps the entry resolved, `extern_valid` that a control plane vouches for it
    (ip-neighbour(8)). Multicast and noarp entries that the kernel creates are left out, because the kernel does not
    report their changes.
    """

    TAG: ClassVar[str] = "neigh"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "address", "proxy")

    ns: str
    ifindex: int
    family: Family
    address: str
    mac: str = ""
    state: Literal["permanent", "noarp", "failed", "known", ""] = "known"
    router: bool = False
    proxy: bool = False
    extern_learn: bool = False
    protocol: int = 0
    offloaded: bool = False
    managed: bool = False
    extern_valid: bool = False
    notes: tuple[Note, ...] = ()


@value
class FdbEntry(Entity):
    """A MAC address that can be reached through a bridge port or a vxlan (bridge-fdb(8)).

    `ifindex` is the port (or the device itself); `master` is its bridge if `table` is "master". `state` is "permanent"
    (the port's own address), "static" (set by hand) or "learned". `remote`, `port` and `vni` say where a vxlan sends
    the frames; a vxlan can have several such entries for one MAC. `via` is the ifindex of the link over which it sends
    them; with `via_elsewhere` it belongs to another namespace, that of the vxlan's underlay. `src_vni` is the VNI in
    which a vxlan of several VNIs looks the MAC up. `nexthop` is the id of a nexthop object, used instead of `remote`.
    Entries that differ in none of the fields of the key are numbered by `nth`, in the kernel's order.
    """

    TAG: ClassVar[str] = "fdb"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "table", "mac", "vlan", "remote", "vni")
    NUMBERED: ClassVar[bool] = True

    ns: str
    ifindex: int
    mac: str
    table: Literal["master", "self"] = "master"
    master: int | None = None
    vlan: int = 0
    state: Literal["permanent", "static", "learned"] = "learned"
    remote: str = ""
    vni: int = 0
    port: int = 0
    sticky: bool = False
    offloaded: bool = False
    extern_learn: bool = False
    nth: int = 0
    via: int | None = None
    via_elsewhere: bool = False
    src_vni: int | None = None
    nexthop: int | None = None
    locked: bool = False
    activity_notify: bool = False
    inactive: bool = False
    notes: tuple[Note, ...] = ()
