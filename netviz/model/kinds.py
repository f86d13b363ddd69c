"""Data that a link has because of its kind (IFLA_INFO_DATA), or because of its master's kind (IFLA_INFO_SLAVE_DATA).

Source: include/uapi/linux/if_link.h and ip-link(8). The suffix of a field's name is its unit. Names that end in `_cs`
are times of a bridge, in hundredths of a second as the kernel reports them. Values that change by themselves (timers,
counts) are left out.
"""

from typing import Annotated, ClassVar

from netviz.model.bridges import BondData, BondPort, BridgeData, BridgePort
from netviz.model.entity import Tagged
from netviz.model.sizes import MaxLength
from netviz.model.value import value

Hex = Annotated[str, MaxLength(131_072)]


@value
class VethData(Tagged):
    """A veth. It has no settings of its own."""

    TAG: ClassVar[str] = "veth"


@value
class QosMap:
    """A mapping of one priority of a VLAN link to another.

    Ingress: from the priority in the VLAN tag to the packet's priority in the kernel. Egress: from the packet's
    priority to the priority in the tag.
    """

    source: int
    target: int


@value
class VlanData(Tagged):
    """A VLAN link (IFLA_VLAN_*): VLAN id, protocol of the tag (0x8100 or 0x88a8), flags, priority mappings."""

    TAG: ClassVar[str] = "vlan"

    vid: int
    protocol: int = 0x8100
    flags: int = 0
    ingress_qos: tuple[QosMap, ...] = ()
    egress_qos: tuple[QosMap, ...] = ()


@value
class MacvlanData(Tagged):
    """A macvlan or macvtap (IFLA_MACVLAN_*): mode as in ip-link(8), flags, allowed source MACs (mode "source"), and the
    length of the queue for broadcasts: as it was requested, and as the kernel uses it. `broadcast_cutoff` is the number
    of broadcasts a second from which the queue is used; -1 means never.
    """

    TAG: ClassVar[str] = "macvlan"

    mode: str
    flags: int = 0
    sources: tuple[str, ...] = ()
    broadcast_queue: int = 1000
    broadcast_queue_used: int = 1000
    broadcast_cutoff: int = 1


@value
class IpvlanData(Tagged):
    """An ipvlan (IFLA_IPVLAN_*): mode as in ip-link(8), flags."""

    TAG: ClassVar[str] = "ipvlan"

    mode: str
    flags: int = 0


@value
class VxlanData(Tagged):
    """A vxlan (IFLA_VXLAN_*): network id, remote and local address, UDP ports."""

    TAG: ClassVar[str] = "vxlan"

    vni: int
    remote: str = ""
    local: str = ""
    port: int = 0
    port_low: int = 0
    port_high: int = 0
    ttl: int = 0
    tos: int = 0
    learning: bool = True
    proxy: bool = False
    rsc: bool = False
    l2miss: bool = False
    l3miss: bool = False
    ageing_s: int = 0
    limit: int = 0
    collect_metadata: bool = False
    gbp: bool = False
    udp_csum: bool = False
    df: int = 0
    vnifilter: bool = False
    udp_zero_csum6_tx: bool = False
    udp_zero_csum6_rx: bool = False
    remcsum_tx: bool = False
    remcsum_rx: bool = False
    remcsum_nopartial: bool = False
    flow_label: int = 0
    label_policy: int = 0
    gpe: bool = False
    ttl_inherit: bool = False
    localbypass: bool = True
    reserved_bits: str = ""
    mc_route: bool = False


@value
class TunData(Tagged):
    """A tun or tap device (IFLA_TUN_*). `owner` and `group` are the user and group that may open it; None means any."""

    TAG: ClassVar[str] = "tun"

    mode: str
    owner: int | None = None
    group: int | None = None
    packet_info: bool = False
    vnet_header: bool = False
    persist: bool = False
    multi_queue: bool = False
    queues: int = 0
    disabled_queues: int = 0


@value
class VrfData(Tagged):
    """The settings of a VRF (IFLA_VRF_*): the routing table of its ports."""

    TAG: ClassVar[str] = "vrf"

    table: int


@value
class TunnelData(Tagged):
    """An IP tunnel (gre, ipip, sit, ip6tnl, vti, geneve): the addresses of its ends (empty for any), keys, TTL and
    more.

    `protocol` is the IP protocol number of the payload, 0 for any; `erspan_version` and `erspan_index` belong to an
    ERSPAN session; `encap_limit` is the tunnel encapsulation limit of IPv6 (None if not reported); `flow_label` is the
    flow label of the outer IPv6 packets, if it is fixed. `input_flags` and `output_flags` are the flags of the GRE
    header (0x8000 checksum, 0x2000 key, 0x1000 sequence numbers), `flags` those of the tunnel (IP6_TNL_F_* or those of
    SIT). `encap` is the encapsulation in UDP: "fou", "gue", "mpls", or empty; its ports are `source_port` and
    `target_port`. `prefix_6rd` and `relay_6rd` are prefixes of 6rd (RFC 5969). `erspan_direction` and
    `erspan_hardware` belong to ERSPAN version 2. The last fields belong to geneve.
    """

    TAG: ClassVar[str] = "tunnel"

    local: str = ""
    remote: str = ""
    ttl: int = 0
    tos: int = 0
    ikey: str = ""
    okey: str = ""
    vni: int | None = None
    port: int = 0
    collect_metadata: bool = False
    pmtudisc: bool = False
    protocol: int = 0
    encap_limit: int | None = None
    flow_label: int = 0
    erspan_version: int | None = None
    erspan_index: int = 0
    erspan_direction: int | None = None
    erspan_hardware: int | None = None
    input_flags: int = 0
    output_flags: int = 0
    flags: int = 0
    ignore_df: bool = False
    fwmark: int = 0
    encap: str = ""
    encap_flags: int = 0
    source_port: int = 0
    target_port: int = 0
    prefix_6rd: str = ""
    relay_6rd: str = ""
    udp_csum: bool = False
    udp_zero_csum6_tx: bool = False
    udp_zero_csum6_rx: bool = False
    ttl_inherit: bool = False
    df: int = 0
    inner_proto_inherit: bool = False
    port_low: int = 0
    port_high: int = 0


@value
class XfrmData(Tagged):
    """An IPsec interface (IFLA_XFRM_*): the if_id of the IPsec policies and states that belong to it."""

    TAG: ClassVar[str] = "xfrm"

    if_id: int
    collect_metadata: bool = False


@value
class NetkitData(Tagged):
    """A netkit pair (IFLA_NETKIT_*): its mode ("l2", "l3"), the verdict on packets without a BPF program on this link
    and on the peer ("forward", "blackhole"), and what is removed from packets that change namespace.
    """

    TAG: ClassVar[str] = "netkit"

    mode: str
    primary: bool = False
    policy: str = ""
    peer_policy: str = ""
    scrub: str = ""
    peer_scrub: str = ""
    headroom: int = 0
    tailroom: int = 0


@value
class MacsecData(Tagged):
    """A MACsec link (IFLA_MACSEC_*), without its keys: its channel identifier, cipher suite, and settings.

    `validation` is "disabled", "check" or "strict"; `offload` is "off", "phy" or "mac". `window` is that of the
    protection against replayed frames.
    """

    TAG: ClassVar[str] = "macsec"

    sci: str = ""
    port: int | None = None
    cipher_suite: str = ""
    icv_bytes: int = 16
    encoding_sa: int = 0
    protect: bool = True
    encrypt: bool = True
    include_sci: bool = False
    end_station: bool = False
    single_copy_broadcast: bool = False
    replay_protect: bool = False
    window: int = 0
    validation: str = ""
    offload: str = ""


@value
class OvpnData(Tagged):
    """An OpenVPN link (IFLA_OVPN_*): "p2p" with one peer, or "mp" with many."""

    TAG: ClassVar[str] = "ovpn"

    mode: str


@value
class OpaqueData(Tagged):
    """Data of a link whose kind netviz does not decode: the bytes of IFLA_INFO_DATA in hexadecimal.

    Data that may contain secret keys is never stored in this form.
    """

    TAG: ClassVar[str] = "opaque"

    raw: Hex


LinkData = (
    VethData
    | BridgeData
    | VlanData
    | MacvlanData
    | IpvlanData
    | VxlanData
    | TunData
    | BondData
    | VrfData
    | TunnelData
    | XfrmData
    | NetkitData
    | MacsecData
    | OvpnData
    | OpaqueData
)


@value
class OpaquePort(Tagged):
    """Undecoded data of a link as a port of a master.

    `kind` is the kind of the master, `raw` the bytes of IFLA_INFO_SLAVE_DATA in hexadecimal.
    """

    TAG: ClassVar[str] = "opaque_port"

    kind: str
    raw: Hex = ""


@value
class VrfPort(Tagged):
    """A link as a port of a VRF (IFLA_VRF_PORT_TABLE): the routing table for its packets."""

    TAG: ClassVar[str] = "vrf_port"

    table: int


PortData = BridgePort | BondPort | VrfPort | OpaquePort
