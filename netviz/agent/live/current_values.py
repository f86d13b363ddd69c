"""Reads values that change by themselves (counters, ages, lifetimes) when a user requests them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from netviz.agent.collect import addresses, neighbours, netfilter, sockets
from netviz.agent.collect.subjects import note_for
from netviz.agent.live.host_reader import HostReader
from netviz.agent.namespaces.known import Unreachable, Visit
from netviz.agent.netlink.requests import NETFILTER, Socket
from netviz.model.entity import Note
from netviz.model.state import LinkCounters, StateValue, Subject
from netviz.uapi.attributes import walk
from netviz.uapi.rtnetlink import RTM

_IFLA_STATS_LINK_64 = 1
_BODY = struct.pack("=BxHII", 0, 0, 0, 1 << (_IFLA_STATS_LINK_64 - 1))  # struct if_stats_msg
_NO_PROCESSES = Note("socket-owners-hidden")
_STATS = struct.Struct("=12Q")  # the first fields of struct rtnl_link_stats64


@dataclass(frozen=True, slots=True)
class Reading:
    """Current values of a subject, such as counters.

    `missing` says what could not be read, None if nothing is missing.
    """

    values: Sequence[StateValue] = ()
    missing: Note | None = None


def read_state(reader: HostReader, ns: str, subject: Subject) -> Reading:
    """Returns the current values of one subject (such as counters) of a namespace; none if the namespace is gone."""
    namespace = reader.namespaces.by_id.get(ns)
    if namespace is None:
        return Reading()
    try:
        with reader.namespaces.entering_again(namespace) as visit:
            return read_inside(visit, subject)
    except Unreachable:
        return Reading(missing=Note("namespace-closed"))


def read_inside(visit: Visit, subject: Subject) -> Reading:
    """Returns the current values of one subject (such as counters) of the namespace that the calling thread is in."""
    try:
        return _read(visit, subject)
    except OSError as error:
        return Reading(missing=note_for(subject, error))


def _read(visit: Visit, subject: Subject) -> Reading:
    match subject:
        case "counters":
            return Reading(read_counters(visit.sock))
        case "addresses":
            return Reading(addresses.read_lives(visit.sock))
        case "neighbours":
            return Reading(neighbours.read_neighbour_states(visit.sock))
        case "fdb":
            return Reading(neighbours.read_fdb_states(visit.sock))
        case "netfilter":
            with Socket(NETFILTER) as netfilter_sock:
                return Reading(netfilter.read_counters(netfilter_sock))
        case "sockets":
            seen = visit.namespace.sighting
            found = sockets.read(seen.pids if seen else ())
            return Reading(found.values, _NO_PROCESSES if found.closed else None)


def read_counters(sock: Socket) -> list[LinkCounters]:
    """Returns the counters of all links of the socket's namespace (RTM_GETSTATS). Raises NetlinkError."""
    out = []
    for payload in sock.dump(RTM.GETSTATS, _BODY):
        raw = walk(payload, 12).get(_IFLA_STATS_LINK_64, b"")
        if len(raw) < _STATS.size:
            continue
        values = _STATS.unpack_from(raw)
        rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors = map(str, values[:6])
        rx_dropped, tx_dropped, multicast, collisions, _, _ = map(str, values[6:])
        carrier, missed = _later(raw)
        (ifindex,) = struct.unpack_from("=I", payload, 4)
        out.append(
            LinkCounters(
                ifindex,
                rx_bytes,
                rx_packets,
                rx_errors,
                rx_dropped,
                missed,
                multicast,
                tx_bytes,
                tx_packets,
                tx_errors,
                tx_dropped,
                carrier,
                collisions,
            )
        )
    return out


def _later(raw: bytes) -> tuple[str, str]:
    """Returns tx_carrier_errors and rx_missed_errors from struct rtnl_link_stats64, "0" if the kernel sent a shorter
    struct.

    They come after the fields that `_STATS` contains.
    """
    if len(raw) < 18 * 8:
        return "0", "0"
    (missed,) = struct.unpack_from("=Q", raw, 15 * 8)
    (carrier,) = struct.unpack_from("=Q", raw, 17 * 8)
    return str(carrier), str(missed)
