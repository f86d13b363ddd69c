"""Reads WireGuard links without their keys (wg_get_device_dump in drivers/net/wireguard/netlink.c).

The kernel includes the keys in every answer; the agent skips them without parsing.
"""

import struct
from collections.abc import Collection, Iterable, Iterator
from socket import AF_INET, AF_INET6

from netviz.agent.netlink.generic import Family
from netviz.agent.netlink.requests import attribute_u32
from netviz.model.device import WireGuard, WireGuardPeer
from netviz.uapi.attributes import each, u8, u16, u32, walk
from netviz.uapi.notation import ip

_GET_DEVICE = 0
_IFINDEX, _LISTEN_PORT, _FWMARK, _PEERS = 1, 6, 7, 8
_ENDPOINT, _KEEPALIVE, _LAST_HANDSHAKE, _ALLOWED = 4, 5, 6, 9
_ADDRESS, _PREFIX = 2, 3
_WANTED_OF_PEER = frozenset({_ENDPOINT, _KEEPALIVE, _LAST_HANDSHAKE, _ALLOWED})


def read(ns: str, ifindexes: Collection[int]) -> list[WireGuard]:
    """Returns these WireGuard links of the namespace that the calling thread is in. Raises NetlinkError."""
    with Family("wireguard") as family:
        return [
            wireguard(ns, ifindex, family.dump(_GET_DEVICE, attribute_u32(_IFINDEX, ifindex))) for ifindex in ifindexes
        ]


def wireguard(ns: str, ifindex: int, messages: Iterable[bytes]) -> WireGuard:
    """Returns the link that these messages describe.

    If a link does not fit into one message, the next message continues it.
    """
    port = fwmark = 0
    peers: list[tuple[dict[int, bytes], list[str]]] = []
    for message in messages:
        for kind, value in each(message):
            if kind == _LISTEN_PORT:
                port = u16(value)
            elif kind == _FWMARK:
                fwmark = u32(value)
            elif kind == _PEERS:
                for _, raw in each(value):
                    _add(peers, raw)
    return WireGuard(ns, ifindex, port, fwmark, tuple(_peer(found, allowed) for found, allowed in peers))


def _add(peers: list[tuple[dict[int, bytes], list[str]]], raw: bytes) -> None:
    """Adds the peer in this attribute. If a peer is split over several messages, adds its further allowed IPs to the
    last peer.

    Only the first message of a peer has attributes other than the allowed IPs.
    """
    found = {kind: value for kind, value in each(raw) if kind in _WANTED_OF_PEER}
    allowed = list(_allowed(found.get(_ALLOWED, b"")))
    if peers and _LAST_HANDSHAKE not in found:
        peers[-1][1].extend(allowed)
    else:
        peers.append((found, allowed))


def _peer(found: dict[int, bytes], allowed: list[str]) -> WireGuardPeer:
    return WireGuardPeer(_endpoint(found.get(_ENDPOINT, b"")), tuple(allowed), u16(found.get(_KEEPALIVE, b"")))


def _endpoint(raw: bytes) -> str:
    """Returns a struct sockaddr_in or sockaddr_in6 as text, `address:port`."""
    family = u16(raw[:2])
    if family == AF_INET and len(raw) >= 8:
        return f"{ip(raw[4:8])}:{struct.unpack_from('>H', raw, 2)[0]}"
    if family == AF_INET6 and len(raw) >= 24:
        return f"[{ip(raw[8:24])}]:{struct.unpack_from('>H', raw, 2)[0]}"
    return ""


def _allowed(raw: bytes) -> Iterator[str]:
    for _, one in each(raw):
        found = walk(one)
        yield f"{ip(found.get(_ADDRESS, b''))}/{u8(found.get(_PREFIX, b''))}"
