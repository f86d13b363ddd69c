"""The values of each field of addresses, neighbours, FDB entries, routes, nexthop objects, route rules, multicast
groups and netconf, according to `ip -d -j` and `bridge -d -j`.

There is a table for each class: field -> the value in a printed line. A field that is not in its table, and not in
`ELSEWHERE`, makes a test fail.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.link import Ipv4Conf, Ipv6Conf
from netviz.model.multicast import MdbEntry, MulticastRouter
from netviz.model.route import EncapOption, Metric, NextHop, NextHopMember, NextHopObject, Range, Route, RouteRule
from netviz.uapi.notation import PROTOCOLS, ROUTE_TYPES, SCOPES

Line = Mapping[str, Any]
Side = Callable[[Line], Any]
Index = Mapping[str, int]

# Fields that are not compared here, with the place that tests them.
ELSEWHERE: Mapping[type, Mapping[str, str]] = {
    Address: {"protocol": "ip of this machine is too old: test_newer_attributes.py"},
    Neighbour: {
        "offloaded": "needs hardware",
        "extern_valid": "ip of this machine is too old: test_newer_attributes.py",
    },
    FdbEntry: {
        "nth": "netviz's own number: test_newer_attributes.py",
        "offloaded": "needs hardware",
        "via_elsewhere": "bridge prints no word for it: test_newer_attributes.py",
        "vlan": "needs a bridge that filters VLANs: the second kernel",
        "locked": "bridge of this machine is too old: test_newer_attributes.py",
        "activity_notify": "bridge of this machine is too old: test_newer_attributes.py",
        "inactive": "bridge of this machine is too old: test_newer_attributes.py",
    },
    Route: {"nth": "netviz's own number: test_newer_attributes.py"},
    NextHopObject: {"hw_stats": "needs hardware"},
    RouteRule: {
        "nth": "netviz's own number: test_newer_attributes.py",
        **dict.fromkeys(
            ("dscp", "dscp_mask", "sport_mask", "dport_mask", "flowlabel", "flowlabel_mask"),
            "ip of this machine is too old: test_newer_attributes.py",
        ),
    },
    MdbEntry: {
        "nth": "netviz's own number: test_newer_attributes.py",
        "vlan": "needs a bridge that filters VLANs: the second kernel",
        **dict.fromkeys(
            ("src_vni", "remote", "remote_port", "vni", "via"),
            "bridge of this machine is too old for the groups of a vxlan: test_newer_attributes.py",
        ),
        "mode": "needs a bridge whose querier speaks IGMPv3: test_newer_attributes.py",
        "sources": "needs a bridge whose querier speaks IGMPv3: test_newer_attributes.py",
    },
    MulticastRouter: {"vlan": "needs a bridge with multicast settings for single VLANs"},
}
ALWAYS = {"ns": "the place of the line", "notes": "test_newer_attributes.py"}

_FAMILIES = {"inet": "ip", "inet6": "ip6"}
_BITS = {"ip": 32, "ip6": 128}


def has(*keys: str) -> Side:
    """Returns whether the line has one of these keys."""
    return lambda line: any(key in line for key in keys)


def text(key: str) -> Side:
    """Returns a text, empty if the line has none."""
    return lambda line: line.get(key, "")


def number(key: str, otherwise: int | None = 0) -> Side:
    """Returns a number, which may be written as text and in hexadecimal."""
    return lambda line: int(str(line[key]), 0) if key in line else otherwise


def named(key: str, names: Mapping[int, str]) -> Side:
    """Returns the name of a number that `-N` prints."""
    return lambda line: names.get(int(line.get(key, 0)), str(line.get(key)))


def device(key: str, index: Index) -> Side:
    """Returns the ifindex of a link by its name, None if the line names none."""
    return lambda line: index[line[key]] if key in line else None


def prefix(key: str, otherwise: str = "") -> Callable[[Line, str], str]:
    """Returns a prefix; a single address has its full length."""

    def side(line: Line, family: str) -> str:
        found = line.get(key, otherwise)
        if found in ("default", "all", ""):
            return {"default": "0.0.0.0/0" if family == "ip" else "::/0"}.get(found, "")
        return found if "/" in found else f"{found}/{_BITS[family]}"

    return side


def rule_prefix(key: str, length: str) -> Callable[[Line], str]:
    """Returns the prefix of a rule, whose length is a value of its own."""
    return lambda line: (
        "" if line.get(key, "all") == "all" else f"{line[key]}/{line.get(length, _BITS[line['family']])}"
    )


def span(start: str, end: str, single: str) -> Side:
    """Returns a range of ports or users, which may be a single one."""

    def side(line: Line) -> Range | None:
        if start in line:
            return Range(line[start], line[end])
        return Range(line[single], line[single]) if single in line else None

    return side


def realms(line: Line) -> str:
    """Returns the realms of a route or rule."""
    flow = line.get("flow", {"from": line.get("flow_from"), "to": line.get("flow_to")})
    return "/".join(word for word in (flow.get("from"), flow.get("to")) if word)


_FLAG = {"csum": "csum", "key": "key", "seq": "seq"}


def encap(line: Line) -> tuple[EncapOption, ...]:
    """Returns the options of an encapsulation. JSON has them among those of the route; of two `dst` the last counts."""
    out = []
    for key in ("mode", "action", "segs", "id", "src", "tunnel_dst", "ttl", "tos", "nh4", "nh6", "seg_table", *_FLAG):
        if key in line and (key != "id" or line["encap"] == "ip"):  # a nexthop object has an id too
            value = line[key]
            word = {"tunnel_dst": "dst", "seg_table": "table"}.get(key, key)
            written = ",".join(value) if isinstance(value, list) else "" if key in _FLAG else str(value)
            out.append(EncapOption(word, written))
    return tuple(out)


def hops(line: Line, index: Index) -> tuple[NextHop, ...]:
    """Returns the next hops of a route."""
    listed = line.get("nexthops")
    if listed is None:
        listed = [line] if "dev" in line or "gateway" in line or "via" in line else []
    return tuple(
        NextHop(
            index[hop["dev"]] if "dev" in hop else None,
            hop.get("gateway") or hop.get("via", {}).get("host", ""),
            hop.get("weight", 1),
            tuple(flag for flag in hop.get("flags", ()) if flag != "rt_offload"),
            hop.get("encap", ""),
            encap(hop) if "encap" in hop else (),
            realms(hop) if listed is not None and len(listed) > 1 else "",
        )
        for hop in listed
    )


_FEATURES = {"ecn": 1, "tcp_usec_ts": 16}


def metrics(line: Line) -> frozenset[Metric]:
    """Returns the metrics of a route as a set, without locks: JSON does not have them."""
    out: set[Metric] = set()
    for each in line.get("metrics", ()):
        for key, value in each.items():
            if key in _FEATURES:
                out.add(Metric("features", _FEATURES[key], key))
            elif key == "congestion":
                out.add(Metric("congctl", text=value))
            else:
                out.add(Metric(key, value))
    return frozenset(out)


def neighbour_state(line: Line) -> str:
    """Returns the state of a neighbour in our words."""
    if "proxy" in line:
        return ""
    words = {"PERMANENT": "permanent", "NOARP": "noarp", "FAILED": "failed"}
    return next((words[state] for state in line["state"] if state in words), "known")


def address_flags(line: Line) -> frozenset[str]:
    """Returns the flags of an address as a set. ip says "dynamic" where an address is not permanent."""
    words = frozenset(key for key, value in line.items() if value is True)
    return words - {"dynamic"} if "dynamic" in words else words | {"permanent"}


def action(line: Line) -> str:
    """Returns the action of a rule."""
    if "goto" in line:
        return "goto"
    return "nop" if "nop" in line else ROUTE_TYPES[int(line["action"])] if "action" in line else "lookup"


def tables(index: Index) -> Mapping[type, Mapping[str, Side]]:
    """Returns the tables; `index` maps names of links to ifindexes."""
    route = {
        "family": text("family"),
        "table": number("table"),
        "dst": lambda line: prefix("dst")(line, line["family"]),
        "src": lambda line: prefix("from")(line, line["family"]),
        "tos": number("tos"),
        "metric": number("metric"),
        "type": named("type", ROUTE_TYPES),
        "scope": named("scope", SCOPES),
        "protocol": named("protocol", PROTOCOLS),
        "prefsrc": text("prefsrc"),
        "hops": lambda line: hops(line, index),
        "nexthop": number("nhid", None),
        "metrics": metrics,
        "preference": text("pref"),
        "flags": lambda line: tuple(flag for flag in line["flags"] if flag.startswith("rt_")),
        "realms": realms,
        "expires": has("expires"),
    }
    return {
        Address: {
            "ifindex": number("ifindex"),
            "family": lambda line: _FAMILIES[line["family"]],
            "address": text("local"),
            "prefix": number("prefixlen"),
            "peer": text("address"),
            "broadcast": text("broadcast"),
            "label": text("label"),
            "scope": text("scope"),
            "metric": number("metric"),
            "flags": address_flags,
        },
        Neighbour: {
            "ifindex": device("dev", index),
            "family": lambda line: "ip6" if ":" in line["dst"] else "ip",
            "address": text("dst"),
            "mac": text("lladdr"),
            "state": neighbour_state,
            "router": has("router"),
            "proxy": has("proxy"),
            "extern_learn": has("extern_learn"),
            "protocol": number("protocol"),
            "managed": has("managed"),
        },
        FdbEntry: {
            "ifindex": device("ifname", index),
            "mac": text("mac"),
            "table": lambda line: "self" if "self" in line["flags"] else "master",
            "master": device("master", index),
            "state": lambda line: line["state"] or "learned",
            "remote": text("dst"),
            "vni": number("vni"),
            "port": number("port"),
            "sticky": lambda line: "sticky" in line["flags"],
            "extern_learn": lambda line: "extern_learn" in line["flags"],
            "via": device("viaIf", index),
            "src_vni": number("src_vni", None),
            "nexthop": number("nhid", None),
        },
        Route: route,
        NextHopObject: {
            "id": number("id"),
            "family": lambda line: None if "group" in line else "ip6" if ":" in line.get("gateway", "") else "ip",
            "ifindex": device("dev", index),
            "via": text("gateway"),
            "group": lambda line: tuple(
                NextHopMember(each["id"], each.get("weight", 1)) for each in line.get("group", ())
            ),
            "group_type": lambda line: line.get("type", "multipath") if "group" in line else "",
            "blackhole": has("blackhole"),
            "fdb": has("fdb"),
            "scope": text("scope"),
            "protocol": text("protocol"),
            "flags": lambda line: tuple(line["flags"]),
            "encap": text("encap"),
            "encap_options": lambda line: encap(line) if "encap" in line else (),
            "buckets": lambda line: line.get("resilient_args", {}).get("buckets"),
            "idle_timer_cs": lambda line: 100 * line.get("resilient_args", {}).get("idle_timer", 0),
            "unbalanced_timer_cs": lambda line: 100 * line.get("resilient_args", {}).get("unbalanced_timer", 0),
        },
        RouteRule: {
            "family": text("family"),
            "priority": number("priority"),
            "action": action,
            "table": number("table"),
            "target": number("goto", None),
            "invert": has("not"),
            "src": rule_prefix("src", "srclen"),
            "dst": rule_prefix("dst", "dstlen"),
            "iif": text("iif"),
            "oif": text("oif"),
            "tos": number("tos"),
            "fwmark": number("fwmark", None),
            "fwmask": lambda line: (
                int(line["fwmask"], 0) if "fwmask" in line else 0xFFFF_FFFF if "fwmark" in line else None
            ),
            "protocol": lambda line: named("protocol", PROTOCOLS)(line) if line["protocol"] != "0" else "",
            "ip_protocol": lambda line: int(line["ipproto"].removeprefix("ipproto-")) if "ipproto" in line else None,
            "sport": span("sport_start", "sport_end", "sport"),
            "dport": span("dport_start", "dport_end", "dport"),
            "uids": span("uid_start", "uid_end", "uid"),
            "tunnel_id": lambda line: str(line.get("tun_id", "")),
            "l3mdev": has("l3mdev"),
            "suppress_prefix": number("suppress_prefixlen", None),
            "suppress_group": number("suppress_ifgroup", None),
            "flags": lambda line: tuple(
                word
                for word, key in (
                    ("unresolved", "unresolved"),
                    ("iif-detached", "iif_detached"),
                    ("oif-detached", "oif_detached"),
                )
                if key in line
            ),
            "realms": realms,
        },
        MdbEntry: {
            "ifindex": device("dev", index),
            "port": device("port", index),
            "group": text("grp"),
            "source": text("src"),
            "permanent": lambda line: line["state"] == "permanent",
            "protocol": text("protocol"),
            "flags": lambda line: tuple(line["flags"]),
        },
        MulticastRouter: {
            "ifindex": device("dev", index),
            "port": device("port", index),
            "type": text("type"),
        },
        Ipv4Conf: {
            "forwarding": lambda line: int(line["forwarding"]),
            "rp_filter": lambda line: {"off": 0, "strict": 1, "loose": 2}[line["rp_filter"]],
            "mc_forwarding": lambda line: int(line["mc_forwarding"]),
            "proxy_arp": lambda line: int(line["proxy_neigh"]),
            "ignore_routes_with_linkdown": lambda line: int(line["ignore_routes_with_linkdown"]),
        },
        Ipv6Conf: {
            "forwarding": lambda line: int(line["forwarding"]),
            "mc_forwarding": lambda line: int(line["mc_forwarding"]),
            "proxy_ndp": lambda line: int(line["proxy_neigh"]),
            "ignore_routes_with_linkdown": lambda line: int(line["ignore_routes_with_linkdown"]),
        },
    }


def compared(cls: type) -> set[str]:
    """Returns the fields of a class that its table must have."""
    return {field.name for field in fields(cls)} - ELSEWHERE.get(cls, {}).keys() - ALWAYS.keys()


def _ours(entity: Any, name: str) -> Any:
    value = getattr(entity, name)
    if name == "metrics":
        return frozenset(Metric(metric.name, metric.value, metric.text) for metric in value)
    return frozenset(value) if name == "flags" and isinstance(entity, Address) else value


def differences(entities: Iterable[Any], lines: Iterable[Line], rows: Mapping[str, Side]) -> list[str]:
    """Returns which entities have no line, and which lines no entity: all fields of the table must be equal."""
    ours = Counter(tuple((name, _ours(entity, name)) for name in rows) for entity in entities)
    theirs = Counter(tuple((name, side(line)) for name, side in rows.items()) for line in lines)
    return [f"only netviz: {each}" for each in (ours - theirs)] + [f"only printed: {each}" for each in (theirs - ours)]


def unduplicated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Makes an object of JSON. A route with an encapsulation has two `dst` or `table`: that of the encapsulation is
    renamed.
    """
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key == "dst" and key in out:
            out["tunnel_dst"] = value
            continue
        if key == "table" and key in out:
            out["seg_table"] = out["table"]
        out[key] = value
    return out


def never_set(entities: Iterable[Any], cls: type) -> set[str]:
    """Returns the fields of the table that have their default, or the same value, in every entity."""
    values: dict[str, set[str]] = {}
    for entity in entities:
        for name in compared(cls):
            values.setdefault(name, set()).add(repr(getattr(entity, name)))
    return {name for name, found in values.items() if len(found) < 2}
