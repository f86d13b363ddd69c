"""Writes the settings that a link has because of its kind, or as a port of a master, as lines in the style of
ip-link(8).
"""

from netviz.agent.export.fields import rest
from netviz.agent.export.lines import ifname, joined
from netviz.model.bridges import BondData, BondPort, BridgeData, BridgePort
from netviz.model.kinds import (
    IpvlanData,
    MacvlanData,
    OpaquePort,
    TunnelData,
    VlanData,
    VrfData,
    VrfPort,
    VxlanData,
    XfrmData,
)
from netviz.model.link import Link
from netviz.model.topology import Topology

_VLAN_PROTOCOLS = {0x8100: "802.1Q", 0x88A8: "802.1ad"}


def kind_lines(world: Topology, link: Link) -> list[str]:
    """Returns the lines for the settings that a link has because of its kind, and as a port of a master. A link without
    such settings has no lines.
    """
    return [line for line in (_data(world, link), _port(link)) if line]


def _data(world: Topology, link: Link) -> str:
    told: tuple[str, ...]
    match link.data:
        case BridgeData() as bridge:
            filters = f"filters VLANs, default {bridge.vlan_default_pvid}" if bridge.vlan_filtering else ""
            line = joined("bridge", "stp" if bridge.stp else "", f"ageing {bridge.ageing_time_cs / 100:g} s", filters)
            told = ("stp", "ageing_time_cs", *(("vlan_filtering", "vlan_default_pvid") if filters else ()))
        case VlanData() as vlan:
            protocol = _VLAN_PROTOCOLS.get(vlan.protocol) or hex(vlan.protocol)
            line, told = f"vlan id {vlan.vid} protocol {protocol}", ("vid", "protocol")
        case MacvlanData() | IpvlanData() as stacked:
            line, told = f"{link.kind} mode {stacked.mode}", ("mode",)
        case VrfData() as vrf:
            line, told = f"vrf table {vrf.table}", ("table",)
        case BondData() as bond:
            active = "" if bond.active_port is None else f"active {ifname(world, link.ns, bond.active_port)}"
            line, told = joined(f"bond mode {bond.mode}", active), ("mode", "active_port")
        case VxlanData() as vxlan:
            line = joined(f"vxlan id {vxlan.vni}", _ends(vxlan.local, vxlan.remote), f"port {vxlan.port}")
            told = ("vni", "local", "remote", "port")
        case TunnelData() as tunnel:
            line, told = _tunnel(link, tunnel), ("vni", "local", "remote", "port", "ikey", "okey", "collect_metadata")
        case XfrmData() as xfrm:
            line, told = f"xfrm if_id {xfrm.if_id:#x}", ("if_id",)
        case None:
            return ""
        case other:
            more = rest(other)
            return joined(link.kind, more) if more else ""
    return joined(line, rest(link.data, frozenset(told)))


def _tunnel(link: Link, tunnel: TunnelData) -> str:
    return joined(
        link.kind,
        f"id {tunnel.vni}" if tunnel.vni is not None else "",
        _ends(tunnel.local, tunnel.remote),
        f"port {tunnel.port}" if tunnel.port else "",
        f"ikey {tunnel.ikey}" if tunnel.ikey else "",
        f"okey {tunnel.okey}" if tunnel.okey else "",
        "external" if tunnel.collect_metadata else "",
    )


def _ends(local: str, remote: str) -> str:
    return joined(f"local {local}" if local else "", f"remote {remote}" if remote else "")


def _port(link: Link) -> str:
    told: tuple[str, ...]
    match link.port:
        case BridgePort() as port:
            line, told = f"port {port.state} cost {port.cost}", ("state", "cost")
        case BondPort() as port:
            line = joined(f"member {port.state}", f"mii {port.mii_status}" if port.mii_status else "")
            told = ("state", "mii_status")
        case VrfPort() as port:
            line, told = f"member of table {port.table}", ("table",)
        case OpaquePort() as port:
            line, told = f"member of a {port.kind}", ("kind",)
        case None:
            return ""
    return joined(line, rest(link.port, frozenset(told)))
