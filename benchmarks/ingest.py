"""Measures the server's cost of receiving a host's snapshot, validating it and converting it to the model's objects.

The lower bound is orjson, which parses the same bytes into dicts without checks. All decoders
decode the frames of one snapshot of 15,000 entities in turns. The figure is the median.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.entity import LinkRef
from netviz.model.link import Ipv4Conf, Ipv6Conf, Link
from netviz.model.namespace import Namespace
from netviz.model.route import NextHop, Route, RouteRule
from netviz.model.topology import AnyEntity
from netviz.server.decoder import DECODERS, check_bytes, decode
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode as own_decode

NAMESPACES, ROUNDS = 500, 9


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    entities = [entity for at in range(NAMESPACES) for entity in inside(at)]
    frames = snapshot_frames(entities, "e", 0, 0)
    ways: dict[str, Callable[[bytes], Any]] = {
        "orjson.loads, nothing checked": orjson.loads,
        "server, checked: msgspec's structs": validated,
        "server, checked and made into entities": lambda frame: decode(frame, "agent"),
        "agent's decoder (standard library), checked and made into entities": lambda frame: own_decode(frame, "agent"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            for frame in frames:
                way(frame)
            times[name].append((time.perf_counter() - began) * 1e3)
    medians = {name: statistics.median(found) for name, found in times.items()}
    floor = medians["orjson.loads, nothing checked"]
    for name, found in medians.items():
        yield f"{len(entities):,} entities: {found:6.1f} ms ({found / floor:4.2f}x)  {name}"


def validated(frame: bytes) -> object:
    """Runs the server's decoder up to the point where a frame is known to be valid."""
    check_bytes(frame)
    return DECODERS["agent"].decode(frame)


def inside(at: int) -> Iterator[AnyEntity]:
    """Returns a namespace as on a host with containers: a veth, its addresses, routes and rules."""
    ns, net = str(4_026_532_000 + at), f"10.{at // 250}.{at % 250}"
    yield Namespace(ns, 4_026_532_000 + at, names=(f"b{at}",), held_by=("name",))
    yield Link(ns, 1, "lo", "loopback", 772, 73, True, True, "unknown", "00:00:00:00:00:00", ipv4=Ipv4Conf())
    conf: dict[str, Any] = {"ipv4": Ipv4Conf(forwarding=1), "ipv6": Ipv6Conf(forwarding=1)}
    yield Link(
        ns,
        2,
        "eth0",
        "veth",
        1,
        69699,
        True,
        True,
        "up",
        f"02:42:{at:08x}",
        mtu=1500,
        peer=LinkRef("1", at + 2),
        **conf,
    )
    for number in range(4):
        yield Address(ns, 1 + number % 2, "ip" if number < 2 else "ip6", f"{net}.{number}", 24, flags=("permanent",))
        yield Neighbour(ns, 2, "ip", f"{net}.{number}", "02:42:ac:11:00:01")
    for number in range(2):
        yield FdbEntry(ns, 2, f"33:33:00:00:00:{number:02x}", "self", state="permanent")
    for number in range(12):
        yield Route(
            ns, "ip", 254 + number % 2, f"{net}.{number}/32", scope="host", protocol="kernel", hops=(NextHop(2),)
        )
    for priority in (0, 32766, 32767):
        yield RouteRule(ns, "ip", priority, table=255)
        yield RouteRule(ns, "ip6", priority, table=254)
