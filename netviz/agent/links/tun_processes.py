"""Finds the link that belongs to each tun or tap device that a process has open. The open devices were found by a
search through all processes.

An open device reports the name of its link (tun_chr_show_fdinfo in drivers/net/tun.c) but not its namespace. So the
link with this name in the process's own namespace is used. If there is none, a link in another namespace is used,
provided that only one tun or tap device of the host has this name. In other cases no process is shown for the link.
"""

from collections.abc import Iterable, Iterator

from netviz.agent.collect.links import RawLink
from netviz.agent.links.table import LinkTable
from netviz.agent.namespaces.known import KnownNamespaces
from netviz.agent.namespaces.owners import process_name
from netviz.agent.namespaces.search import TunUser
from netviz.agent.world import World
from netviz.model.device import TunProcess
from netviz.model.link_kinds import kind_of
from netviz.model.text import text

SUBJECT = "tun processes"


class TunProcesses:
    """Writes to the topology which process has which tun or tap device open.

    The entity `TunProcess` belongs to the namespace of the device, not to that of the process.
    """

    def __init__(self, namespaces: KnownNamespaces, table: LinkTable, world: World) -> None:
        self._namespaces = namespaces
        self._table = table
        self._world = world
        self._reported: set[str] = set()

    def keep(self, users: Iterable[TunUser] | None) -> None:
        """Replaces the processes that have tun or tap devices open.

        If `users` is None, nothing changes: processes were not searched.
        """
        if users is None:
            return
        found: dict[str, list[TunProcess]] = {}
        for each in self._processes(list(users)):
            found.setdefault(each.ns, []).append(each)
        for ns in self._reported - found.keys():
            if ns in self._namespaces.by_id:
                self._world.replace(ns, SUBJECT, ())
        for ns, processes in found.items():
            self._world.replace(ns, SUBJECT, processes)
        self._reported = set(found)

    def _processes(self, users: list[TunUser]) -> Iterator[TunProcess]:
        if not users:
            return
        by_name: dict[str, list[RawLink]] = {}
        for raw in self._table.all():
            if kind_of(raw.kind).program:
                by_name.setdefault(raw.ifname, []).append(raw)
        for user in users:
            links = by_name.get(text(user.ifname), [])
            home = self._namespaces.by_inode.get(user.inode)
            own = [raw for raw in links if home is not None and raw.ref.ns == home.id]
            meant = own or links
            if len(meant) == 1:
                yield TunProcess(*meant[0].ref, user.pid, process_name(user.pid))
