"""Decoding generic netlink and bridge messages made by the test, so that it works on kernels without these kinds."""

import socket
import struct

import pytest

from netviz.agent.collect.vlans import merged
from netviz.agent.collect.wireguard import wireguard
from netviz.agent.netlink.requests import attribute
from netviz.model.device import PortVlan, WireGuardPeer

SECRET = b"\xa5" * 32
ENDPOINT = struct.pack("=H", socket.AF_INET) + struct.pack(">H", 51820) + socket.inet_aton("192.0.2.1") + bytes(8)
ENDPOINT6 = (
    struct.pack("=H", socket.AF_INET6)
    + struct.pack(">HI", 51820, 0)
    + socket.inet_pton(socket.AF_INET6, "2001:db8::1")
    + bytes(4)
)


def allowed(*networks: str) -> bytes:
    out = b""
    for network in networks:
        address, _, prefix = network.partition("/")
        body = attribute(1, struct.pack("=H", socket.AF_INET))
        body += attribute(2, socket.inet_aton(address)) + attribute(3, bytes([int(prefix)]))
        out += attribute(0x8000, body)
    return attribute(0x8009, out)


def peer(*parts: bytes) -> bytes:
    return attribute(0x8000, attribute(1, SECRET) + b"".join(parts))


def first(*parts: bytes) -> bytes:
    """Returns the first part of a peer, with its preshared key and its last handshake."""
    return peer(attribute(2, SECRET), attribute(6, bytes(16)), *parts)


def message(*peers: bytes) -> bytes:
    head = attribute(6, struct.pack("=H", 1234)) + attribute(7, struct.pack("=I", 9)) + attribute(3, SECRET)
    return head + attribute(0x8008, b"".join(peers))


def test_wireguard_peers_are_read_with_their_endpoints_and_allowed_ips() -> None:
    peers = first(attribute(4, ENDPOINT), attribute(5, struct.pack("=H", 25)), allowed("10.0.0.0/8")), first()
    found = wireguard("1", 7, [message(*peers)])
    assert (found.port, found.fwmark) == (1234, 9)
    assert found.peers == (WireGuardPeer("192.0.2.1:51820", ("10.0.0.0/8",), 25), WireGuardPeer())


def test_wireguard_peer_that_is_split_over_several_messages_is_read_as_one_peer() -> None:
    parts = [
        message(first(attribute(4, ENDPOINT6), allowed("10.0.0.0/8"))),
        attribute(0x8008, peer(allowed("10.1.0.0/16"))),
        attribute(0x8008, peer(allowed("10.2.0.0/16")) + first(allowed("10.3.0.0/16"))),
    ]
    assert wireguard("1", 7, parts).peers == (
        WireGuardPeer("[2001:db8::1]:51820", ("10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16")),
        WireGuardPeer("", ("10.3.0.0/16",)),
    )


def test_wireguard_keys_are_not_in_the_topology() -> None:
    found = repr(wireguard("1", 7, [message(first(attribute(4, ENDPOINT)))]))
    assert "a5a5" not in found
    assert "\\xa5" not in found


@pytest.mark.parametrize(
    ("vlans", "expected"),
    [
        ([PortVlan(2), PortVlan(1)], (PortVlan(1, 2),)),
        ([PortVlan(1, 4), PortVlan(5, 9)], (PortVlan(1, 9),)),
        ([PortVlan(1, 0, True, True), PortVlan(2, 0, False, True)], None),
        ([PortVlan(1), PortVlan(3)], None),
    ],
)
def test_adjacent_vlans_with_equal_flags_are_joined_into_a_range(
    vlans: list[PortVlan], expected: tuple[PortVlan, ...] | None
) -> None:
    assert merged(vlans) == (tuple(vlans) if expected is None else expected)
