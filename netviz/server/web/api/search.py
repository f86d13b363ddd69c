"""Searches a topology for names, IP addresses, MAC addresses, containers and processes.

A search for an IP address also finds the addresses and routes (except default routes) whose prefix contains it.
"""

import ipaddress
from collections.abc import Iterator

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.link import Link
from netviz.model.namespace import Host, Namespace, Owner
from netviz.model.route import Route
from netviz.model.topology import AnyEntity, Topology

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address


def search(world: Topology, wanted: str, limit: int) -> list[tuple[str, str]]:
    """Returns up to `limit` matching entities, ordered by key. Each has its key and the reason why it matches."""
    text = wanted.casefold()
    ip = _address(wanted)
    found: list[tuple[str, str]] = []
    for key in sorted(world):
        if len(found) >= limit:
            break
        why = next((why for why, value in _values(world[key]) if text in value.casefold()), None)
        if why is None and ip is not None:
            why = _holds(world[key], ip)
        if why is not None:
            found.append((key, why))
    return found


def _values(entity: AnyEntity) -> Iterator[tuple[str, str]]:
    match entity:
        case Host():
            yield "hostname", entity.hostname
        case Namespace():
            yield from (("name", name) for name in entity.names)
            yield from (("mount", mount) for mount in entity.mounts)
        case Owner():
            for container in entity.containers:
                yield from (("container", value) for value in (container.name, container.id))
                yield from (("pod", value) for value in (container.pod, container.pod_uid))
            yield from (("process", group.name) for group in entity.processes)
        case Link():
            yield "name", entity.ifname
            yield "alias", entity.ifalias
            yield "MAC", entity.address
            yield from (("altname", name) for name in entity.altnames)
        case Address():
            yield "address", f"{entity.address}/{entity.prefix}"
        case Neighbour():
            yield "address", entity.address
            yield "MAC", entity.mac
        case FdbEntry():
            yield "MAC", entity.mac
        case Route():
            yield "destination", entity.dst
            yield from (("gateway", hop.via) for hop in entity.hops)


def _address(text: str) -> _IP | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _holds(entity: AnyEntity, ip: _IP) -> str | None:
    """Returns why this entity is a result, such as "within 10.0.0.0/8": its prefix contains the searched address.
    Otherwise returns None. Default routes contain every address, so they are left out.
    """
    prefix = ""
    if isinstance(entity, Address):
        prefix = f"{entity.address}/{entity.prefix}"
    elif isinstance(entity, Route) and not entity.dst.endswith("/0"):
        prefix = entity.dst
    try:
        return f"within {prefix}" if prefix and ip in ipaddress.ip_network(prefix, strict=False) else None
    except ValueError:
        return None
