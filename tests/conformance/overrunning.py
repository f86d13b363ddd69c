"""Run inside a world: a monitor with a buffer far too small, a storm of changes, and what is kept afterwards.

Prints one JSON object: how often events were lost, and whether the kept topology equals a fresh read in the end.
"""

import json
import subprocess
import time

from netviz.agent.monitor import Monitor
from netviz.agent.reader import ReadOptions, read_topology
from netviz.model.delta import diff

_BUFFER_BYTES = 32 << 10
_LIMIT_S = 10.0


def storm() -> str:
    """Commands for `ip -batch`: pairs that stay, pairs that go, addresses that come and go."""
    lines = []
    for number in range(150):
        lines += [f"link add v{number} type veth peer name w{number}", f"link set v{number} up"]
        lines += [f"addr add 10.0.{number}.1/24 dev v{number}", f"link set w{number} up"]
    lines += [f"link del v{number}" for number in range(0, 150, 2)]
    return "\n".join(lines)


def main() -> None:
    with Monitor(ReadOptions()) as monitor:
        monitor.start()
        monitor.route_events.limit_buffer(_BUFFER_BYTES)
        subprocess.run(["ip", "-batch", "-"], input=storm().encode(), check=True)
        end = time.monotonic() + _LIMIT_S
        differs = True
        while differs and time.monotonic() < end:
            for _ in range(20):
                monitor.step(0.05)
            differs = bool(diff(monitor.world, read_topology(ReadOptions())))
        print(json.dumps({"overruns": monitor.overruns, "differs": differs, "entities": len(monitor.world)}))


if __name__ == "__main__":
    main()
