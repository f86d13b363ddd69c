"""Writes the settings that a link has because of its kind, or as a port of a master, as lines in the style of
ip-link(8).
"""

from netviz.agent.export.lines import ifname, joined
from netviz.model.bridges import BondData, BondPort, BridgeData, BridgePort
from netviz.model.kinds import IpvlanData, MacvlanData, TunnelData, VlanData, VrfData, VrfPort, VxlanData, XfrmData
from netviz.model.link import Link
from netviz.model.topology import Topology

_VLAN_PROTOCOLS = {0x8100: "802.1Q", 0x88A8: "802.1ad"}


def kind_lines(world: Topology, link: Link) -> list[str]:
    """Returns the lines for the settings that a link has because of its kind, and as a port of a master. A link without
    such settings has no lines.
    """
    return [line for line in (_data(world, link), _port(link)) if line]


def _data(world: Topology, link: Link) -> str:
    match link.data:
        case BridgeData() as bridge:
            filters = f"filters VLANs, default {bridge.vlan_default_pvid}" if bridge.vlan_filtering else ""
            return joined("bridge", "stp" if bridge.stp else "", f"ageing {bridge.ageing_time_cs / 100:g} s", filters)
        case VlanData() as vlan:
            return f"vlan id {vlan.vid} protocol {_VLAN_PROTOCOLS.get(vlan.protocol) or hex(vlan.protocol)}"
        case MacvlanData() | IpvlanData() as stacked:
            return f"{link.kind} mode {stacked.mode}"
        case VrfData() as vrf:
            return f"vrf table {vrf.table}"
        case BondData() as bond:
            active = "" if bond.active_port is None else f"active {ifname(world, link.ns, bond.active_port)}"
            return joined(f"bond mode {bond.mode}", active)
        case VxlanData() as vxlan:
            return joined(f"vxlan id {vxlan.vni}", _ends(vxlan.local, vxlan.remote), f"port {vxlan.port}")
        case TunnelData() as tunnel:
            return _tunnel(link, tunnel)
        case XfrmData() as xfrm:
            return f"xfrm if_id {xfrm.if_id:#x}"
        case _:
            return ""


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
    match link.port:
        case BridgePort() as port:
            return joined(f"port {port.state} cost {port.cost}", "isolated" if port.isolated else "")
        case BondPort() as port:
            return joined(f"member {port.state}", f"mii {port.mii_status}" if port.mii_status else "")
        case VrfPort() as port:
            return f"member of table {port.table}"
        case _:
            return ""
