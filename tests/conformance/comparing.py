"""Compares our links of a world with those of pyroute2 and ip."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from netviz.model.kinds import OpaqueData, OpaquePort
from netviz.model.link import Link
from netviz.model.topology import Topology, of_type
from tests.conformance.oracle import LINK, Rows, tables
from tests.worlds import CHECKOUT, World

_BY_PYROUTE = str(CHECKOUT / "tests" / "conformance" / "pyroute_links.py")


class Comparison:
    """A comparison of all links: the differences, and the fields that pyroute2 or ip reported for some link."""

    def __init__(self, world: World, topology: Topology) -> None:
        self.differences: list[str] = []
        self.reported: dict[str, set[str]] = {}
        self.unread: list[str] = []
        printed = {line["ifname"]: line for line in json.loads(world.run("ip -j -d link"))}
        by_pyroute = {each["IFLA_IFNAME"]: each for each in json.loads(world.run([sys.executable, _BY_PYROUTE]))}
        links = {link.ifname: link for link in of_type(topology, Link)}
        assert links.keys() == printed.keys() == by_pyroute.keys()
        self._tables = tables({link.ifname: link.ifindex for link in links.values()})
        for name, link in sorted(links.items()):
            self._link(link, by_pyroute[name], printed[name])

    def _link(self, link: Link, netlink: Mapping[str, Any], printed: Mapping[str, Any]) -> None:
        self._compare(link.ifname, link, LINK, netlink, printed)
        info, words = netlink.get("IFLA_LINKINFO", {}), printed.get("linkinfo", {})
        if link.kind not in ("loopback", "physical"):
            assert link.kind == info["IFLA_INFO_KIND"] == words["info_kind"]
        for ours, name in ((link.data, "DATA"), (link.port, "SLAVE_DATA")):
            if isinstance(ours, OpaqueData | OpaquePort):
                self.unread.append(f"{link.ifname} ({link.kind}): {ours}")
            elif ours is not None:
                theirs = _stripped(info.get(f"IFLA_INFO_{name}"))
                self._compare(
                    link.ifname, ours, self._tables[type(ours)], theirs, words.get(f"info_{name.lower()}", {})
                )

    def _compare(
        self, name: str, ours: Any, rows: Rows, netlink: Mapping[str, Any], printed: Mapping[str, Any]
    ) -> None:
        reported = self.reported.setdefault(type(ours).__name__, set())
        for field, sides in rows.items():
            value = getattr(ours, field)
            for reader, side, data in (("pyroute2", sides[0], netlink), ("ip", sides[1], printed)):
                theirs = side(data) if side is not None and data else None
                if theirs is None:
                    continue
                reported.add(field)
                if theirs != value:
                    self.differences.append(f"{name}: {type(ours).__name__}.{field}: {value!r}, {reader}: {theirs!r}")


def _stripped(data: Any) -> dict[str, Any]:
    """Returns attributes without their prefixes, or nothing if pyroute2 does not decode them."""
    if not isinstance(data, dict):
        return {}
    return {name.split("_", 2)[2]: value for name, value in data.items() if name.count("_") >= 2}
