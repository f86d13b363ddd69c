"""The practice network: a small network of real links and namespaces, which the kernel runs in a private user
namespace.

Importing this package needs only the standard library. `build` imports pyroute2, which needs 30 MiB, when it is called.
"""

from pathlib import Path

from netviz.agent.lab.private import enter_private, refused

__all__ = ["PRACTICE", "build", "enter_private", "refused"]

PRACTICE = Path(__file__).with_name("practice.toml")


def build(template: str) -> None:
    """Builds the network that `template` (TOML, see practice.toml) describes, in the network namespace of the calling
    thread.

    Needs a private mount namespace with /run/netns, as `enter_private` creates it, and a process with one thread. The
    processes that it starts die with this process. Raises LabError; what was built before the error is not removed.
    """
    from netviz.agent.lab.network import build_network
    from netviz.agent.lab.template import parse

    build_network(parse(template))
