"""Finds out which network of a container runtime each bridge of the host belongs to, from the files of the containers.

Docker names the bridge of a network `br-` and the first 12 digits of the network's id, and that of its first network
`docker0`. A bridge with another name is found by its address, which is the gateway of the network's containers. The
files do not say whether a network is internal, but then its containers have no default route.
"""

from collections.abc import Iterator

from netviz.agent.namespaces.containers import Containers, Endpoint
from netviz.agent.world import World
from netviz.model.address import Address
from netviz.model.entity import key_of
from netviz.model.link import Link
from netviz.model.namespace import ContainerNetwork, Host, Owner
from netviz.model.route import Route
from netviz.model.topology import of_type

_SUBJECT = "networks"

# If an entity with one of these tags changes in the host's namespace, or in any namespace, the networks may change too.
_ON_HOST, _ANYWHERE = (Link.TAG, Address.TAG), (f"{Owner.TAG}/", f"{Route.TAG}/")

_DEFAULTS = frozenset({"0.0.0.0/0", "::/0"})

# The network that Docker creates by itself, and its bridge.
_FIRST, _FIRST_BRIDGE = "bridge", "docker0"
_ID_DIGITS = 12


class ContainerNetworks:
    """Writes the networks of the host's bridges to the topology."""

    def __init__(self, containers: Containers, world: World) -> None:
        self._containers = containers
        self._world = world
        self._changes = -1

    def settle(self) -> None:
        """Finds the networks again if a container, or a link or address of the host, changed since the last delta."""
        host = self._world.entities.get(key_of(Host.TAG))
        if not isinstance(host, Host) or not host.ns:
            return
        matters = (*_ANYWHERE, *(f"{tag}/{host.ns}/" for tag in _ON_HOST))
        if self._changes == self._containers.changes and not any(
            key.startswith(matters) for key in self._world.touched()
        ):
            return
        self._changes = self._containers.changes
        endpoints = self._containers.endpoints()
        if endpoints or self._world.has(host.ns, _SUBJECT):
            self._world.replace(host.ns, _SUBJECT, list(self._networks(host.ns, endpoints)))

    def _networks(self, ns: str, endpoints: list[Endpoint]) -> Iterator[ContainerNetwork]:
        by_id: dict[str, list[Endpoint]] = {}
        for endpoint in endpoints:
            by_id.setdefault(endpoint.id, []).append(endpoint)
        inside = self._world.inside(ns)
        of_container = self._namespaces() if endpoints else {}
        addresses = {(each.ifindex, each.address) for each in of_type(inside, Address)}
        for link in of_type(inside, Link):
            if link.kind != "bridge":
                continue
            for number, found in by_id.items():
                if _is_bridge_of(link, found[0], addresses, {gate for one in found for gate in one.gateways}):
                    alone = {of_container[one.container] for one in found if one.only and one.container in of_container}
                    internal = bool(alone) and not any(map(self._has_default_route, alone))
                    yield ContainerNetwork(ns, link.ifindex, found[-1].network, number, internal=internal)
                    break

    def _namespaces(self) -> dict[str, str]:
        """Returns the namespace of each running container, by the container's id."""
        owners = (each for ns in self._world.namespaces() for each in self._world.part(ns, "namespace"))
        return {one.id: each.ns for each in owners if isinstance(each, Owner) for one in each.containers}

    def _has_default_route(self, ns: str) -> bool:
        routes = self._world.part(ns, "routes")
        return any(isinstance(route, Route) and route.dst in _DEFAULTS and route.type == "unicast" for route in routes)


def _is_bridge_of(link: Link, endpoint: Endpoint, addresses: set[tuple[int, str]], gateways: set[str]) -> bool:
    if link.ifname == f"br-{endpoint.id[:_ID_DIGITS]}":
        return True
    if endpoint.network == _FIRST and link.ifname == _FIRST_BRIDGE:
        return True
    return any((link.ifindex, gateway) in addresses for gateway in gateways)
