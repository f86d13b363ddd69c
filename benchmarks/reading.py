"""Compares the cost of a full read with a C program that parses nothing, plotnetcfg, `ip` and pyroute2's NetNS.

It runs in a private world of 100, 500 and 2,000 namespaces, each with a veth to a bridge, addresses and routes; 20 of
500 have 100 netfilter rules. Runs take turns; the figure is the median. `main` runs inside the world that `run`
creates.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from netviz.agent.collect.subjects import SUBJECTS
from netviz.agent.live.host_reader import read_topology
from netviz.agent.live.read_options import ReadOptions
from netviz.agent.system.own_thread import in_own_thread
from tests.worlds import CHECKOUT, World

SIZES = (100, 500, 2_000)
PER_BRIDGE = 100
ROUNDS, SLOW_ROUNDS = 7, 2
RULED, RULES = 25, 100  # every `RULED`th namespace has `RULES` rules
PYROUTE2_NAMESPACES = 10

# The subjects of the lower bound except links, which are always read; then those with netfilter.
SIX = ("addresses", "neighbours", "fdb", "routes", "rules")


def build(namespaces: int) -> None:
    """Builds the network in the namespace of this process."""
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
    rules = "".join(f"add rule inet t c tcp dport {port} counter accept\n" for port in range(1, RULES + 1))
    for at in range(0, namespaces, RULED):
        script = f"add table inet t\nadd chain inet t c {{ type filter hook input priority 0; }}\n{rules}"
        subprocess.run(["ip", "netns", "exec", f"b{at}", "nft", "-f", "-"], input=script.encode(), check=True)


def program(*words: str) -> float:
    """Returns the milliseconds that a program takes."""
    return timed(lambda: subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True))


def _ip(lines: list[str], *options: str) -> None:
    subprocess.run(["ip", *options, "-batch", "-"], input="\n".join(lines).encode(), check=True)


def timed(work: Callable[[], object]) -> float:
    """Returns the milliseconds that `work` takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def read(subjects: tuple[str, ...]) -> Callable[[], object]:
    """Reads everything of these subjects, as `dump` does."""
    return lambda: in_own_thread(lambda: read_topology(ReadOptions(subjects=subjects)))


def floor(path: str) -> float:
    """The milliseconds of one run of the C program, by its own clock."""
    return float(subprocess.run([path, "1"], capture_output=True, check=True).stdout)


def pyroute2_read(name: str) -> None:
    """Reads one namespace with pyroute2, with the same six subjects."""
    from pyroute2 import NetNS

    with NetNS(name, flags=0) as ns:
        for dump in (ns.get_links, ns.get_addr, ns.get_routes, ns.get_rules, ns.get_neighbours):
            list(dump())
        list(ns.fdb("dump"))


def main(out: TextIO) -> None:
    """Measures in the world of this process, and writes one JSON object of medians in milliseconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("namespaces", type=int)
    parser.add_argument("floor")
    arguments = parser.parse_args()
    build(arguments.namespaces)
    ways: dict[str, Callable[[], float]] = {
        "floor": lambda: floor(arguments.floor),
        "six": lambda: timed(read(SIX)),
        "netfilter": lambda: timed(read((*SIX, "netfilter"))),
        "all": lambda: timed(read(tuple(SUBJECTS))),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, measure in ways.items():
            times[name].append(measure())
            time.sleep(0.2)  # the observer namespace of the last run is destroyed in the background
    slow: dict[str, Callable[[], float]] = {
        "plotnetcfg": lambda: program("plotnetcfg"),
        "ip": lambda: program("ip", "-all", "netns", "exec", "ip", "-o", "address"),
    }
    for name, measure in slow.items():
        times[name] = [measure() for _ in range(SLOW_ROUNDS)]
    medians = {name: statistics.median(found) for name, found in times.items()}
    each = [timed(lambda name=f"b{at}": pyroute2_read(name)) for at in range(PYROUTE2_NAMESPACES)]  # type: ignore[misc]
    medians["pyroute2"] = statistics.median(each) * arguments.namespaces
    json.dump(medians, out)


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    with tempfile.TemporaryDirectory() as folder:
        floor_program = str(Path(folder) / "floor")
        subprocess.run(["gcc", "-O2", "-o", floor_program, str(Path(__file__).with_name("floor.c"))], check=True)
        for size in SIZES:
            world = World()
            try:
                command = [sys.executable, "-m", "benchmarks.reading", str(size), floor_program]
                found = json.loads(world.run(["env", f"PYTHONPATH={CHECKOUT}", *command]))
            finally:
                world.close()
            yield from _lines(size, found)


def _lines(size: int, found: dict[str, float]) -> list[str]:
    least = found["floor"]
    what = {
        "floor": "C floor, six dumps each, nothing parsed",
        "six": "agent, the same six subjects as entities",
        "netfilter": f"agent, and netfilter: one namespace in {RULED} has {RULES} rules",
        "all": "agent, everything it reads",
        "plotnetcfg": "plotnetcfg: links alone",
        "ip": "ip -all netns exec ip address: addresses alone",
        "pyroute2": f"pyroute2 NetNS, six subjects ({PYROUTE2_NAMESPACES} namespaces, scaled)",
    }
    return [
        f"full read of {size} namespaces: {found[name]:8.1f} ms ({found[name] / least:5.1f}x)  {words}"
        for name, words in what.items()
    ]


if __name__ == "__main__":
    main(sys.stdout)
