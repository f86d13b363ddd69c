"""Entities that belong to a link, but are not read with RTM_GETLINK."""

from typing import ClassVar

from netviz.model.entity import Entity, LinkRef, Note
from netviz.model.value import value


@value
class Device(Entity):
    """The driver and hardware of a link (ethtool(8)).

    `bus` is the address of the hardware, such as a PCI address, as the driver reports it. `speed_mbps` and `duplex`
    ("half", "full") are the current values; without a connection they are None and empty. `port` is the connector
    ("tp", "fibre", ...).
    """

    TAG: ClassVar[str] = "device"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    driver: str = ""
    version: str = ""
    firmware: str = ""
    bus: str = ""
    speed_mbps: int | None = None
    duplex: str = ""
    autoneg: bool = False
    port: str = ""


@value
class PortVlan:
    """A VLAN of a bridge port (bridge-vlan(8)), or a range of VLANs: from `vid` to `end`, both included.

    `state` is the state of spanning tree in the VLAN, empty for "forwarding". `tunnel` is the tunnel id of the VLAN, or
    of the first VLAN of a range (the others follow it). `mcast_router` is 1 unless it was set, `mcast_max_groups` 0.
    """

    vid: int
    end: int = 0
    pvid: bool = False
    untagged: bool = False
    state: str = ""
    tunnel: int | None = None
    mcast_router: int = 1
    mcast_max_groups: int = 0
    neigh_suppress: bool = False


@value
class PortVlans(Entity):
    """The VLANs of a bridge port, or of the bridge itself, sorted by id. Only bridges that filter VLANs have them."""

    TAG: ClassVar[str] = "vlans"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    vlans: tuple[PortVlan, ...] = ()
    notes: tuple[Note, ...] = ()


@value
class WireGuardPeer:
    """A peer of a WireGuard link: its last known endpoint, its allowed IPs, its keepalive interval.

    Keys are never included. `endpoint` is "address:port" ("[address]:port" for IPv6), empty if it is not known yet.
    """

    endpoint: str = ""
    allowed: tuple[str, ...] = ()
    keepalive_s: int = 0


@value
class WireGuard(Entity):
    """A WireGuard link without its keys (include/uapi/linux/wireguard.h).

    Its peers are in the order in which the kernel lists them.
    """

    TAG: ClassVar[str] = "wireguard"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    port: int = 0
    fwmark: int = 0
    peers: tuple[WireGuardPeer, ...] = ()


@value
class TeamPort:
    """A port of a team (include/uapi/linux/if_team.h)."""

    ifindex: int
    link_up: bool = False
    enabled: bool = True
    speed_mbps: int | None = None
    duplex: str = ""
    priority: int = 0
    queue_id: int = 0


@value
class Team(Entity):
    """A team: its mode ("roundrobin", "activebackup", ...), its active port, and its ports."""

    TAG: ClassVar[str] = "team"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    mode: str = ""
    active_port: int | None = None
    ports: tuple[TeamPort, ...] = ()


@value
class TunProcess(Entity):
    """A process that has a tun or tap device open.

    The process reads the packets that the link sends, and writes the packets that the link receives (tun.rst).
    """

    TAG: ClassVar[str] = "tun_process"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "pid")

    ns: str
    ifindex: int
    pid: int
    process: str = ""


@value
class Tunnel(Entity):
    """Two tunnel links of this host that are the two ends of one tunnel.

    `ns` and `ifindex` identify the first link, `far_ns` and `far_ifindex` the second; they are sorted by namespace id,
    then by ifindex. Each link has an address of the other as its remote address. Their ports, and their tunnel keys or
    network ids, fit together. Links are not paired if a third link fits one of them too.
    """

    TAG: ClassVar[str] = "tunnel_pair"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "far_ns", "far_ifindex")

    ns: str
    ifindex: int
    far_ns: str
    far_ifindex: int

    @property
    def ends(self) -> tuple[LinkRef, LinkRef]:
        """References to both tunnel links."""
        return LinkRef(self.ns, self.ifindex), LinkRef(self.far_ns, self.far_ifindex)


@value
class Qdisc(Entity):
    """A queueing discipline that was configured (tc(8)). A link's default qdisc has no handle: only `Link.qdisc` shows
    its name.

    Handles are as tc writes them ("1:", "ffff:"); `parent` is "root", "ingress", "clsact" or a class ("1:10").
    """

    TAG: ClassVar[str] = "qdisc"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "parent", "handle")

    ns: str
    ifindex: int
    parent: str
    handle: str
    kind: str


@value
class TcFilter(Entity):
    """A filter of traffic control and the programs it runs (tc(8), tc-bpf(8)), or a program attached by tcx.

    `parent` is "ingress", "egress", or the handle of a qdisc or class; `protocol` is an EtherType ("all", "ip", ...).
    For a BPF program `name` is its name in the kernel, `program` its id, `tag` its hash; `direct` means direct action:
    the program returns the verdict. `actions` are the kinds of the actions ("mirred", "gact", ...), in order.
    """

    TAG: ClassVar[str] = "tc_filter"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "parent", "chain", "priority", "handle", "kind")

    ns: str
    ifindex: int
    parent: str
    priority: int
    handle: str
    kind: str
    protocol: str = ""
    chain: int = 0
    name: str = ""
    program: int | None = None
    tag: str = ""
    direct: bool = False
    actions: tuple[str, ...] = ()
