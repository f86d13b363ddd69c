"""Writes entities that belong to a link (driver, VLANs, qdiscs, tunnels, ...) as lines of text.

The style is that of ethtool(8), bridge(8), wg(8), teamd(8) and tc(8).
"""

from netviz.agent.export.fields import rest
from netviz.agent.export.lines import ifname, joined, link_name
from netviz.model.device import (
    Device,
    PortVlan,
    PortVlans,
    Qdisc,
    TcFilter,
    Team,
    TeamPort,
    Tunnel,
    TunProcess,
    WireGuard,
    WireGuardPeer,
)
from netviz.model.entity import LinkRef
from netviz.model.link import Xdp
from netviz.model.topology import Topology


def _speed(speed_mbps: int | None) -> str:
    return "" if speed_mbps is None else f"{speed_mbps} Mb/s"


def device_line(device: Device) -> str:
    """Returns a line with the driver and speed of a link."""
    return joined(
        f"driver {device.driver}",
        device.version,
        f"firmware {device.firmware}" if device.firmware else "",
        f"bus {device.bus}" if device.bus else "",
        _speed(device.speed_mbps),
        device.duplex and f"{device.duplex} duplex",
        "autoneg" if device.autoneg else "",
        f"port {device.port}" if device.port else "",
    )


def _vlan(vlan: PortVlan) -> str:
    numbers = f"{vlan.vid}-{vlan.end}" if vlan.end else str(vlan.vid)
    return joined(numbers, rest(vlan, frozenset({"vid", "end"})))


def vlans_line(found: PortVlans) -> str:
    """Returns a line with the VLANs of a bridge or a port."""
    return f"vlans {', '.join(map(_vlan, found.vlans)) or 'none'}"


def wireguard_lines(found: WireGuard) -> list[str]:
    """Returns a line for the settings of a WireGuard link, and a line for each peer."""
    mark = f"fwmark {found.fwmark:#x}" if found.fwmark else ""
    return [joined(f"listening on {found.port}", mark), *map(_peer, found.peers)]


def _peer(peer: WireGuardPeer) -> str:
    return joined(
        f"wireguard peer {peer.endpoint or 'without endpoint'}",
        f"allowed {', '.join(peer.allowed) or 'nothing'}",
        f"keepalive {peer.keepalive_s} s" if peer.keepalive_s else "",
    )


def team_lines(world: Topology, team: Team) -> list[str]:
    """Returns a line for the mode of a team, and a line for each port."""
    active = "" if team.active_port is None else f"active {ifname(world, team.ns, team.active_port)}"
    return [joined(f"team {team.mode}", active), *(_member(world, team, port) for port in team.ports)]


def _member(world: Topology, team: Team, port: TeamPort) -> str:
    return joined(
        f"member {ifname(world, team.ns, port.ifindex)}",
        "up" if port.link_up else "down",
        "" if port.enabled else "disabled",
        _speed(port.speed_mbps),
        f"priority {port.priority}" if port.priority else "",
        f"queue {port.queue_id}" if port.queue_id else "",
        f"{port.duplex} duplex" if port.duplex else "",
    )


def tun_process_line(found: TunProcess) -> str:
    """Returns a line with the process that has a tun or tap device open."""
    return f"opened by {found.process} ({found.pid})"


def tunnel_line(world: Topology, here: LinkRef, pair: Tunnel) -> str:
    """Returns a line with the other end of a tunnel."""
    first, second = pair.ends
    return f"tunnel to {link_name(world, here.ns, second if first == here else first)}"


def xdp_line(found: Xdp) -> str:
    """Returns a line for an XDP program."""
    return joined(f"xdp {found.mode} program {found.program}", found.name)


def qdisc_line(found: Qdisc) -> str:
    """Returns a line for a queueing discipline."""
    return f"qdisc {found.kind} {found.handle} parent {found.parent}"


def filter_line(found: TcFilter) -> str:
    """Returns a line for a filter of traffic control, with the program and the actions that it runs."""
    return joined(
        f"filter {found.parent} pref {found.priority} {found.kind} {found.handle}",
        f"chain {found.chain}" if found.chain else "",
        f"protocol {found.protocol}" if found.protocol else "",
        f"program {found.program}" if found.program is not None else "",
        found.name,
        f"tag {found.tag}" if found.tag else "",
        "direct-action" if found.direct else "",
        f"action {', '.join(found.actions)}" if found.actions else "",
    )
