"""Run inside a world: a live monitor that forgets subjects of its host's namespace, as if their events had been lost.

forgetting.py SUBJECT...       prints the seconds until the monitor knows all of them again
"""

import sys
import time

from netviz.agent.live.monitor import Monitor
from netviz.agent.live.read_options import ReadOptions
from netviz.agent.system.own_thread import in_own_thread


def main() -> None:
    subjects = sys.argv[1:]
    with Monitor(ReadOptions()) as live:
        live.start()
        world = live.reader.world
        (ns,) = (ns for ns, namespace in live.reader.namespaces.by_id.items() if namespace.is_host)
        end = time.monotonic() + 2
        while time.monotonic() < end:  # what its start has caused is over then
            live.step(0.1)
        known = {subject: world.part(ns, subject) for subject in subjects}
        assert all(known.values()), known
        for subject, entities in known.items():
            world.replace(ns, subject, entities[1:])
        began = time.monotonic()
        while any(len(world.part(ns, subject)) < len(entities) for subject, entities in known.items()):
            live.step(0.1)
        print(time.monotonic() - began)


if __name__ == "__main__":
    in_own_thread(main)
