"""Reads teams and their ports (include/uapi/linux/if_team.h; team_nl_fill_one_option_get and _port_get)."""

from collections.abc import Collection, Iterator

from netviz.agent.netlink.generic import Family
from netviz.agent.netlink.requests import attribute_u32
from netviz.model.device import Team, TeamPort
from netviz.model.text import text
from netviz.uapi.attributes import each, i32, u8, u32, walk

_OPTIONS_GET, _PORT_LIST_GET = 2, 3
_TEAM_IFINDEX, _LIST_OPTION, _LIST_PORT = 1, 2, 3
_OPTION_NAME, _OPTION_DATA, _OPTION_PORT = 1, 4, 6
_PORT_IFINDEX, _PORT_LINKUP, _PORT_SPEED, _PORT_DUPLEX, _PORT_REMOVED = 1, 3, 4, 5, 6
_DUPLEX = {0: "half", 1: "full"}
_NO_SPEED = (0, 0xFFFF_FFFF)

_Options = dict[tuple[str, int | None], bytes | None]


def read(ns: str, ifindexes: Collection[int]) -> list[Team]:
    """Returns these teams of the namespace that the calling thread is in. Raises NetlinkError."""
    with Family("team") as family:
        return [_read(family, ns, ifindex) for ifindex in ifindexes]


def _read(family: Family, ns: str, ifindex: int) -> Team:
    of = attribute_u32(_TEAM_IFINDEX, ifindex)
    options = dict(_options(family.request(_OPTIONS_GET, of)))
    ports = tuple(sorted(_ports(family.request(_PORT_LIST_GET, of), options), key=lambda port: port.ifindex))
    active = u32(options.get(("activeport", None)) or b"")
    return Team(ns, ifindex, text(options.get(("mode", None)) or b""), active or None, ports)


def _items(messages: list[bytes], kind: int) -> Iterator[dict[int, bytes]]:
    for message in messages:
        for _, item in each(walk(message).get(kind, b"")):
            yield walk(item)


def _options(messages: list[bytes]) -> Iterator[tuple[tuple[str, int | None], bytes | None]]:
    """Yields the options of a team: (name, port) and value. The port is None for an option of the team itself.

    An option of type flag that is not set has the value None.
    """
    for found in _items(messages, _LIST_OPTION):
        port = u32(found[_OPTION_PORT]) if _OPTION_PORT in found else None
        yield (text(found.get(_OPTION_NAME, b"")), port), found.get(_OPTION_DATA)


def _ports(messages: list[bytes], options: _Options) -> Iterator[TeamPort]:
    for found in _items(messages, _LIST_PORT):
        if _PORT_REMOVED in found:
            continue
        ifindex, speed = u32(found.get(_PORT_IFINDEX, b"")), u32(found.get(_PORT_SPEED, b""))
        yield TeamPort(
            ifindex,
            _PORT_LINKUP in found,
            options.get(("enabled", ifindex)) is not None,
            None if speed in _NO_SPEED else speed,
            _DUPLEX.get(u8(found.get(_PORT_DUPLEX, b"\xff")), ""),
            i32(options.get(("priority", ifindex)) or b""),
            u32(options.get(("queue_id", ifindex)) or b""),
        )
