"""Every field of addresses, routes, rules and so on equals what ip and bridge print; none of them is lost."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from netviz.model.address import Address, FdbEntry, Neighbour
from netviz.model.device import Qdisc, TcFilter
from netviz.model.link import Ipv4Conf, Ipv6Conf, Link
from netviz.model.multicast import MdbEntry, MulticastRouter
from netviz.model.route import NextHopObject, Route, RouteRule
from netviz.model.topology import AnyEntity, Topology, of_type
from tests.conformance.live import dumped_topology
from tests.conformance.oracle_lists import compared, differences, never_set, tables, unduplicated
from tests.conformance.oracle_pyroute import TABLES as PYROUTE_TABLES
from tests.conformance.twins import TWINS
from tests.waiting import WAIT_S, Limit
from tests.worlds import CHECKOUT, World

Lines = list[dict[str, Any]]

PYROUTE = "tests.conformance.pyroute_lists"


SCRIPT = """
ip link add v0 type veth peer name v1
ip link set v0 up
tc qdisc add dev v0 root handle 1: htb default 10
tc class add dev v0 parent 1: classid 1:10 htb rate 1mbit
tc qdisc add dev v0 parent 1:10 handle 10: tbf rate 1mbit burst 10k latency 50ms
tc filter add dev v0 parent 1: protocol ip prio 3 u32 match ip dst 10.0.0.1 flowid 1:10
"""


def indexes(topology: Topology) -> dict[str, int]:
    return {link.ifname: link.ifindex for link in of_type(topology, Link)}


def printed(world: World, command: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(world.run(command) or "[]", object_pairs_hook=unduplicated)
    return found


def by_family(world: World, command: str) -> Lines:
    """Returns the lines of a command for both families, each with its family."""
    both = (("ip", "-4"), ("ip6", "-6"))
    return [{**line, "family": family} for family, option in both for line in printed(world, f"ip {option} {command}")]


def routes(world: World) -> Lines:
    return [{**line, "table": line.get("table", "254")} for line in by_family(world, "-d -j -N route show table all")]


def addresses(world: World) -> Lines:
    lines = printed(world, "ip -d -j addr")
    return [{**one, "ifindex": line["ifindex"]} for line in lines for one in line["addr_info"]]


def neighbours(world: World) -> Lines:
    lines = printed(world, "ip -d -j -N neigh") + printed(world, "ip -d -j -N neigh show proxy")
    return [line for line in lines if "INCOMPLETE" not in line.get("state", ())]


def fdb(world: World) -> Lines:
    lines = printed(world, "bridge -d -j fdb")
    return [line for line in lines if not int(line["mac"][:2], 16) & 1 or "dst" in line]


def groups(world: World) -> Lines:
    return [entry for each in printed(world, "bridge -d -j mdb") for entry in each["mdb"]]


def routers(world: World) -> Lines:
    found = [each["router"] for each in printed(world, "bridge -d -s -j mdb")]
    return [{**port, "dev": dev} for each in found for dev, ports in each.items() for port in ports]


LISTS: Mapping[type[AnyEntity], Callable[[World], Lines]] = {
    Address: addresses,
    Neighbour: neighbours,
    FdbEntry: fdb,
    Route: routes,
    NextHopObject: lambda world: printed(world, "ip -d -j nexthop"),
    RouteRule: lambda world: by_family(world, "-d -j -N rule"),
    MdbEntry: groups,
    MulticastRouter: routers,
}

# Fields that this test cannot give two values.
SAME: Mapping[type, set[str]] = {
    MdbEntry: {"flags"},  # they need a querier or hardware
    MulticastRouter: {"ifindex", "port", "type"},  # there is one
    Neighbour: {"managed"},  # needs a neighbour that answers
    Route: {"flags"},  # they need hardware
    RouteRule: {"l3mdev"},  # needs a VRF: the second kernel
}


@pytest.mark.parametrize("cls", LISTS, ids=lambda cls: cls.TAG)
def test_every_field_of_a_type_is_in_the_table_of_compared_fields(cls: type[AnyEntity]) -> None:
    assert compared(cls) == tables({})[cls].keys()


def test_every_object_that_the_kernel_lets_exist_beside_a_similar_one_is_read_with_the_values_that_are_printed(
    world: World,
) -> None:
    world.run(["sh", "-ec", TWINS])
    limit = Limit(WAIT_S)
    while found := differing_lists(world):  # what the kernel adds by itself may come between the two readers
        assert not limit.is_over, "\n".join(found)
    read = dumped_topology(world)
    unset = {cls.TAG: never_set(of_type(read, cls), cls) - SAME.get(cls, set()) for cls in LISTS}
    assert {tag: names for tag, names in unset.items() if names} == {}


def differing_lists(world: World) -> list[str]:
    """Returns the objects that only netviz reads, or that only the tools print, in words."""
    read = dumped_topology(world)
    rows = tables(indexes(read))
    return [line for cls, lines in LISTS.items() for line in differences(of_type(read, cls), lines(world), rows[cls])]


def shown(entity: AnyEntity, names: Iterable[str]) -> tuple[Any, ...]:
    """Returns these fields of an object. A next hop is shown as ifindex, gateway and weight."""
    values = (getattr(entity, name) for name in names)
    return tuple(
        tuple((hop.ifindex, hop.via, hop.weight) for hop in found) if name == "hops" else found
        for name, found in zip(names, values, strict=True)
    )


def differing_from_pyroute(world: World) -> list[str]:
    """Returns the objects that only netviz reads, or that only pyroute2 reads, in words."""
    read = dumped_topology(world)
    lists = json.loads(world.run(["env", f"PYTHONPATH={CHECKOUT}", sys.executable, "-m", PYROUTE]))
    out = []
    for cls, rows in PYROUTE_TABLES.items():
        ours = Counter(shown(each, rows) for each in of_type(read, cls) if not beside_pyroute(each))
        messages = [each for each in lists[cls.TAG] if "family" not in rows or rows["family"](each) is not None]
        theirs = Counter(tuple(side(message) for side in rows.values()) for message in messages if told(cls, message))
        out += [f"{cls.TAG}: only netviz: {each}" for each in (ours - theirs).elements()]
        out += [f"{cls.TAG}: only pyroute2: {each}" for each in (theirs - ours).elements()]
    return out


def beside_pyroute(entity: AnyEntity) -> bool:
    """Returns whether the dumps of pyroute2 do not have this object, or with a state that changes all the time."""
    return isinstance(entity, Neighbour) and (entity.proxy or entity.managed)


def told(cls: type[AnyEntity], message: Mapping[str, Any]) -> bool:
    """Returns whether an entity stands for this message of the kernel. The kernel itself makes neighbours for
    multicast and on links without ARP, and it asks a managed neighbour that does not answer again and again.
    """
    if cls is Neighbour:
        return message["state"] not in (0, 1, 0x40) and not message.get("NDA_FLAGS_EXT", 0) & 1
    if cls is FdbEntry:
        return not int(message["NDA_LLADDR"][:2], 16) & 1 or "NDA_DST" in message
    return not message.get("flags", 0) & 0x200 if cls is Route else True  # RTM_F_CLONED


def test_every_object_is_read_with_the_values_that_pyroute2_reads(world: World) -> None:
    world.run(["sh", "-ec", TWINS])
    limit = Limit(WAIT_S)
    while found := differing_from_pyroute(world):
        assert not limit.is_over, "\n".join(found)


def test_ipv4_and_ipv6_settings_of_links_equal_those_that_netconf_prints(world: World) -> None:
    world.run("ip link add v0 type veth peer name v1")
    for setting in ("ipv4.conf.v0.rp_filter=2", "ipv4.conf.v1.proxy_arp=1", "ipv6.conf.v0.forwarding=1"):
        world.run(f"sysctl -qw net.{setting}")
    read = dumped_topology(world)
    links = {link.ifname: link for link in of_type(read, Link)}
    lines = [line for line in printed(world, "ip -j netconf") if line["interface"] in links]
    assert len(lines) == 2 * len(links)
    for line in lines:
        link = links[line["interface"]]
        settings = link.ipv4 if line["family"] == "inet" else link.ipv6
        rows = tables({})[Ipv4Conf if line["family"] == "inet" else Ipv6Conf]
        assert {name: getattr(settings, name) for name in rows} == {name: side(line) for name, side in rows.items()}


def test_ipv4_and_ipv6_settings_of_links_equal_the_files_in_proc_sys(world: World) -> None:
    world.run("ip link add v0 type veth peer name v1")
    read = dumped_topology(world)
    (link,) = [link for link in of_type(read, Link) if link.ifname == "v0"]
    for family, settings in (("ipv4", link.ipv4), ("ipv6", link.ipv6)):
        folder = f"/proc/sys/net/{family}/conf/v0"
        lines = world.run(["sh", "-c", f"cd {folder} && for f in *; do echo $f $(cat $f 2>/dev/null); done"])
        files = {name: value for name, *rest in map(str.split, lines.splitlines()) for value in rest[:1]}
        assert differing(settings, files) == {}


# Settings whose files have another name or unit, or hold a secret.
RENAMED = {"hop_limit": "hop_limit", "mtu6": "mtu"}
SECONDS = {"router_solicitation_interval_ms": 1_000, "router_solicitation_delay_ms": 1_000} | {
    "router_probe_interval_ms": 1_000,
    "router_solicitation_max_interval_ms": 1_000,
}


def differing(settings: object, files: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Returns the settings that differ from their files, and those without one."""
    out = {}
    for name in settings.__slots__:  # type: ignore[attr-defined]
        value = getattr(settings, name)
        file = RENAMED.get(name) or name.removesuffix("_ms").removesuffix("_s")
        if files.get(file) != str(value // SECONDS.get(name, 1)):
            out[name] = (value, files.get(file, "no file"))
    return out


def test_qdiscs_and_filters_equal_those_that_tc_prints(world: World) -> None:
    world.run(["sh", "-ec", SCRIPT])
    read = dumped_topology(world)
    index = indexes(read)
    ours = {(each.ifindex, each.kind, each.handle, each.parent) for each in of_type(read, Qdisc)}
    theirs = {
        (index[line["dev"]], line["kind"], line["handle"], "root" if line.get("root") else line["parent"])
        for line in printed(world, "tc -j qdisc")
        if line["handle"] != "0:"
    }
    assert ours == theirs
    filters = [(each.parent, each.priority, each.kind, each.protocol, each.handle) for each in of_type(read, TcFilter)]
    lines = [line for line in printed(world, "tc -j filter show dev v0") if "key_ht" in line.get("options", ())]
    assert filters == [
        (line["parent"], line["pref"], line["kind"], line["protocol"], line["options"]["fh"]) for line in lines
    ]
