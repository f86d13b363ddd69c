"""A hostile server asks for more than a server needs: the agent's privileged process stays small and keeps working."""

import asyncio
import os
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from netviz.agent.session_process import connection, server_url, signing_key
from netviz.agent.session_process.session import Session
from netviz.model.state import Subject
from netviz.wire.codec import encode
from netviz.wire.frames import PROTOCOL, Hello, ReadNow, Request, Resync, Watch
from netviz.wire.limits import HOST_WATCHES
from netviz.wire.stream import framed
from tests.conformance.live import Live
from tests.waiting import patient
from tests.worlds import World, inner_pid

# Each snapshot of the world below has about 60 KB, so this many of them have about 70 MB.
PAIRS, REQUESTS = 40, 1_200
GROWTH_KIB = 24 << 10

# A sender waits while the process takes no more frames; not longer than this.
PACED_S = 60.0


@pytest.fixture
def live(world: World) -> Iterator[Live]:
    """Provides a live agent in a world with some links."""
    world.run("ip -batch -", stdin="".join(f"link add v{n} type veth peer name w{n}\n" for n in range(PAIRS)))
    agent = Live(world)
    yield agent
    agent.close()


def memory_kib(live: Live) -> int:
    """Returns the memory that the process has in use (proc_pid_statm(5), second field)."""
    pages = int(Path(f"/proc/{inner_pid(live.process)}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def cpu_s(live: Live) -> float:
    """Returns the CPU time of the process (proc_pid_stat(5))."""
    fields = Path(f"/proc/{inner_pid(live.process)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_reader_that_requests_snapshots_and_never_reads_does_not_fill_the_memory(live: Live) -> None:
    before = memory_kib(live)
    live.socket.settimeout(PACED_S)
    for _ in range(REQUESTS):
        live.send_raw(encode(Resync("again")))
        time.sleep(0.004)  # so that the process handles each request by itself
    assert memory_kib(live) - before < GROWTH_KIB


def test_flood_of_resyncs_causes_at_most_one_snapshot_a_second(live: Live) -> None:
    before = len(live.epochs)
    began = time.monotonic()
    live.send_raw(encode(Resync("again")))
    for _ in range(300):
        live.send_raw(encode(Resync("again")))
        live.take_for(0.01)
    took_s = time.monotonic() - began
    assert 1 <= len(live.epochs) - before <= took_s + 1


def test_flood_of_watches_of_changing_namespaces_takes_a_small_part_of_a_core(world: World, live: Live) -> None:
    names = [f"n{number}" for number in range(HOST_WATCHES)]
    world.run("ip -batch -", stdin="".join(f"netns add {name}\n" for name in names))
    live.wait_until(lambda: sum(key.startswith("ns/") for key in live.topology) > HOST_WATCHES)
    ids = [key.removeprefix("ns/") for key in live.topology if key.startswith("ns/")]
    subjects: tuple[Subject, ...] = ("counters", "addresses", "neighbours", "fdb", "netfilter", "sockets")
    began, used = time.monotonic(), cpu_s(live)
    while time.monotonic() - began < 6.0:
        for ns in ids:
            live.socket.settimeout(PACED_S)
            live.send_raw(encode(Watch(ns, subjects)))
            live.send_raw(encode(Request("r", ReadNow(ns, subjects))))
        live.take_for(0.01)
    assert (cpu_s(live) - used) / (time.monotonic() - began) < 0.5


def test_frame_after_a_flood_is_still_handled(world: World, live: Live) -> None:
    live.socket.settimeout(PACED_S)
    for _ in range(2_000):
        live.send_raw(encode(Watch("no such namespace", ("counters",))))
    live.request_snapshot()
    before = len(live.epochs)
    live.wait_until(lambda: len(live.epochs) > before, 30)
    world.run("ip link add late type veth peer name later")
    live.wait_until(lambda: any("late" in edge for edge in live.edges()))


def test_session_process_leaves_a_server_that_sends_pings_and_reads_no_answers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ping = b"\x89\x7d" + b"p" * 125  # RFC 6455, sections 5.2 and 5.5.2

    async def main() -> None:
        gone = asyncio.Event()

        async def flood(agent: ServerConnection) -> None:
            agent.transport.pause_reading()
            for _ in range(2_000):
                if agent.transport.is_closing():
                    break
                agent.transport.write(ping * 1_000)
                await asyncio.sleep(0.005)
            gone.set()

        async with serve(flood, "127.0.0.1", 0, ping_interval=None, close_timeout=0) as server:
            port = server.sockets[0].getsockname()[1]
            url = server_url.parse(f"ws://127.0.0.1:{port}")
            session = Session(signing_key.load_or_make(tmp_path), url.authority)
            ours, theirs = socket.socketpair()
            with theirs:
                theirs.sendall(framed(encode(Hello(PROTOCOL, "test", "e", 0, 0))))
                task = asyncio.create_task(connection.serve(ours, connection.Upstream(url, None, session)))
                await asyncio.wait_for(gone.wait(), patient(30))
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert "does not read" in caplog.text
