"""Run inside a world: a monitor with a far too small buffer, a storm of changes, and the model afterwards.

overrunning.py pairs|addresses
Prints one JSON object: the number of lines of the storm and how long it took, how often events were lost and everything
was read again, and how long after the storm the model equalled a fresh read (null if never).
"""

import json
import subprocess
import sys
import time

from netviz.agent.live.host_reader import read_topology
from netviz.agent.live.monitor import Monitor
from netviz.agent.live.read_options import ReadOptions
from netviz.model.delta import diff
from tests.waiting import Limit

_BUFFER_BYTES = 32 << 10  # the kernel doubles this size
_LIMIT_S = 10.0


def pairs() -> list[str]:
    """Returns commands for `ip -batch`: some pairs stay, some are deleted, and addresses are added and deleted."""
    lines = []
    for number in range(150):
        lines += [f"link add v{number} type veth peer name w{number}", f"link set v{number} up"]
        lines += [f"addr add 10.0.{number}.1/24 dev v{number}", f"link set w{number} up"]
    return [*lines, *(f"link del v{number}" for number in range(0, 150, 2))]


def addresses() -> list[str]:
    """Returns commands that cause ten thousand events of addresses and their routes."""
    all_of_them = [f"10.{number // 250}.{number % 250}.1/32 dev lo" for number in range(2_600)]
    return [*(f"addr add {each}" for each in all_of_them), *(f"addr del {each}" for each in all_of_them[100:])]


def main(storm: str) -> None:
    lines = {"pairs": pairs, "addresses": addresses}[storm]()
    with Monitor(ReadOptions()) as monitor:
        monitor.start()
        monitor.route_events.limit_buffer(_BUFFER_BYTES)
        began = time.monotonic()
        # Nothing reads the first third of the events. Otherwise a busy machine is too slow to overrun the reader.
        unread, rest = lines[: len(lines) // 3], lines[len(lines) // 3 :]
        subprocess.run(["ip", "-batch", "-"], input="\n".join(unread).encode(), check=True)
        making = subprocess.Popen(["ip", "-batch", "-"], stdin=subprocess.PIPE)
        assert making.stdin is not None
        making.stdin.write("\n".join(rest).encode())
        making.stdin.close()
        while making.poll() is None:
            monitor.step(0.01)
        quiet = time.monotonic()
        late_s, limit = None, Limit(_LIMIT_S)
        while late_s is None and not limit.is_over:
            monitor.step(0.05)
            if not diff(monitor.world, read_topology(ReadOptions())):
                late_s = time.monotonic() - quiet
        answer = {"lines": len(lines), "took_s": quiet - began, "late_s": late_s, "entities": len(monitor.world)}
        print(json.dumps({**answer, "overruns": monitor.overruns, "resyncs": monitor.resyncs}))


if __name__ == "__main__":
    main(sys.argv[1])
