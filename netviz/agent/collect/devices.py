"""Reads the driver and speed of physical links (include/uapi/linux/ethtool.h; net/ethtool/ioctl.c)."""

import struct
from collections.abc import Iterable, Iterator

from netviz.agent.netlink.requests import Socket
from netviz.agent.system.syscalls import ethtool
from netviz.model.device import Device
from netviz.model.text import raw, text

_GDRVINFO, _GLINKSETTINGS = 0x03, 0x4C
_DRIVER = struct.Struct("=I32s32s32s32s").unpack_from
_DRIVER_BYTES = 196

# struct ethtool_link_settings: command, speed, duplex, port, autonegotiation, and the number of words in each of the
# three masks that follow. If a request has a wrong number of words, the kernel answers with the right number, negated.
_LINK = struct.Struct("=IIBBxBxxxb").unpack_from
_LINK_BYTES, _WORDS_AT, _MASKS = 48, 15, 3

_DUPLEX = {0: "half", 1: "full", 0xFF: ""}
_PORTS = {0: "tp", 1: "aui", 2: "mii", 3: "fibre", 4: "bnc", 5: "da", 0xEF: "", 0xFF: "other"}
_NO_SPEED = (0, 0xFFFF_FFFF)


def read(sock: Socket, ns: str, links: Iterable[tuple[int, str]]) -> list[Device]:
    """Returns the driver and hardware of these links, given as (ifindex, name), of the socket's namespace.

    Links without a driver are left out.
    """
    return list(_devices(sock, ns, links))


def _devices(sock: Socket, ns: str, links: Iterable[tuple[int, str]]) -> Iterator[Device]:
    for ifindex, ifname in links:
        try:
            driver = ethtool(sock.fileno(), raw(ifname), struct.pack("=I", _GDRVINFO), _DRIVER_BYTES)
        except OSError:  # the link has no driver; or the link was removed or renamed, which an event will report
            continue
        _, name_of_it, version, firmware, bus = _DRIVER(driver)
        wire = _wire(sock, raw(ifname))
        yield Device(ns, ifindex, text(name_of_it), text(version), text(firmware), text(bus), *wire)


def _wire(sock: Socket, ifname: bytes) -> tuple[int | None, str, bool, str]:
    """Returns speed, duplex, autonegotiation and connector of a link; empty values if the driver has no such data."""
    command = struct.pack("=I", _GLINKSETTINGS)
    try:
        first = ethtool(sock.fileno(), ifname, command, _LINK_BYTES)
        count = -_LINK(first)[5]
        request = command + bytes(_WORDS_AT - len(command)) + bytes([count])
        answer = ethtool(sock.fileno(), ifname, request, _LINK_BYTES + 4 * _MASKS * count)
    except (OSError, ValueError):
        return None, "", False, ""
    _, speed, duplex, port, autoneg, _ = _LINK(answer)
    words = _DUPLEX.get(duplex, str(duplex)), bool(autoneg), _PORTS.get(port, str(port))
    return None if speed in _NO_SPEED else speed, *words
