"""Writes IPsec, multicast groups and the VNIs of vxlans as lines of text, in the style of ip-xfrm(8) and bridge(8)."""

from collections.abc import Sequence

from netviz.agent.export.fields import rest
from netviz.agent.export.lines import ifname, joined
from netviz.model.ipsec import XfrmDefault, XfrmOption, XfrmPolicy, XfrmSelector, XfrmState, XfrmTemplate
from netviz.model.multicast import MdbEntry, MulticastRouter, VniRange, VxlanVnis
from netviz.model.topology import Topology


def default_line(found: XfrmDefault) -> str:
    """Returns a line for what happens to packets without a policy."""
    return f"default in {found.inwards} fwd {found.forward} out {found.outwards}"


def _options(options: Sequence[XfrmOption]) -> str:
    return " ".join(joined(option.name, option.value) for option in options)


def _port(word: str, port: int | None, mask: int | None) -> str:
    if port is None and mask is None:
        return ""
    number = "any" if port is None else str(port)
    return f"{word} {number}" if mask is None else f"{word} {number}/{mask:#x}"


def _selector(world: Topology, ns: str, found: XfrmSelector | None) -> str:
    if found is None:
        return "src any dst any"
    return joined(
        f"src {found.src or 'any'} dst {found.dst or 'any'}",
        f"proto {found.protocol}" if found.protocol else "",
        _port("sport", found.sport, found.sport_mask),
        _port("dport", found.dport, found.dport_mask),
        f"dev {ifname(world, ns, found.ifindex)}" if found.ifindex is not None else "",
        f"uid {found.uid}" if found.uid is not None else "",
    )


def _template(found: XfrmTemplate) -> str:
    return joined(
        f"tmpl src {found.src or 'any'} dst {found.dst or 'any'} proto {found.protocol} mode {found.mode}",
        f"spi {found.spi:#x}" if found.spi else "",
        f"reqid {found.reqid}" if found.reqid else "",
        f"level {found.level}" if found.level != "required" else "",
        _options(found.options),
    )


def policy_line(world: Topology, found: XfrmPolicy) -> str:
    """Returns a line for a policy of IPsec."""
    return joined(
        f"policy {found.index} {_selector(world, found.ns, found.selector)} dir {found.direction}",
        f"action {found.action} priority {found.priority}",
        f"mark {found.mark:#x}/{found.mask:#x}" if found.mark or found.mask else "",
        f"if_id {found.if_id:#x}" if found.if_id else "",
        *found.flags,
        _options(found.options),
        *map(_template, found.templates),
        rest(found, _POLICY),
    )


_POLICY = frozenset(
    {
        *("ns", "index", "selector", "direction", "action", "priority", "mark", "mask", "if_id", "flags", "options"),
        *("templates", "notes"),
    }
)


def state_line(world: Topology, found: XfrmState) -> str:
    """Returns a line for a state of IPsec."""
    return joined(
        f"state src {found.src or 'any'} dst {found.dst or 'any'} proto {found.protocol} spi {found.spi:#010x}",
        f"mode {found.mode}",
        f"reqid {found.reqid}" if found.reqid else "",
        f"mark {found.mark:#x}/{found.mask:#x}" if found.mark or found.mask else "",
        f"if_id {found.if_id:#x}" if found.if_id else "",
        f"sel {_selector(world, found.ns, found.selector)}" if found.selector is not None else "",
        *found.flags,
        _options(found.options),
        rest(found, _STATE),
    )


_STATE = frozenset(
    {
        *("ns", "src", "dst", "protocol", "spi", "nth", "mode", "reqid", "mark", "mask", "if_id", "selector", "flags"),
        *("options", "notes"),
    }
)


def mdb_line(world: Topology, found: MdbEntry) -> str:
    """Returns a line for a multicast group."""
    return joined(
        f"mdb {found.group}",
        f"src {found.source}" if found.source else "",
        f"port {ifname(world, found.ns, found.port)}",
        f"vid {found.vlan}" if found.vlan else "",
        f"dst {found.remote}" if found.remote else "",
        f"via {ifname(world, found.ns, found.via)}" if found.via is not None else "",
        "permanent" if found.permanent else "temp",
        f"filter_mode {found.mode}" if found.mode else "",
        f"source_list {','.join(found.sources)}" if found.sources else "",
        f"proto {found.protocol}" if found.protocol else "",
        *found.flags,
        rest(found, _MDB),
    )


_MDB = frozenset(
    {
        *("ns", "ifindex", "group", "source", "port", "vlan", "remote", "via", "permanent", "mode", "sources"),
        *("protocol", "flags", "nth", "notes"),
    }
)


def router_line(world: Topology, found: MulticastRouter) -> str:
    """Returns a line for a port towards a multicast router."""
    vlan = f"vid {found.vlan}" if found.vlan else ""
    return joined(f"multicast router on {ifname(world, found.ns, found.port)}", vlan, found.type)


def vnis_line(found: VxlanVnis) -> str:
    """Returns a line with the VNIs that a vxlan accepts."""
    return f"vnis {', '.join(map(_vnis, found.vnis)) or 'none'}"


def _vnis(found: VniRange) -> str:
    numbers = f"{found.vni}-{found.end}" if found.end else str(found.vni)
    return joined(numbers, f"group {found.group}" if found.group else "")
