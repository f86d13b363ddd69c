"""Compares whole runs of `dump` on a host of 500 namespaces with plotnetcfg, in one world and by turns.

`dump --help` is compared with a Python interpreter that does nothing. The figure is the median.
"""

import statistics
import sys
import time
from collections.abc import Iterator

from benchmarks.reading import build, program
from tests.worlds import CHECKOUT, World, agent_command

NAMESPACES = 500
ROUNDS = 9
REST_S = 0.3  # the observer namespace of the last run is destroyed in the background

PLOTNETCFG = ("plotnetcfg",)
BARE = (sys.executable, "-c", "pass")
HELP = (*agent_command("dump"), "--help")
FORMATS = ("edges", "json", "text")


def main() -> None:
    """Measures in the world of this process, and prints a line for each program."""
    build(NAMESPACES)
    # The first duplicate address detection ends after some seconds, and learned FDB entries appear.
    time.sleep(5)
    runs = {"plotnetcfg": PLOTNETCFG, "interpreter": BARE, "help": HELP}
    runs |= {name: (*agent_command("dump"), "--format", name) for name in FORMATS}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, words in runs.items():
            times[name].append(program(*words))
            time.sleep(REST_S)
    medians = {name: statistics.median(found) for name, found in times.items()}
    print(f"plotnetcfg: {medians['plotnetcfg']:.0f} ms; interpreter alone: {medians['interpreter']:.0f} ms")
    print(f"dump --help: the interpreter and {medians['help'] - medians['interpreter']:.0f} ms")
    for name in FORMATS:
        ratio = medians[name] / medians["plotnetcfg"]
        print(f"dump --format {name}: {medians[name]:.0f} ms, {ratio:.2f}x plotnetcfg")


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    world = World()
    try:
        yield from world.run(["env", f"--chdir={CHECKOUT}", sys.executable, "-m", "benchmarks.dump"]).splitlines()
    finally:
        world.close()


if __name__ == "__main__":
    main()
