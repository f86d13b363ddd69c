"""The choices for random changes: names, numbers, addresses, and the links at the last comparison."""

import random
from dataclasses import dataclass

from netviz.model.labels import namespace_label
from netviz.model.link import Link
from netviz.model.namespace import Namespace
from netviz.model.topology import Topology, of_type

NAMES = tuple(f"n{number}" for number in range(9))
ALIASES = ("a1", "a2")
HOME = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A line for a tool in a named namespace. If one of several lines is refused, the lines after it are skipped."""

    tool: str
    ns: str
    line: str

    @staticmethod
    def ip(ns: str, line: str) -> "Change":
        """Returns a line for ip. ip accepts the address family only before a batch, not inside a batch."""
        family, _, rest = line.partition(" ")
        return Change(f"ip {family}", ns, rest) if family in ("-4", "-6") else Change("ip", ns, line)


class Chooser:
    """Makes choices, determined by `seed`."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._links: dict[str, list[Link]] = {}
        self._number = 0

    def look(self, topology: Topology) -> None:
        """Sets the current topology to choose from."""
        labels = {ns.id: namespace_label(topology, ns.id) for ns in of_type(topology, Namespace)}
        self._links = {}
        for link in of_type(topology, Link):
            label = labels.get(link.ns, "")
            if link.kind != "loopback" and label in ("host", *NAMES, *ALIASES):
                self._links.setdefault(HOME if label == "host" else label, []).append(link)
        for links in self._links.values():
            links.sort(key=lambda link: link.ifname)

    def _one_of(self, *words: str) -> str:
        return self._random.choice(words)

    def _below(self, limit: int) -> int:
        return self._random.randrange(limit)

    def _ns(self) -> str:
        """Chooses a namespace, usually one with links."""
        there = sorted(self._links)
        return self._random.choice(there) if there and self._below(4) else self._one_of(HOME, *NAMES)

    def _link(self, *kinds: str) -> tuple[str, str]:
        """Chooses a namespace and one of its links. Prefers links of these kinds."""
        found = [
            (ns, link.ifname)
            for ns in sorted(self._links)
            for link in self._links[ns]
            if not kinds or link.kind in kinds
        ]
        return self._random.choice(found) if found else (self._ns(), "lo")

    def _beside(self, ns: str, *kinds: str) -> str:
        """Chooses a link of this namespace. Prefers links of these kinds."""
        found = [link.ifname for link in self._links.get(ns, ()) if not kinds or link.kind in kinds]
        return self._random.choice(found) if found else "lo"

    def _new_name(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._number}"

    def _v4(self) -> str:
        return f"10.{self._below(3)}.{self._below(3)}.{1 + self._below(20)}"

    def _v6(self) -> str:
        return f"2001:db8:{self._below(3)}::{1 + self._below(20):x}"
