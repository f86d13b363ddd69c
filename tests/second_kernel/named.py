"""Finds objects in a topology by the names of namespaces and links."""

from dataclasses import dataclass
from typing import TypeVar

from netviz.model.device import Device, PortVlans, Qdisc, TcFilter, Team, TunProcess, WireGuard
from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.namespace import Namespace
from netviz.model.topology import Topology, of_type

Beside = Device | PortVlans | WireGuard | Team | TunProcess | Qdisc | TcFilter
B = TypeVar("B", bound=Beside)


@dataclass(frozen=True, slots=True)
class Named:
    """A topology. Raises LookupError for a missing object."""

    world: Topology

    def link(self, name: str, ns: str = "host") -> Link:
        """Returns the link of this name in this namespace."""
        for found in of_type(self.world, Link):
            if found.ifname == name and self._label(found.ns) == ns:
                return found
        raise LookupError(f"{ns}:{name}")

    def _label(self, ns: str) -> str:
        labels = [namespace_label(self.world, each.id) for each in of_type(self.world, Namespace) if each.id == ns]
        return labels[0] if labels else ""

    def beside(self, cls: type[B], name: str, ns: str = "host") -> list[B]:
        """Returns the entities of this class that belong to that link, sorted by key."""
        link = self.link(name, ns)
        found = [each for each in of_type(self.world, cls) if (each.ns, each.ifindex) == (link.ns, link.ifindex)]
        return sorted(found, key=lambda each: each.key)

    def index(self, name: str, ns: str = "host") -> int:
        """Returns the ifindex of that link."""
        return self.link(name, ns).ifindex
