"""Addresses, neighbours and FDB entries (rtnetlink(7), ip-address(8), ip-neighbour(8), bridge-fdb(8))."""

from typing import ClassVar, Literal

from netviz.model.entity import Entity
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


@value
class Neighbour(Entity):
    """A neighbour: the link-layer address that belongs to an address on a link.

    `state` is "permanent", "noarp" or "failed" if the neighbour is in this state. It is "known" in the states that
    change by themselves (reachable, stale, delay, probe), and empty for a proxy. Multicast and noarp entries that the
    kernel creates are left out, because the kernel does not report their changes.
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


@value
class FdbEntry(Entity):
    """A MAC address that can be reached through a bridge port or a vxlan (bridge-fdb(8)).

    `ifindex` is the port (or the device itself); `master` is its bridge if `table` is "master". `state` is "permanent"
    (the port's own address), "static" (set by hand) or "learned". `remote` and `vni` say where a vxlan sends the
    frames.
    """

    TAG: ClassVar[str] = "fdb"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "table", "mac", "vlan", "remote", "vni")

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
