"""Builds the namespaces, links, addresses, routes and rules of a practice network with pyroute2."""

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from netviz.agent.lab import ruleset
from netviz.agent.lab.inhabitants import settle
from netviz.agent.lab.template import Bridge, End, LabError, Template, Veth


def build_network(template: Template) -> None:
    """Builds the network that a template describes, in this order: sysctls, namespaces, bridges, veths, nftables rules.

    Raises LabError.
    """
    try:
        for path, value in template.sysctl.items():
            with open(f"/proc/sys/{path}", "w", encoding="ascii") as file:
                file.write(value)
        for namespace in template.namespaces:
            settle(namespace)
        with IPRoute() as host:
            for bridge in template.bridges:
                _add_bridge(host, bridge)
            for veth in template.veths:
                _add_veth(host, veth)
        ruleset.install(template.tables)
    except (OSError, NetlinkError) as error:
        raise LabError(f"Cannot build the practice network: {error}.") from error


def _index(socket: IPRoute, name: str) -> int:
    found = socket.link_lookup(ifname=name)
    if not found:
        raise LabError(f"The template of the practice network names a link that does not exist: {name}.")
    return int(found[0])


def _add_bridge(host: IPRoute, bridge: Bridge) -> None:
    host.link("add", kind="bridge", ifname=bridge.name)
    _configure(host, End(bridge.name, bridge.address))


def _add_veth(host: IPRoute, veth: Veth) -> None:
    peer = {"ifname": veth.far.name, "net_ns_fd": f"/run/netns/{veth.far.namespace}"}
    host.link("add", kind="veth", ifname=veth.near.name, peer=peer)
    _configure(host, veth.near)
    with IPRoute(netns=f"/run/netns/{veth.far.namespace}") as far:
        far.link("set", index=_index(far, "lo"), state="up")
        _configure(far, veth.far)


def _configure(socket: IPRoute, end: End) -> None:
    """Configures a link: sets its master, sets it up, adds its address and a default route through its gateway."""
    index = _index(socket, end.name)
    if end.master is not None:
        socket.link("set", index=index, master=_index(socket, end.master))
    socket.link("set", index=index, state="up")
    if end.address is not None:
        socket.addr("add", index=index, address=end.address)
    if end.gateway is not None:
        socket.route("add", dst="0.0.0.0/0", gateway=end.gateway)
