"""What stands beside a link and is read by other means than RTM_GETLINK: each is an entity of its own."""

from typing import ClassVar

from netviz.model.entity import Entity, LinkRef
from netviz.model.value import value


@value
class Device(Entity):
    """The hardware (or what passes for it) behind a link that has a driver (ethtool(8)).

    `bus` is the driver's own name of where it sits. `speed_mbps` and `duplex` ("half", "full") are what is on the wire
    now, None and empty where there is none; `port` is the connector ("tp", "fibre", ...).
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
    """A VLAN, or a range of them up to `end`, that a bridge port carries (bridge-vlan(8))."""

    vid: int
    end: int = 0
    pvid: bool = False
    untagged: bool = False


@value
class PortVlans(Entity):
    """The VLANs of a bridge port, or of the bridge itself, ordered by number; of bridges that filter them."""

    TAG: ClassVar[str] = "vlans"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    vlans: tuple[PortVlan, ...] = ()


@value
class WireGuardPeer:
    """A peer of a WireGuard link: where it was last heard from, what it may send, how often it is kept alive.

    Never a key. `endpoint` is "address:port" ("[address]:port" for IPv6), empty for one not heard of yet.
    """

    endpoint: str = ""
    allowed: tuple[str, ...] = ()
    keepalive_s: int = 0


@value
class WireGuard(Entity):
    """A WireGuard link's settings without its keys (include/uapi/linux/wireguard.h); peers in the kernel's order."""

    TAG: ClassVar[str] = "wireguard"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    port: int = 0
    fwmark: int = 0
    peers: tuple[WireGuardPeer, ...] = ()


@value
class TeamPort:
    """A member of a team (include/uapi/linux/if_team.h)."""

    ifindex: int
    link_up: bool = False
    enabled: bool = True
    speed_mbps: int | None = None
    duplex: str = ""
    priority: int = 0
    queue_id: int = 0


@value
class Team(Entity):
    """A team: how it chooses ("roundrobin", "activebackup", ...), which member is the active one, its members."""

    TAG: ClassVar[str] = "team"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex")

    ns: str
    ifindex: int
    mode: str = ""
    active_port: int | None = None
    ports: tuple[TeamPort, ...] = ()


@value
class TunProcess(Entity):
    """A process that has a tun or tap device open: what it reads and writes is that device's wire (tun.rst)."""

    TAG: ClassVar[str] = "tun_process"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "pid")

    ns: str
    ifindex: int
    pid: int
    process: str = ""


@value
class Tunnel(Entity):
    """Two tunnel links of this host that are each other's far end; `ns` and `ifindex` are those of the lesser key.

    Found where each names the other's address (and port, key or network id), and no other link fits as well.
    """

    TAG: ClassVar[str] = "tunnel_pair"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "far_ns", "other_ifindex")

    ns: str
    ifindex: int
    far_ns: str
    other_ifindex: int

    @property
    def ends(self) -> tuple[LinkRef, LinkRef]:
        """Both links."""
        return LinkRef(self.ns, self.ifindex), LinkRef(self.far_ns, self.other_ifindex)


@value
class Qdisc(Entity):
    """A queueing discipline that somebody set (tc(8)): those that every link gets by itself have no handle and are told
    by the link's `qdisc` alone. Handles are as tc writes them ("1:", "ffff:"), `parent` is "root", "ingress", "clsact"
    or a class ("1:10")."""

    TAG: ClassVar[str] = "qdisc"
    KEY: ClassVar[tuple[str, ...]] = ("ns", "ifindex", "parent", "handle")

    ns: str
    ifindex: int
    parent: str
    handle: str
    kind: str


@value
class TcFilter(Entity):
    """A filter of traffic control, and the programs it runs (tc(8), tc-bpf(8)), or a program by tcx.

    `parent` is "ingress", "egress", or a qdisc's or class's handle; `protocol` is an EtherType ("all", "ip", ...). For
    a BPF program `name` is the kernel's name of it, `program` its id, `tag` its hash; `direct` says that it decides
    itself. `actions` are the kinds of what is done ("mirred", "gact", ...), in their order.
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
