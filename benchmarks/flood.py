"""What one flooding agent costs the others: 20 honest agents send small deltas while it sends as fast as it can.

The figures are the time from a delta to its ack at the honest agents, before and during the flood; the memory of the
server, beyond what it needs for one whole topology of the largest size; and the time of `/healthz`. Afterwards one page
of the flooded host is read by the API.
"""

import asyncio
import json
import multiprocessing
import socket
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.crowd import handshaken, text_frame
from benchmarks.fanout import resident_kib
from netviz.agent.session_process.server_url import parse
from netviz.agent.session_process.signing_key import Key
from netviz.launch.address import Address, origins
from netviz.model.link import Link
from netviz.model.namespace import Host, Namespace
from netviz.model.route import NextHop, Route
from netviz.model.topology import AnyEntity
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Challenge,
    DeltaFrame,
    Hello,
    Proof,
    Welcome,
    proof_text,
)
from tests.services import Served, free_port

HONEST, GAP_S = 20, 0.2
ALONE_S, FLOOD_S = 10.0, 30.0
ENTITIES = 100_000
SMALL = (Host("bench", "b", "1"), Namespace("1", is_host=True))


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    whole_kib = 0
    for name, frames in (
        ("snapshots", snapshots),
        ("1 MiB deltas, new keys", new_keys),
        ("1 MiB deltas, 48 keys", same_keys),
    ):
        with tempfile.TemporaryDirectory(prefix="nvt-") as folder:
            bench = _Bench(Path(folder))
            try:
                whole_kib = whole_kib or bench.whole_topology_kib()
                yield from bench.flood(name, frames, whole_kib)
            finally:
                bench.served.close()


def key_of(number: int) -> Key:
    """Returns the key of one of the honest agents."""
    return Key(bytes([number + 1]) * 32)


def routes(count: int) -> list[AnyEntity]:
    """Returns routes as a router with a full table has them."""
    return [
        Route("1", "ip", 254, f"10.{at >> 16}.{at >> 8 & 255}.{at & 255}/32", protocol="bgp", hops=(NextHop(2),))
        for at in range(count)
    ]


def snapshots() -> Iterator[bytes]:
    """Yields the frames of one whole snapshot after another; each changes every entity."""
    made = [snapshot_frames([*SMALL, *changing(number)], f"e{number}", 0, 0) for number in range(2)]
    while True:
        for frames in made:
            yield from frames


def changing(number: int) -> list[AnyEntity]:
    """Returns the largest number of entities that a host may have; `number` changes each of them."""
    return [Link("1", at, f"v{at}", "veth", mtu=1_500 + number) for at in range(ENTITIES - len(SMALL))]


def new_keys() -> Iterator[bytes]:
    """Yields a small snapshot, then deltas of about 1 MiB, each with 50 new entities."""
    yield from snapshot_frames(SMALL, "e", 0, 0)
    seq = 0
    while True:
        seq += 1
        yield encode(DeltaFrame("e", seq, tuple(_large(seq * 50 + at, seq) for at in range(50))))


def same_keys() -> Iterator[bytes]:
    """Yields a small snapshot, then deltas of about 1 MiB that replace the same 48 entities."""
    yield from snapshot_frames(SMALL, "e", 0, 0)
    seq = 0
    while True:
        seq += 1
        yield encode(DeltaFrame("e", seq, tuple(_large(at, seq) for at in range(48))))


def _large(ifindex: int, seq: int) -> Link:
    return Link("1", ifindex, f"v{ifindex}", "veth", ifalias=f"{seq:020d}" * 1_000)


def served_with_hosts(folder: Path, count: int) -> tuple[Served, list[str], dict[str, str]]:
    """Starts a server whose team has this number of hosts, with the keys of `key_of`. Returns also the ids of the
    hosts, and the headers of a signed-in browser.
    """
    address = Address("127.0.0.1", free_port())
    served = Served(Address(address.host, address.port, origins=origins(address, {})), folder, {})
    served.manage("migrate", "--noinput", "--verbosity", "0")
    served.start()
    served.first_run("bench")
    keys = [key_of(number).public for number in range(count)]
    hosts = served.shell(
        "from netviz.server.hosts.models import Host\n"
        "from netviz.server.teams.models import Team\n"
        f"for at, key in enumerate({keys!r}):\n"
        "    print(Host.objects.create(team=Team.objects.get(), name=f'h{at}', key=key).id)"
    ).split()
    return served, hosts, {"Origin": served.url, "Cookie": served.cookie()}


class _Bench:
    """A server with a new database, its honest agents and its flooding agent."""

    def __init__(self, folder: Path) -> None:
        self.served, hosts, self._headers = served_with_hosts(folder, HONEST + 1)
        assert self.served.process is not None
        self._pid = self.served.process.pid
        self._flooded = hosts[HONEST]

    def whole_topology_kib(self) -> int:
        """Returns the memory that one stored topology of the largest size takes."""
        before = resident_kib(self._pid)
        asyncio.run(store(self.served, key_of(HONEST), [*SMALL, *changing(0)]))
        time.sleep(3)
        return resident_kib(self._pid) - before

    def flood(self, name: str, frames: Callable[[], Iterator[bytes]], whole_kib: int) -> Iterator[str]:
        """Measures the honest agents alone and beside the flood."""
        before = resident_kib(self._pid)
        alone, beside, peak_kib, health = asyncio.run(self._measure(frames))
        yield (
            f"{name}: ack p50 {_at(alone, 0.5):.0f} -> {_at(beside, 0.5):.0f} ms, "
            f"p99 {_at(alone, 0.99):.0f} -> {_at(beside, 0.99):.0f} ms ({_at(beside, 0.99) / _at(alone, 0.99):.2f}x); "
            f"/healthz at most {max(health):.0f} ms; memory +{(peak_kib - before) / 1024:.0f} MiB "
            f"({(peak_kib - before - whole_kib) / 1024:+.0f} beyond a whole topology of {whole_kib / 1024:.0f})"
        )
        began, before = time.monotonic(), resident_kib(self._pid)
        url = f"{self.served.url}/api/v1/hosts/{self._flooded}/topology/?limit=10000"
        size = len(_get(url, self._headers))
        yield (
            f"{name}: afterwards a page of {size >> 10} KiB of its topology in {time.monotonic() - began:.1f} s, "
            f"memory {(resident_kib(self._pid) - before) / 1024:+.0f} MiB; state folder "
            f"{sum(file.stat().st_size for file in self.served.state.iterdir()) >> 20} MiB"
        )

    async def _measure(
        self, frames: Callable[[], Iterator[bytes]]
    ) -> tuple[list[float], list[float], int, list[float]]:
        honest = [_Honest(self.served, key_of(number)) for number in range(HONEST)]
        await asyncio.gather(*(one.begin() for one in honest))
        jobs = [asyncio.create_task(one.run()) for one in honest]
        peak: list[int] = []
        health: list[float] = []
        jobs += [asyncio.create_task(self._watch_memory(peak)), asyncio.create_task(self._watch_health(health))]
        await asyncio.sleep(ALONE_S)
        alone = [time for one in honest for time in one.take()]
        flooder = multiprocessing.get_context("spawn").Process(
            target=_flood, args=(self.served.address, self.served.ws_url, frames), daemon=True
        )
        flooder.start()
        await asyncio.sleep(FLOOD_S)
        beside = [time for one in honest for time in one.take()]
        flooder.kill()
        flooder.join()
        for job in jobs:
            job.cancel()
        for result in await asyncio.gather(*jobs, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
        return alone, beside, max(peak), health

    async def _watch_memory(self, peak: list[int]) -> None:
        while True:
            peak.append(await asyncio.to_thread(resident_kib, self._pid))
            await asyncio.sleep(0.2)

    async def _watch_health(self, health: list[float]) -> None:
        while True:
            began = time.perf_counter()
            with suppress(OSError):
                await asyncio.to_thread(_get, f"{self.served.url}/healthz", {})
            health.append((time.perf_counter() - began) * 1e3)
            await asyncio.sleep(0.2)


def _get(url: str, headers: Mapping[str, str]) -> bytes:
    opener = urllib.request.build_opener()
    opener.addheaders = [*headers.items()]
    with opener.open(url, timeout=120) as answer:
        return bytes(answer.read())


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


class _Honest:
    """An honest agent: sends a small delta every `GAP_S` and measures the time to its ack."""

    def __init__(self, served: Served, key: Key) -> None:
        self._served, self._key = served, key
        self._times: list[float] = []
        self._socket: ClientConnection | None = None
        self._sent: dict[int, float] = {}

    async def begin(self) -> None:
        """Connects and sends a small snapshot."""
        self._socket = await _greeted(self._served, self._key)
        for frame in snapshot_frames(SMALL, "e", 0, 0):
            await self._socket.send(frame.decode())

    async def run(self) -> None:
        """Sends deltas until it is cancelled."""
        assert self._socket is not None
        reader = asyncio.create_task(self._read(self._socket))
        seq = 0
        try:
            while not reader.done():
                seq += 1
                self._sent[seq] = time.perf_counter()
                await self._socket.send(
                    encode(DeltaFrame("e", seq, (Link("1", 1, "lo", "loopback", mtu=seq),))).decode()
                )
                await asyncio.sleep(GAP_S)
            reader.result()
        finally:
            reader.cancel()

    async def _read(self, connection: ClientConnection) -> None:
        while True:
            frame = decode(await connection.recv(), "server")
            if isinstance(frame, Ack):
                now = time.perf_counter()
                for seq in [seq for seq in self._sent if seq <= frame.seq]:
                    self._times.append((now - self._sent.pop(seq)) * 1e3)

    def take(self) -> list[float]:
        """Returns the times in milliseconds since the last call; a delta without an ack counts with its age."""
        now = time.perf_counter()
        found = [*self._times, *((now - sent) * 1e3 for sent in self._sent.values() if now - sent > 1)]
        self._times = []
        return found


async def _greeted(served: Served, key: Key) -> ClientConnection:
    url = parse(served.ws_url)
    connection = await connect(url.socket, compression=None, proxy=None, ping_interval=None, max_size=1 << 20)
    challenge = decode(await connection.recv(), "server")
    assert isinstance(challenge, Challenge)
    signature = key.sign(proof_text(challenge.nonce, url.authority))
    await connection.send(encode(Proof(key.public, signature)).decode())
    await connection.send(encode(Hello(PROTOCOL, "bench", "e", 0, 0)).decode())
    assert isinstance(decode(await connection.recv(), "server"), Welcome)
    return connection


async def store(served: Served, key: Key, entities: list[AnyEntity]) -> None:
    """Stores a topology by an agent's connection."""
    connection = await _greeted(served, key)
    for frame in snapshot_frames(entities, "whole", 0, 0):
        await connection.send(frame.decode())
    while not isinstance(decode(await connection.recv(), "server"), Ack):
        pass
    await connection.close()


def _flood(address: Address, url: str, frames: Callable[[], Iterator[bytes]]) -> None:
    """Sends these frames as fast as the server accepts them; connects again whenever the server closes."""
    while True:
        with suppress(OSError, ConnectionClosed, AssertionError, RuntimeError):
            _flood_once(address, url, frames())
        time.sleep(0.2)


def _flood_once(address: Address, url: str, frames: Iterator[bytes]) -> None:
    sock = handshaken(address, "/ws/agent/", {})
    with sock:
        nonce = json.loads(_received(sock))["nonce"]
        signature = key_of(HONEST).sign(proof_text(nonce, parse(url).authority))
        sock.sendall(text_frame(encode(Proof(key_of(HONEST).public, signature)).decode()))
        sock.sendall(text_frame(encode(Hello(PROTOCOL, "bench", "e", 0, 0)).decode()))
        for frame in frames:
            sock.sendall(text_frame(frame.decode()))


def _received(sock: socket.socket) -> bytes:
    head = sock.recv(2, socket.MSG_WAITALL)
    length = head[1] if head[1] < 126 else int.from_bytes(sock.recv(2, socket.MSG_WAITALL), "big")
    return sock.recv(length, socket.MSG_WAITALL)
