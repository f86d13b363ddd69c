"""The live agent and the command `dump` show entities that belong to links: open taps, BPF programs, qdiscs."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from netviz.model.device import Qdisc, TcFilter, TunProcess
from netviz.model.link import Link
from netviz.model.topology import Topology, of_type
from tests.conformance.live import Live, dumped_topology
from tests.worlds import CHECKOUT, World

BPF = [sys.executable, str(CHECKOUT / "tests" / "conformance" / "bpf_programs.py")]

# Has a tap of this name open until it is killed.
OPEN = """
import fcntl, os, struct, sys, time
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", sys.argv[1].encode(), 0x1002))
print("open", flush=True)
time.sleep(60)
"""


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in the world."""
    agent = Live(world)
    yield agent
    agent.close()


def both(world: World, live: Live, facts: Callable[[Topology], Any], expected: Any, limit_s: float = 5.0) -> None:
    """Checks that the live agent shows these facts, and that the command `dump` shows them too."""
    try:
        live.wait_until(lambda: bool(facts(live.topology) == expected), limit_s)
    except AssertionError:
        assert facts(live.topology) == expected
        raise
    live.wait_until_as_fresh()
    assert facts(dumped_topology(world)) == expected


def openers(topology: Topology) -> Any:
    links = {link.key: link.ifname for link in of_type(topology, Link)}
    found = of_type(topology, TunProcess)
    return sorted((links.get(f"link/{each.ns}/{each.ifindex}"), each.process) for each in found)


def test_process_is_shown_while_it_has_a_tap_open(world: World, live: Live) -> None:
    process = world.popen([sys.executable, "-ISc", OPEN, "t0"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    name = re.sub(r".*/", "", sys.executable)[:15]
    both(world, live, openers, [("t0", name)])
    assert f"opened by {name} (" in world.agent("dump").stdout
    process.kill()
    both(world, live, openers, [])


def test_process_that_opened_a_tap_is_found_after_the_tap_moved_to_another_namespace_if_no_other_tap_has_the_same_name(
    world: World, live: Live
) -> None:
    world.run("ip netns add n1")
    process = world.popen([sys.executable, "-ISc", OPEN, "t9"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    world.run("ip link set t9 netns n1")
    name = re.sub(r".*/", "", sys.executable)[:15]
    both(world, live, openers, [("t9", name)])
    world.run("ip -n n1 link add x9 type veth peer name y9")
    world.run("ip tuntap add t9 mode tap")
    world.run("ip netns add n2")
    world.run("ip link set t9 netns n2")  # two taps of this name, none in the process's namespace: not reported
    both(world, live, openers, [], 10.0)


def test_qdisc_or_filter_is_shown_from_its_creation_until_its_deletion(world: World, live: Live) -> None:
    world.run("ip link add v0 type veth peer name v1")
    world.run("tc qdisc add dev v0 clsact")
    world.run("tc filter add dev v0 ingress protocol ip prio 3 u32 match u32 0 0 action mirred egress redirect dev v1")

    def facts(topology: Topology) -> Any:
        qdiscs = [(each.parent, each.handle, each.kind) for each in of_type(topology, Qdisc)]
        filters = [(each.parent, each.priority, each.kind, each.actions) for each in of_type(topology, TcFilter)]
        return qdiscs, filters

    both(world, live, facts, ([("clsact", "ffff:", "clsact")], [("ingress", 3, "u32", ("mirred",))]))
    world.run("tc filter del dev v0 ingress")
    both(world, live, facts, ([("clsact", "ffff:", "clsact")], []))
    world.run("tc qdisc replace dev v0 root handle 7: tbf rate 1mbit burst 10k latency 50ms")
    world.run("tc qdisc del dev v0 clsact")
    both(world, live, facts, ([("root", "7:", "tbf")], []))
    printed = {line["handle"] for line in json.loads(world.run("tc -j qdisc show dev v0"))}
    assert printed == {"7:"}


@pytest.mark.root
def test_bpf_programs_are_shown_by_name(world: World, live: Live) -> None:
    world.run("mount -t bpf bpf /sys/fs/bpf")
    world.run("ip link add v0 type veth peer name v1")
    world.run([*BPF, "pin", "sched_cls", "my_classifier", "/sys/fs/bpf/cls"])
    world.run([*BPF, "pin", "xdp", "my_xdp", "/sys/fs/bpf/xdp"])
    world.run("tc qdisc add dev v0 clsact")
    world.run("tc filter add dev v0 egress prio 4 bpf direct-action object-pinned /sys/fs/bpf/cls")
    world.run("ip link set dev v0 xdpgeneric pinned /sys/fs/bpf/xdp")

    def facts(topology: Topology) -> Any:
        filters = [
            (each.parent, each.priority, each.kind, each.name, each.direct) for each in of_type(topology, TcFilter)
        ]
        programs = [(each.mode, each.name) for link in of_type(topology, Link) for each in link.xdp]
        return filters, programs

    both(world, live, facts, ([("egress", 4, "bpf", "my_classifier", True)], [("generic", "my_xdp")]))
    (found,) = of_type(live.topology, TcFilter)
    (printed,) = [
        line["options"] for line in json.loads(world.run("tc -j filter show dev v0 egress")) if "options" in line
    ]
    assert (found.program, found.tag) == (printed["prog"]["id"], printed["prog"]["tag"])


@pytest.mark.root
def test_tcx_programs_are_listed_in_the_order_of_execution(world: World) -> None:
    world.run("mount -t bpf bpf /sys/fs/bpf")
    world.run("ip link add v0 type veth peer name v1")
    for name in ("first", "second"):
        world.run([*BPF, "pin", "sched_cls", name, f"/sys/fs/bpf/{name}"])
        world.run([*BPF, "tcx", "v0", "ingress", f"/sys/fs/bpf/{name}"])
    found = sorted(of_type(dumped_topology(world), TcFilter), key=lambda each: each.priority)
    assert [(each.parent, each.kind, each.name) for each in found] == [
        ("ingress", "tcx", "first"),
        ("ingress", "tcx", "second"),
    ]


def test_dump_prints_the_kind_specific_data_of_links_and_the_data_of_bridge_ports(world: World) -> None:
    for command in (
        "ip link add br0 type bridge ageing_time 2500",
        "ip link add v0 type veth peer name v1",
        "ip link set v0 master br0",
        "bridge link set dev v0 cost 7",
        "ip link add mv link v1 type macvlan mode private",
        "ip link add vx type vxlan id 99 remote 192.0.2.9 local 192.0.2.1 dstport 4790",
    ):
        world.run(command)
    lines = [line.strip() for line in world.agent("dump").stdout.splitlines()]
    for line in (
        "bridge ageing 25 s",
        "port disabled cost 7",
        "macvlan mode private",
        "vxlan id 99 local 192.0.2.1 remote 192.0.2.9 port 4790",
    ):
        assert any(printed.startswith(line) for printed in lines)
