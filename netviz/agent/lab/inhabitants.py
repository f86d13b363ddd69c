"""Creates the namespaces of a practice network, and the processes that stay in them."""

import contextlib
import os
import signal
import socket
import time
from typing import NoReturn

from netviz.agent.lab.template import Namespace
from netviz.agent.system.syscalls import CLONE_NEWNET, MS_BIND, die_with_parent, mount, name_process, unshare

DISCARD = 9  # the UDP port of the discard service (RFC 863)
PERIOD_S = 2.0


def settle(namespace: Namespace) -> None:
    """Forks a process that stays in a new network namespace, and gives the namespace a name in /run/netns.

    Raises OSError.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _live(namespace, writing)
    os.close(writing)
    with open(reading, "rb") as answer:
        failure = answer.read()
    if failure != b"ready":
        raise OSError(0, failure.decode(errors="replace") or "its process ended", namespace.name)
    path = f"/run/netns/{namespace.name}"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o444))
    mount(f"/proc/{child}/ns/net", path, "none", MS_BIND)


def _live(namespace: Namespace, writing: int) -> NoReturn:
    """Runs in the forked child, a process of the practice network: creates its namespace and sends packets for ever.

    It closes the descriptors that it inherited from its parent, and is killed when its parent ends.
    """
    try:
        die_with_parent(signal.SIGKILL)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        unshare(CLONE_NEWNET)
        name_process(namespace.process)
        os.write(writing, b"ready")
    except OSError as error:
        os.write(writing, str(error).encode())
        os._exit(1)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _talk(namespace.talks_to)


def _talk(peer: str | None) -> NoReturn:
    """Binds the UDP port of the discard service without reading from it.

    Sends a datagram to `peer` every `PERIOD_S` seconds.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talking:
        talking.bind(("", DISCARD))
        while True:
            time.sleep(PERIOD_S)
            if peer is not None:
                with contextlib.suppress(OSError):
                    talking.sendto(b"practice", (peer, DISCARD))
