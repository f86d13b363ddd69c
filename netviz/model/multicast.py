"""Multicast groups of bridges and vxlans, and the VNIs of a vxlan (bridge-mdb(8), bridge-vni(8))."""

from typing import ClassVar, Literal

from netviz.model.entity import Entity, Note
from netviz.model.value import value


@value
class MdbEntry(Entity):
    """Where a bridge or a vxlan sends the packets of a multicast group: to a port, or to a remote address.

    `ifindex` is the bridge or vxlan, `port` the port (the bridge itself for its own host, the vxlan for a remote).
    `group` is an IP or MAC address; `source` is empty for packets of all sources. With the mode "include" only packets
    of `sources` are sent there, with "exclude" all but those. `permanent` means that the entry was made by hand.
    `flags` are those of bridge-mdb(8). `remote`, `remote_port`, `vni`, `via` and `src_vni` belong to a vxlan, as in an
    FDB entry. Entries that differ in none of the fields of the key are numbered by `nth`.
    """

    TAG: ClassVar[str] = "mdb"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "port", "group", "vlan", "source", "src_vni", "remote")
    NUMBERED: ClassVar[bool] = True

    ns: str
    ifindex: int
    port: int
    group: str
    vlan: int = 0
    source: str = ""
    src_vni: int = 0
    remote: str = ""
    nth: int = 0
    permanent: bool = False
    mode: Literal["include", "exclude", ""] = ""
    sources: tuple[str, ...] = ()
    protocol: str = ""
    flags: tuple[str, ...] = ()
    remote_port: int = 0
    vni: int = 0
    via: int | None = None
    notes: tuple[Note, ...] = ()


@value
class MulticastRouter(Entity):
    """A port of a bridge that leads to a multicast router: it receives the packets of all groups.

    `type` is "temp" (the bridge heard a router there), "permanent" or "temp_query". `vlan` is 0 if the bridge has no
    multicast settings for single VLANs.
    """

    TAG: ClassVar[str] = "mdb_router"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "port", "vlan")

    ns: str
    ifindex: int
    port: int
    vlan: int = 0
    type: str = ""
    notes: tuple[Note, ...] = ()


@value
class VniRange:
    """A VNI that a vxlan accepts, or a range from `vni` to `end`, both included; `group` is the remote address for
    packets to unknown addresses, if it differs from that of the vxlan.
    """

    vni: int
    end: int = 0
    group: str = ""


@value
class VxlanVnis(Entity):
    """The VNIs that a vxlan of several VNIs accepts, sorted (bridge-vni(8)). Only a vxlan with `vnifilter` has them."""

    TAG: ClassVar[str] = "vnis"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    vnis: tuple[VniRange, ...] = ()
    notes: tuple[Note, ...] = ()
