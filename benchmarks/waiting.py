"""Measures how a server serves others while 1,100 connections from the same address wait and do nothing.

The server may open only 1,024 files, the usual limit of a process. The lower bound is the same server without the
waiting connections.
"""

import contextlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from websockets.sync.client import ClientConnection

from netviz.launch import programs
from netviz.launch.address import Address, origins
from tests.server.connected import agent, browser, is_served
from tests.server.knocking import UPGRADE, ask, crowd, head, is_closed
from tests.services import Served, free_port

CONNECTIONS, AGENTS, PAGES, ACKS = 1_100, 5, 100, 10


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    with _served() as served, contextlib.ExitStack() as opened:
        agents = [opened.enter_context(agent(served, f"h{n}", n)) for n in range(1, AGENTS + 1)]
        pages(served)  # the first ones load templates
        floor = p99(pages(served))
        yield f"alone:                       sign-in page p99 {floor:6.1f} ms; acks p99 {p99(acks(agents, 1)):6.1f} ms"
        handshake = head(served, "GET /ws/agent/", *UPGRADE.split("\r\n")[:-1])
        starts = {"nothing": b"", "half a head": handshake[:-20], "a handshake, and no proof": handshake}
        for seq, (name, start) in enumerate(starts.items(), 2):
            with browser(served) as early, crowd(served, CONNECTIONS, start) as waiting:
                page, ack = p99(pages(served)), p99(acks(agents, seq))
                closed = sum(map(is_closed, waiting))
                late = "let in" if _gets_in(served) and early.ping().wait(5) else "LOCKED OUT"
            yield (
                f"{CONNECTIONS:,} that send {name + ':':26} sign-in page p99 {page:6.1f} ms ({page / floor:.1f}x); "
                f"acks p99 {ack:6.1f} ms; {CONNECTIONS - closed:,} still open; a new browser is {late}"
            )


@contextlib.contextmanager
def _served() -> Iterator[Served]:
    command = programs.server(Address("127.0.0.1", port := free_port()))
    address = Address("127.0.0.1", port)
    state = Path(tempfile.mkdtemp(prefix="nvt-"))
    served = Served(Address("127.0.0.1", port, origins=origins(address, {})), state, {})
    served.manage("migrate", "--noinput", "--verbosity", "0")
    original = programs.server
    programs.server = lambda address: ["prlimit", "--nofile=1024:1024", "--", *command]
    try:
        served.start()
        yield served
    finally:
        programs.server = original
        served.close()
        shutil.rmtree(state)


def _gets_in(served: Served) -> bool:
    with browser(served) as late:
        return late.ping().wait(5)


def pages(served: Served) -> list[float]:
    """Returns the milliseconds that each of some requests of the sign-in page took."""
    found = []
    for _ in range(PAGES):
        began = time.perf_counter()
        if (status := ask(served, "GET /sign-in/").status) != 200:
            raise RuntimeError(f"the server answered {status}")
        found.append((time.perf_counter() - began) * 1e3)
    return found


def acks(agents: list[ClientConnection], seq: int) -> list[float]:
    """Returns the milliseconds from each of some snapshots of each agent to its acknowledgement. `seq` is a number that
    no earlier call had.
    """
    found = []
    for number in range(ACKS):
        for one in agents:
            began = time.perf_counter()
            if not is_served(one, seq * ACKS + number):
                raise RuntimeError("the server did not store a snapshot")
            found.append((time.perf_counter() - began) * 1e3)
    return found


def p99(found: list[float]) -> float:
    """Returns the 99th percentile."""
    return statistics.quantiles(found, n=100, method="inclusive")[98]
