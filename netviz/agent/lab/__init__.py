"""The practice network: a private user namespace, and a small real network built in it by the kernel.

`enter_private` and `refused` are standard library alone; `build` imports pyroute2 (30 MiB) when it is called.
"""

from pathlib import Path

from netviz.agent.lab.private import enter_private, refused

__all__ = ["PRACTICE", "build", "enter_private", "refused"]

PRACTICE = Path(__file__).with_name("practice.toml")


def build(template: str) -> None:
    """Builds the network that `template` (TOML, as practice.toml) describes in the namespace of this thread.

    Needs a private mount namespace with /run/netns in it, as `enter_private` leaves behind, and a process with one
    thread. The processes it starts die with this one. Raises LabError with a sentence; what was built until then stays.
    """
    from netviz.agent.lab.network import build_network
    from netviz.agent.lab.template import parse

    build_network(parse(template))
