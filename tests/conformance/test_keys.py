"""Keys that readers compute in advance equal those of the model."""

import sys

from tests.worlds import CHECKOUT, World

CHECK = """
from dataclasses import replace
from netviz.agent.system.own_thread import in_own_thread
from netviz.agent.live.host_reader import read_topology
from netviz.agent.live.read_options import ReadOptions
world = in_own_thread(lambda: read_topology(ReadOptions()))
wrong = [key for key, entity in world.items() if replace(entity).key != key]
print(len({entity.t if hasattr(entity, "t") else type(entity).__name__ for entity in world.values()}), wrong)
"""

COMMANDS = (
    "ip netns add b",
    "ip link add br0 type bridge",
    "ip link add v0 type veth peer name eth0 netns b",
    "ip link set v0 master br0 up",
    "ip link set br0 up",
    "ip -n b link set eth0 up",
    "ip -n b addr add 10.0.0.2/24 dev eth0",
    "ip -n b addr add 10.9.0.1 peer 10.9.0.2/32 dev eth0",
    "ip -n b -6 addr add fd00::2/64 dev eth0 nodad",
    "ip -n b route add default via 10.0.0.1",
    "ip -n b route add 10.7.0.0/16 metric 7 table 9 via 10.0.0.1",
    "ip -n b -6 route add fd01::/64 from fd02::/64 via fd00::1",
    "ip -n b rule add from 10.0.0.0/24 table 9 prio 40",
    "ip -n b rule add from 10.1.0.0/24 table 9 prio 40",
    "ip link add vx type vxlan id 5 dstport 4789 dev br0 remote 10.0.0.9",
    "bridge fdb append 02:00:00:00:00:01 dev vx dst 10.0.0.8 vni 6",
)


def test_agent_readers_and_the_entities_themselves_compute_the_same_keys(world: World) -> None:
    for command in COMMANDS:
        world.run(command)
    printed = world.run(["env", f"PYTHONPATH={CHECKOUT}", sys.executable, "-c", CHECK])
    kinds, _, wrong = printed.strip().partition(" ")
    assert int(kinds) >= 8
    assert wrong == "[]"
