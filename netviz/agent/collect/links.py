"""Reads links (RTM_GETLINK; rtnl_fill_ifinfo in net/core/rtnetlink.c)."""

import struct
from functools import lru_cache
from typing import Any, NamedTuple

from netviz.agent.collect.kinds import LOWERS, link_data, port_data, unread_data, unread_port
from netviz.agent.collect.link_settings import ipv4_conf, ipv6_conf, unread_settings
from netviz.agent.collect.unread import unread_notes
from netviz.agent.netlink.requests import Socket, attribute_u32
from netviz.agent.system.syscalls import program_name
from netviz.model.entity import LinkRef, Note
from netviz.model.kinds import LinkData, PortData
from netviz.model.link import Link, Xdp
from netviz.model.link_kinds import kind_of
from netviz.model.peers import OtherEnd
from netviz.model.text import text
from netviz.uapi.attributes import Layouts, Unknown, each, unknown, walk
from netviz.uapi.if_link import IFLA, INET, INET6, INFO, XDP
from netviz.uapi.known import known
from netviz.uapi.notation import link_layer
from netviz.uapi.rtnetlink import RTM

_HEADER = struct.Struct("=BxHiII")
_SKIP_STATS = 8  # RTEXT_FILTER_SKIP_STATS

IFF_UP, _IFF_LOWER_UP = 0x1, 0x1_0000
_ARPHRD_LOOPBACK = 772
_OPERSTATES = ("unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up")
_XDP_MODES = {1: "driver", 2: "generic", 3: "offload"}  # XDP_ATTACHED_*
_AF_INET, _AF_INET6 = 2, 10
_REASON_VALUE = 2  # IFLA_PROTO_DOWN_REASON_VALUE

# `_raw` receives the values of these attributes by position, so the order here is the order of its parameters.
_message = Layouts(
    "BxHiII",
    {
        IFLA.IFNAME: "s",
        IFLA.LINKINFO: "s",
        IFLA.LINK: "i",
        IFLA.LINK_NETNSID: "i",
        IFLA.MASTER: "I",
        IFLA.OPERSTATE: "B",
        IFLA.ADDRESS: "s",
        IFLA.BROADCAST: "s",
        IFLA.PERM_ADDRESS: "s",
        IFLA.PROP_LIST: "s",
        IFLA.IFALIAS: "s",
        IFLA.MTU: "I",
        IFLA.MIN_MTU: "I",
        IFLA.MAX_MTU: "I",
        IFLA.QDISC: "s",
        IFLA.TXQLEN: "I",
        IFLA.NUM_TX_QUEUES: "I",
        IFLA.NUM_RX_QUEUES: "I",
        IFLA.GROUP: "I",
        IFLA.PROMISCUITY: "I",
        IFLA.LINKMODE: "B",
        IFLA.GSO_MAX_SIZE: "I",
        IFLA.PARENT_DEV_BUS_NAME: "s",
        IFLA.PARENT_DEV_NAME: "s",
        IFLA.PHYS_PORT_NAME: "s",
        IFLA.PROTO_DOWN: "B",
        (IFLA.XDP, XDP.ATTACHED): "B",
        (IFLA.XDP, XDP.PROG_ID): "I",
        (IFLA.XDP, XDP.DRV_PROG_ID): "I",
        (IFLA.XDP, XDP.SKB_PROG_ID): "I",
        (IFLA.XDP, XDP.HW_PROG_ID): "I",
        (IFLA.AF_SPEC, _AF_INET, INET.CONF): "s",
        (IFLA.AF_SPEC, _AF_INET6, INET6.CONF): "s",
        (IFLA.AF_SPEC, _AF_INET6, INET6.ADDR_GEN_MODE): "B",
        IFLA.ALLMULTI: "I",
        IFLA.GSO_MAX_SEGS: "I",
        IFLA.GSO_IPV4_MAX_SIZE: "I",
        IFLA.GRO_MAX_SIZE: "I",
        IFLA.GRO_IPV4_MAX_SIZE: "I",
        IFLA.TSO_MAX_SIZE: "I",
        IFLA.TSO_MAX_SEGS: "I",
        IFLA.HEADROOM: "H",
        IFLA.TAILROOM: "H",
        IFLA.MAX_PACING_OFFLOAD_HORIZON: "I",
        (IFLA.PROTO_DOWN_REASON, _REASON_VALUE): "I",
        IFLA.PHYS_SWITCH_ID: "s",
        IFLA.PHYS_PORT_ID: "s",
        IFLA.NETNS_IMMUTABLE: "B",
    },
    {
        (): known(IFLA),
        (IFLA.XDP,): known(XDP),
        (IFLA.AF_SPEC, _AF_INET): known(INET),
        (IFLA.AF_SPEC, _AF_INET6): known(INET6),
    },
)


class RawLink(NamedTuple):
    """A link as the kernel reports it, before its other end (peer or lower link) is resolved.

    `other_ifindex` and `other_nsid` say which link the kernel names as its other end. The nsid is relative to the
    namespace of the requesting socket; None means the link's own namespace. From this, the caller of `link`
    finds the other end. `before`, `after` and `more` are the values of all other fields of the class `Link`, in the
    order in which it declares them; `unread` are notes about attributes that were not read.
    """

    ref: LinkRef
    kind: str
    other_ifindex: int | None
    other_nsid: int | None
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    more: tuple[Any, ...]
    unread: tuple[Note, ...]

    def link(self, other: OtherEnd, notes: tuple[Note, ...] = ()) -> Link:
        """Returns the entity `Link`: this link with the given other end, which the caller has resolved."""
        all_notes = (*other.notes, *notes, *self.unread)
        return Link(*(*self.before, other.peer, other.lower, other.beyond_sight, *self.after, all_notes, *self.more))

    @property
    def ifname(self) -> str:
        """The name of the link."""
        name: str = self.before[2]
        return name

    @property
    def data(self) -> LinkData | None:
        """The settings that only links of this kind have (IFLA_INFO_DATA), None if there are none."""
        data: LinkData | None = self.after[1]
        return data

    @property
    def flags(self) -> int:
        """The kernel's IFF_* flags."""
        flags: int = self.before[5]
        return flags

    @property
    def headroom(self) -> int:
        """The bytes that the link needs before each packet for further headers (IFLA_HEADROOM)."""
        headroom: int = self.more[7]
        return headroom

    @property
    def master(self) -> int | None:
        """The ifindex of the link's master."""
        found: int | None = self.before[-1]
        return found


def request_body(ifindex: int = 0, nsid: int | None = None, family: int = 0) -> bytes:
    """Returns the body of a RTM_GETLINK request: for the link with this ifindex, or for all links if it is 0.

    The links are those of the namespace with this nsid, or of the socket's own namespace.
    """
    body = _HEADER.pack(family, 0, ifindex, 0, 0) + attribute_u32(IFLA.EXT_MASK, _SKIP_STATS)
    return body if nsid is None else body + attribute_u32(IFLA.TARGET_NETNSID, nsid)


def read(sock: Socket, ns: str, nsid: int | None = None) -> list[RawLink]:
    """Returns all links of a namespace. Raises NetlinkError."""
    return [raw_link(ns, payload) for payload in sock.dump(RTM.GETLINK, request_body(nsid=nsid))]


def read_one(sock: Socket, ns: str, ifindex: int, nsid: int | None = None) -> RawLink | None:
    """Returns one link of a namespace; None if the kernel sends no link.

    Raises NetlinkError (ENODEV if the link is gone).
    """
    payloads = sock.request(RTM.GETLINK, request_body(ifindex, nsid), flags=0)
    return raw_link(ns, payloads[0]) if payloads else None


def raw_link(ns: str, payload: bytes) -> RawLink:
    """Returns the link in this message (struct ifinfomsg and attributes)."""
    return _raw(ns, *_message(payload))


def _raw(
    ns: str,
    family: int,
    arptype: int,
    ifindex: int,
    flags: int,
    change: int,
    ifname: bytes,
    linkinfo: bytes | None,
    iflink: int | None,
    other_nsid: int | None,
    master: int | None,
    operstate: int | None,
    address: bytes | None,
    broadcast: bytes | None,
    permanent: bytes | None,
    properties: bytes | None,
    alias: bytes | None,
    mtu: int | None,
    min_mtu: int | None,
    max_mtu: int | None,
    qdisc: bytes | None,
    tx_queue_length: int | None,
    tx_queues: int | None,
    rx_queues: int | None,
    group: int | None,
    promiscuity: int | None,
    link_mode: int | None,
    gso_max_size: int | None,
    bus: bytes | None,
    device: bytes | None,
    port_name: bytes | None,
    proto_down: int | None,
    xdp_attached: int | None,
    xdp_program: int | None,
    xdp_driver: int | None,
    xdp_generic: int | None,
    xdp_offload: int | None,
    inet: bytes | None,
    inet6: bytes | None,
    addr_gen_mode: int | None,
    allmulti: int | None,
    gso_max_segs: int | None,
    gso_ipv4_max_size: int | None,
    gro_max_size: int | None,
    gro_ipv4_max_size: int | None,
    tso_max_size: int | None,
    tso_max_segs: int | None,
    headroom: int | None,
    tailroom: int | None,
    max_pacing_horizon: int | None,
    proto_down_reasons: int | None,
    switch: bytes | None,
    port_id: bytes | None,
    netns_immutable: int | None,
    unread: tuple[Unknown, ...],
) -> RawLink:
    kind, data, port, lower, unread_inside = _linkinfo(linkinfo or b"")
    if not kind:
        kind = "loopback" if arptype == _ARPHRD_LOOPBACK else "physical"
    before = (
        ns,
        ifindex,
        text(ifname or b""),
        kind,
        arptype,
        flags,
        bool(flags & IFF_UP),
        bool(flags & _IFF_LOWER_UP),
        _OPERSTATES[operstate] if operstate is not None and operstate < len(_OPERSTATES) else "unknown",
        link_layer(address or b""),
        link_layer(broadcast or b""),
        link_layer(permanent or b""),
        _altnames(properties) if properties else (),
        text(alias or b""),
        mtu or 0,
        min_mtu or 0,
        max_mtu or 0,
        text(qdisc or b""),
        tx_queue_length or 0,
        tx_queues or 0,
        rx_queues or 0,
        group or 0,
        promiscuity or 0,
        link_mode or 0,
        gso_max_size or 0,
        text(bus or b""),
        text(device or b""),
        text(port_name or b""),
        bool(proto_down),
        master,
    )
    after = (
        _xdp(xdp_attached, xdp_program, xdp_driver, xdp_generic, xdp_offload) if xdp_attached else (),
        data,
        port,
        None if inet is None else ipv4_conf(inet),
        None if inet6 is None else ipv6_conf(inet6, addr_gen_mode or 0),
    )
    more = (
        allmulti or 0,
        gso_max_segs or 0,
        gso_ipv4_max_size or 0,
        gro_max_size or 0,
        gro_ipv4_max_size or 0,
        tso_max_size or 0,
        tso_max_segs or 0,
        headroom or 0,
        tailroom or 0,
        max_pacing_horizon or 0,
        tuple(bit for bit in range(32) if proto_down_reasons >> bit & 1) if proto_down_reasons else (),
        switch.hex() if switch else "",
        port_id.hex() if port_id else "",
        bool(netns_immutable),
    )
    unread += unread_inside + unread_settings(inet, inet6)
    other = _other_ifindex(kind, ifindex, iflink, lower)
    notes = unread_notes(unread) if unread else ()
    return RawLink(LinkRef(ns, ifindex), kind, other, other_nsid, before, after, more, notes)


def _other_ifindex(kind: str, ifindex: int, iflink: int | None, lower: int | None) -> int | None:
    """Returns the ifindex of a link's other end (peer or lower link), None if the link has no other end.

    The lower link of a vxlan is taken from the link's data (`lower`), because IFLA_LINK is wrong for a vxlan that moved
    to another namespace: it is the ifindex of the vxlan itself. Older kernels omit IFLA_LINK if both ends of a pair
    have the same ifindex; then `ifindex` is returned.
    """
    if kind in LOWERS:
        return lower
    if kind_of(kind).paired:
        return ifindex if iflink is None else iflink
    return iflink or None


@lru_cache(maxsize=4_096)
def _linkinfo(raw: bytes) -> tuple[str, LinkData | None, PortData | None, int | None, tuple[Unknown, ...]]:
    """Returns what IFLA_LINKINFO contains: the kind of the link, its data, the data that it has as a port of a master,
    the ifindex of its lower link, if the data names a lower link, and the attributes that are not known.
    """
    found = walk(raw)
    kind = text(found.get(INFO.KIND, b""))
    data = found.get(INFO.DATA)
    lower = LOWERS[kind](data) if data and kind in LOWERS else None
    unread = (*unknown(known(INFO), found), *unread_data(kind, data or b""))
    if INFO.SLAVE_KIND not in found:
        return kind, link_data(kind, data), None, lower, unread
    master, slave_data = text(found[INFO.SLAVE_KIND]), found.get(INFO.SLAVE_DATA)
    unread += unread_port(master, slave_data or b"")
    return kind, link_data(kind, data), port_data(master, slave_data), lower, unread


def _altnames(properties: bytes) -> tuple[str, ...]:
    """Returns the alternative names of a link: IFLA_PROP_LIST is a list of IFLA_ALT_IFNAME."""
    return tuple(text(value) for _, value in each(properties))


def _xdp(attached: int, program: int | None, *by_mode: int | None) -> tuple[Xdp, ...]:
    """Returns the XDP programs of a link, as IFLA_XDP contains them: one program, or one for each mode.

    `by_mode` has the program ids in the order of `_XDP_MODES`.
    """
    each_mode = zip(_XDP_MODES.values(), by_mode, strict=True)
    modes = tuple(_program(mode, number) for mode, number in each_mode if number is not None)
    return modes or (_program(_XDP_MODES.get(attached, str(attached)), program or 0),)


def _program(mode: str, program: int) -> Xdp:
    return Xdp(mode, program, program_name(program))
