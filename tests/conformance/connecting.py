"""Run in the initial network namespace: a monitor that never searches by itself.

connecting.py            prints "ready", then a line `pid NAME` for each process of a namespace that becomes known
"""

import sys

import netviz.agent.live.discovery
from netviz.agent.live.monitor import Monitor
from netviz.agent.live.pacing import Round
from netviz.agent.live.read_options import ReadOptions
from netviz.agent.system.own_thread import in_own_thread
from netviz.model.namespace import Owner


class Never(Round):
    """A round that is never due."""

    def due(self) -> bool:
        """Returns that the round is not due."""
        return False


def main() -> None:
    setattr(netviz.agent.live.discovery, "Round", Never)  # noqa: B010 - a name that the module does not give away
    with Monitor(ReadOptions(subjects=())) as live:
        live.start()
        print("ready", flush=True)
        while True:
            for entity in live.step(0.1).put:
                if isinstance(entity, Owner):
                    print(*(f"{group.pid} {group.name}\n" for group in entity.processes), sep="", end="", flush=True)


if __name__ == "__main__":
    in_own_thread(main)
    sys.exit(0)
