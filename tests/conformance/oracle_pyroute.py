"""The values of fields of addresses, neighbours, FDB entries, routes and route rules, according to pyroute2.

There is a table for each class: field -> the value in a message as pyroute2 decodes it. pyroute2 does not know every
attribute; what it does not know is compared with the tools alone (`oracle_lists.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.route import Route, RouteRule
from netviz.uapi.notation import PROTOCOLS, ROUTE_TYPES, SCOPES

Message = Mapping[str, Any]
Side = Callable[[Message], Any]

_FAMILIES = {2: "ip", 10: "ip6"}
_ANY = {2: "0.0.0.0/0", 10: "::/0"}
_NUD = {0x80: "permanent", 0x40: "noarp", 0x20: "failed"}
_NOT_SET = 0xFFFF_FFFF


def value(key: str, otherwise: Any = "") -> Side:
    """Returns a value of the message; `otherwise` if it has none."""
    return lambda message: message.get(key, otherwise)


def flag(key: str, bit: int) -> Side:
    """Returns whether this bit of a number is set."""
    return lambda message: bool(message.get(key, 0) & bit)


def named(key: str, names: Mapping[int, str]) -> Side:
    """Returns the name of a number."""
    return lambda message: names.get(message[key], str(message[key]))


def prefix(attribute: str, length: str, *, default: bool = False) -> Side:
    """Returns an address with its length. Without an address: the prefix of all if `default`, otherwise nothing."""

    def side(message: Message) -> str:
        if attribute in message:
            return f"{message[attribute]}/{message[length]}"
        return _ANY[message["family"]] if default else ""

    return side


def family(message: Message) -> str | None:
    """Returns the family in our words, None for one that is not shown."""
    return _FAMILIES.get(message["family"])


def own_address(message: Message) -> str:
    """Returns the address of the link itself: of two, the local one."""
    return str(message.get("IFA_LOCAL") or message["IFA_ADDRESS"])


def peer(message: Message) -> str:
    """Returns the address of the other end of a point-to-point link."""
    found = message.get("IFA_ADDRESS", "")
    return "" if found == own_address(message) else str(found)


def hops(message: Message) -> tuple[tuple[int | None, str, int], ...]:
    """Returns ifindex, gateway and weight of each next hop."""
    if "RTA_MULTIPATH" in message:
        listed = message["RTA_MULTIPATH"]
        return tuple((hop["oif"] or None, hop.get("RTA_GATEWAY", ""), hop["hops"] + 1) for hop in listed)
    via = message.get("RTA_GATEWAY") or message.get("RTA_VIA", {}).get("addr", "")
    return ((message.get("RTA_OIF"), via, 1),) if via or "RTA_OIF" in message else ()


def unless_set(key: str) -> Side:
    """Returns a number, None for the one that means that it is not set."""
    return lambda message: None if message.get(key, _NOT_SET) == _NOT_SET else message[key]


TABLES: Mapping[type[Any], Mapping[str, Side]] = {
    Address: {
        "ifindex": value("index"),
        "family": family,
        "address": own_address,
        "prefix": value("prefixlen"),
        "peer": peer,
        "broadcast": value("IFA_BROADCAST"),
        "label": value("IFA_LABEL"),
        "scope": named("scope", SCOPES),
        "metric": value("IFA_RT_PRIORITY", 0),
    },
    Neighbour: {
        "ifindex": value("ifindex"),
        "family": family,
        "address": value("NDA_DST"),
        "mac": value("NDA_LLADDR"),
        "state": lambda message: _NUD.get(message["state"], "known"),
        "router": flag("flags", 0x80),
        "extern_learn": flag("flags", 0x10),
        "protocol": value("NDA_PROTOCOL", 0),
    },
    FdbEntry: {
        "ifindex": value("ifindex"),
        "mac": value("NDA_LLADDR"),
        "master": value("NDA_MASTER", None),
        "remote": value("NDA_DST"),
        "port": value("NDA_PORT", 0),
        "vni": value("NDA_VNI", 0),
        "via": value("NDA_IFINDEX", None),
        "src_vni": value("NDA_SRC_VNI", None),
        "nexthop": value("NDA_NH_ID", None),
        "sticky": flag("flags", 0x40),
        "extern_learn": flag("flags", 0x10),
    },
    Route: {
        "family": family,
        "table": value("RTA_TABLE"),
        "dst": prefix("RTA_DST", "dst_len", default=True),
        "src": prefix("RTA_SRC", "src_len"),
        "tos": value("tos"),
        "metric": value("RTA_PRIORITY", 0),
        "type": named("type", ROUTE_TYPES),
        "scope": named("scope", SCOPES),
        "protocol": named("proto", PROTOCOLS),
        "prefsrc": value("RTA_PREFSRC"),
        "hops": hops,
    },
    RouteRule: {
        "family": family,
        "priority": value("FRA_PRIORITY", 0),
        "table": value("FRA_TABLE"),
        "target": value("FRA_GOTO", None),
        "invert": flag("flags", 2),
        "src": prefix("FRA_SRC", "src_len"),
        "dst": prefix("FRA_DST", "dst_len"),
        "iif": value("FRA_IIFNAME"),
        "oif": value("FRA_OIFNAME"),
        "tos": value("tos"),
        "fwmark": value("FRA_FWMARK", None),
        "fwmask": value("FRA_FWMASK", None),
        "ip_protocol": value("FRA_IP_PROTO", None),
        "suppress_prefix": unless_set("FRA_SUPPRESS_PREFIXLEN"),
        "suppress_group": unless_set("FRA_SUPPRESS_IFGROUP"),
    },
}
