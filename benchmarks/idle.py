"""Measures the agent's cost while nothing happens: CPU and memory of its two processes, on hosts of three sizes.

The agent is the real one, connected to the real server, in a private world. When it is idle, its CPU time over
`WATCH_S` seconds is read from the scheduler, and its memory as proportional set size (PSS).
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fanout import cpu_s
from benchmarks.latency import serving
from benchmarks.reading import build
from tests.worlds import CHECKOUT, World

SIZES = (10, 100, 500)
# New links send packets for a while: for duplicate address detection, routers and groups (RFC 4861, RFC 3810).
REST_S, WATCH_S = 30, 30


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    for size in SIZES:
        world = World()
        try:
            yield from world.run(
                ["env", f"--chdir={CHECKOUT}", sys.executable, "-m", "benchmarks.idle", str(size)]
            ).splitlines()
        finally:
            world.close()


def pss_kib(pid: int) -> int:
    """Returns the memory of a process. Shared memory counts proportionally."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n")
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))


def agent_processes() -> list[int]:
    """Returns the session process and the kernel process, found by command line in the /proc of this world."""
    found = subprocess.run(["pgrep", "-f", "netviz.agent run"], capture_output=True, text=True, check=True)
    return [int(pid) for pid in found.stdout.split()]


def main(size: int) -> None:
    """Runs inside the world."""
    build(size)
    with tempfile.TemporaryDirectory(prefix="nvt-") as folder, serving(Path(folder)):
        time.sleep(REST_S)
        pids = agent_processes()
        before = sum(map(cpu_s, pids))
        time.sleep(WATCH_S)
        share = (sum(map(cpu_s, pids)) - before) / WATCH_S
        memory = ", ".join(f"{pss_kib(pid) / 1024:.0f}" for pid in pids)
        total = sum(map(pss_kib, pids)) / 1024
        print(
            f"{size:4} namespaces: {share:.2%} of a core; {total:.0f} MiB (session process, kernel process: {memory})"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]))
