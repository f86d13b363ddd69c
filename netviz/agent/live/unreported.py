"""Finds changes that the kernel reports with events, except in rare cases: cheaply, on a namespace's turn.

One example: if the owner of an nftables table dies, the kernel removes the table without an event, and the generation
of the rules stays the same (nft_rcv_nl_event in net/netfilter/nf_tables_api.c).
"""

from collections.abc import Iterator
from contextlib import suppress

from netviz.agent.collect import netfilter, routes
from netviz.agent.live.host_reader import HostReader
from netviz.agent.namespaces.known import KnownNamespace, Unreachable, Visit
from netviz.agent.netlink.requests import NETFILTER, Socket
from netviz.model.namespace import Gap
from netviz.model.netfilter import NfTable
from netviz.model.route import Route

# Subjects that are read again on each turn, because a read costs no more than a check.
_ALWAYS = ("neighbours", "fdb", "nexthops", "rules", "ipsec")


class Unreported:
    """Compares what it costs little to read with the model: the generation and the tables of nftables, and the number
    of routes.
    """

    def __init__(self, reader: HostReader) -> None:
        self._reader = reader
        self._generations: dict[str, int] = {}

    def subjects(self, namespace: KnownNamespace) -> list[str]:
        """Returns the subjects of a namespace (such as routes) to read again on its turn."""
        found = [*_ALWAYS]
        with suppress(OSError, Unreachable), self._reader.namespaces.entering_again(namespace) as visit:
            found += self._changed(namespace.id, visit)
        self._generations = {ns: at for ns, at in self._generations.items() if ns in self._reader.namespaces.by_id}
        return [subject for subject in found if subject in self._reader.subjects]

    def _changed(self, ns: str, visit: Visit) -> Iterator[str]:
        if routes.count(visit.sock) != self._known_routes(ns):
            yield "routes"
        with Socket(NETFILTER) as sock:
            generation, tables = netfilter.generation(sock), netfilter.read_tables(sock, ns)
        known = {one for one in self._reader.world.part(ns, "netfilter") if isinstance(one, NfTable)}
        if known != set(tables) or self._generations.get(ns, generation) != generation:
            yield "netfilter"
        self._generations[ns] = generation

    def _known_routes(self, ns: str) -> int:
        part = self._reader.world.part(ns, "routes")
        cut = [one.total for one in part if isinstance(one, Gap)]
        return max(cut, default=sum(isinstance(one, Route) for one in part))
