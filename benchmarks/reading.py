"""What a full read costs: this agent's, against a C program that parses nothing, and pyroute2's NetNS.

Measured in a private world of 100 and of 500 namespaces, each with a veth to a bridge, addresses and routes; runs take
turns, and the median counts. `main` runs inside the world, `run` makes it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from netviz.agent.own_thread import in_own_thread
from netviz.agent.reader import ReadOptions, read_topology
from netviz.agent.subjects import READERS
from tests.worlds import CHECKOUT, World

SIZES = (100, 500)
PER_BRIDGE = 100
ROUNDS = 7
PYROUTE2_NAMESPACES = 10

# The floor's subjects but for links, which are always read; then those with netfilter.
SIX = ("addresses", "neighbours", "fdb", "routes", "rules")


def build(namespaces: int) -> None:
    """Makes the network in the namespace that the process is in."""
    links = [f"link add br{at} type bridge" for at in range(-(-namespaces // PER_BRIDGE))]
    links += [f"link set br{at} up" for at in range(len(links))]
    _ip([f"netns add b{at}" for at in range(namespaces)])
    for at in range(namespaces):
        links += [
            f"link add h{at} type veth peer name eth0 netns b{at}",
            f"link set h{at} master br{at // PER_BRIDGE} up",
        ]
    _ip(links)
    for at in range(namespaces):
        net = f"10.{at // 250}.{at % 250}"
        commands = [
            "link set lo up",
            "link set eth0 up",
            f"addr add {net}.2/24 dev eth0",
            f"route add default via {net}.1",
        ]
        _ip(commands, "-n", f"b{at}")


def _ip(lines: list[str], *options: str) -> None:
    subprocess.run(["ip", *options, "-batch", "-"], input="\n".join(lines).encode(), check=True)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that it takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def read(subjects: tuple[str, ...]) -> Callable[[], object]:
    """Reads everything of these subjects, as `dump` does."""
    return lambda: in_own_thread(lambda: read_topology(ReadOptions(subjects=subjects)))


def floor(program: str) -> float:
    """Milliseconds of one run of the C program, by its own clock."""
    return float(subprocess.run([program, "1"], capture_output=True, check=True).stdout)


def pyroute2_read(name: str) -> None:
    """One namespace by pyroute2, the same six subjects."""
    from pyroute2 import NetNS

    with NetNS(name, flags=0) as ns:
        for dump in (ns.get_links, ns.get_addr, ns.get_routes, ns.get_rules, ns.get_neighbours):
            list(dump())
        list(ns.fdb("dump"))


def main(out: TextIO) -> None:
    """Measures in the world that the process is in, and writes one JSON object of medians in milliseconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("namespaces", type=int)
    parser.add_argument("floor")
    arguments = parser.parse_args()
    build(arguments.namespaces)
    ways: dict[str, Callable[[], float]] = {
        "floor": lambda: floor(arguments.floor),
        "six": lambda: timed(read(SIX)),
        "netfilter": lambda: timed(read((*SIX, "netfilter"))),
        "all": lambda: timed(read(tuple(READERS))),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, measure in ways.items():
            times[name].append(measure())
            time.sleep(0.2)  # the observer namespace of the last run dies in the background
    medians = {name: statistics.median(found) for name, found in times.items()}
    each = [timed(lambda name=f"b{at}": pyroute2_read(name)) for at in range(PYROUTE2_NAMESPACES)]  # type: ignore[misc]
    medians["pyroute2"] = statistics.median(each) * arguments.namespaces
    json.dump(medians, out)


def run() -> list[str]:
    """The lines of the report."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder) / "floor")
        subprocess.run(["gcc", "-O2", "-o", program, str(Path(__file__).with_name("floor.c"))], check=True)
        for size in SIZES:
            world = World()
            try:
                command = [sys.executable, "-m", "benchmarks.reading", str(size), program]
                found = json.loads(world.run(["env", f"PYTHONPATH={CHECKOUT}", *command]))
            finally:
                world.close()
            lines += _lines(size, found)
    return lines


def _lines(size: int, found: dict[str, float]) -> list[str]:
    least = found["floor"]
    what = {
        "floor": "C floor, six dumps each, nothing parsed",
        "six": "agent, the same six subjects as entities",
        "netfilter": "agent, and netfilter",
        "all": "agent, everything it reads",
        "pyroute2": f"pyroute2 NetNS, six subjects ({PYROUTE2_NAMESPACES} namespaces, scaled)",
    }
    return [
        f"full read of {size} namespaces: {found[name]:8.1f} ms ({found[name] / least:5.1f}x)  {words}"
        for name, words in what.items()
    ]


if __name__ == "__main__":
    main(sys.stdout)
