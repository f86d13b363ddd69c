"""Run inside a world: prints pyroute2's decoding of addresses, neighbours, FDB entries, routes and rules as JSON."""

import json
from collections.abc import Iterable
from typing import Any

from pyroute2 import IPRoute

from tests.conformance.pyroute_links import plain


def every(messages: Iterable[Any]) -> list[Any]:
    """Returns messages with their attributes as plain values."""
    return [plain({**message, "attrs": message["attrs"]}) for message in messages]


if __name__ == "__main__":
    with IPRoute() as ip:
        lists = {
            "addr": every(ip.get_addr()),
            "neigh": every(ip.get_neighbours()),
            "fdb": every(ip.fdb("dump")),
            "route": every(ip.get_routes()),
            "rule": every(ip.get_rules()),
        }
    print(json.dumps(lists, default=str))
