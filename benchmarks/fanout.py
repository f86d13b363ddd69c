"""The cost of sending one change to many browsers, compared with a bare ASGI application on the same server.

Both run under uvicorn with the same flags, and receive the same changes at the same pace; the figure is the CPU time of
the server process per delivery. Our server also decodes, applies and stores an agent's deltas: the cost of that is
measured without a browser and subtracted.
"""

import json
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from benchmarks.crowd import Crowd
from netviz.agent.session_process.server_url import parse
from netviz.agent.session_process.signing_key import Key
from netviz.launch import programs
from netviz.launch.address import Address, origins
from netviz.model.entity import LinkRef
from netviz.model.link import Link
from netviz.model.namespace import Host, Namespace
from netviz.wire.chunks import snapshot_frames
from netviz.wire.codec import decode, encode
from netviz.wire.frames import (
    PROTOCOL,
    Ack,
    Challenge,
    DeltaFrame,
    Enrol,
    Enrolled,
    Hello,
    Proof,
    Subscribe,
    proof_text,
)
from tests.services import CHECKOUT, Served, free_port, wait_until

SIZES = (100, 500, 2_000)
CHANGES, GAP_S = 60, 0.15
STREAM_PER_S, STREAM_S = 90, 8
_KEY = Key(b"\x07" * 32)


def run() -> Iterator[str]:
    """Returns the figures as lines of text."""
    with tempfile.TemporaryDirectory(prefix="nvt-") as folder, own_server(Path(folder)) as ours:
        for size in SIZES:
            alone = ours.cost()
            bare_us, bare_kib = bare(size, ours.delta(1))
            our_us, our_kib = ours.fan_out(size, alone)
            yield (
                f"{size:5} browsers: {our_us:5.1f} us of CPU a delivery ({our_us / bare_us:.2f}x bare ASGI's "
                f"{bare_us:.1f}); {our_kib:.1f} KiB a socket (bare {bare_kib:.1f})"
            )
        yield from ours.stream(SIZES[-1])


def cpu_s(pid: int) -> float:
    """Returns the CPU seconds of a process with nanosecond precision. The ticks in /proc/PID/stat are only samples."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def resident_kib(pid: int) -> int:
    """Returns the private memory of a process."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n")
    return sum(int(row.split()[1]) for row in rows if row.startswith(("Private_Clean", "Private_Dirty")))


def bare(size: int, text: str) -> tuple[float, float]:
    """Returns the CPU microseconds per delivery and the KiB per socket of the bare application."""
    address = Address("127.0.0.1", free_port())
    words = programs.server(address)
    words[words.index("netviz.asgi:application")] = "benchmarks.bare:application"
    process = subprocess.Popen(words, cwd=CHECKOUT)
    try:
        wait_until(lambda: _listens(address), "the bare server answers")
        before = resident_kib(process.pid)
        crowd = Crowd(address, "/", size, {})
        kib = (resident_kib(process.pid) - before) / size
        with connect(f"{address.url('ws')}/", compression=None, proxy=None) as starter:
            began = cpu_s(process.pid)
            starter.send(json.dumps({"text": text, "times": CHANGES, "gap_s": GAP_S}))
            starter.recv()
            used = cpu_s(process.pid) - began
        crowd.close()
        return used / CHANGES / size * 1e6, kib
    finally:
        process.terminate()
        process.wait()


def _listens(address: Address) -> bool:
    try:
        with connect(f"{address.url('ws')}/", compression=None, proxy=None):
            return True
    except OSError:
        return False


class Ours:
    """Our server, and an agent's connection over which the benchmark sends changes."""

    def __init__(self, served: Served, host: str, agent: ClientConnection) -> None:
        assert served.process is not None
        self._served, self._host, self._agent = served, host, agent
        self._pid = served.process.pid
        self._seq = 0
        self._cookie = ""

    def delta(self, seq: int) -> str:
        """Returns a change of a link as an agent sends it, with about 568 bytes."""
        link = Link(
            "4026532281", 12, "vethf3a1b2c", "veth", flags=4099, admin_up=seq % 2 == 0, operstate="lowerlayerdown",
            address="02:42:ac:11:00:02", broadcast="ff:ff:ff:ff:ff:ff", mtu=1500, min_mtu=68, max_mtu=65535,
            qdisc="noqueue", tx_queue_length=1000, gso_max_size=65536, master=3, peer=LinkRef("4026532999", 2),
        )  # fmt: skip
        return encode(DeltaFrame("e", seq, (link,), (), time.time_ns() // 1_000_000)).decode()

    def send_changes(self, changes: int, gap_s: float) -> None:
        """Sends the given number of changes, and waits until they are stored."""
        due = time.monotonic()
        for _ in range(changes):
            self._seq += 1
            self._agent.send(self.delta(self._seq))
            due += gap_s
            time.sleep(max(0.0, due - time.monotonic()))
        while True:
            frame = decode(self._agent.recv(30), "server")
            if isinstance(frame, Ack) and frame.seq == self._seq:
                return

    def cost(self) -> float:
        """Returns the CPU seconds that `CHANGES` changes take."""
        began = cpu_s(self._pid)
        self.send_changes(CHANGES, GAP_S)
        return cpu_s(self._pid) - began

    def _headers(self) -> dict[str, str]:
        """Returns the headers of a signed-in browser. All browsers have the same user."""
        if not self._cookie:
            self._cookie = self._served.cookie()
        return {"Origin": self._served.url, "Cookie": self._cookie}

    def _subscribe(self) -> str:
        return encode(Subscribe(self._host)).decode()

    def fan_out(self, size: int, alone_s: float) -> tuple[float, float]:
        """Returns the CPU microseconds per delivery, without the cost of the change itself, and the KiB per socket."""
        before = resident_kib(self._pid)
        crowd = Crowd(self._served.address, "/ws/view/", size, self._headers(), [self._subscribe()])
        time.sleep(2 + size / 500)
        kib = (resident_kib(self._pid) - before) / size
        used = self.cost() - alone_s
        crowd.close()
        time.sleep(2)
        return used / CHANGES / size * 1e6, kib

    def stream(self, size: int) -> Iterator[str]:
        """Sends a stream of changes at an agent's highest rate to many browsers. Measures the delay at one browser."""
        crowd = Crowd(self._served.address, "/ws/view/", size - 1, self._headers(), [self._subscribe()])
        url, headers = f"{self._served.ws_url}/ws/view/", self._headers()
        with connect(url, compression=None, proxy=None, max_queue=None, additional_headers=headers) as one:
            one.send(self._subscribe())
            time.sleep(2 + size / 500)
            listener = _Listener(one)
            began, started = cpu_s(self._pid), time.monotonic()
            self.send_changes(STREAM_PER_S * STREAM_S, 1 / STREAM_PER_S)
            took = time.monotonic() - started
            share = (cpu_s(self._pid) - began) / took
            lags = listener.lags(self._seq)
        crowd.close()
        p50, p99 = statistics.median(lags), lags[int(len(lags) * 0.99) - 1]
        rate = STREAM_PER_S * STREAM_S / took
        yield (
            f"{size:5} browsers, {rate:.0f} deltas/s: {share:.2f} of a core; "
            f"from the agent to one of them p50 {p50:.0f} ms, p99 {p99:.0f} ms ({len(lags)} received)"
        )


class _Listener:
    """Reads one browser's socket in a thread, and records the age of each delta on arrival."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._lags: list[float] = []
        self._last = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            for message in self._socket:
                now = time.time() * 1000
                for line in str(message).split("\n"):
                    frame = json.loads(line)
                    if frame["t"] == "delta":
                        self._lags.append(now - frame["at_ms"])

    def lags(self, changes: int) -> list[float]:
        """Returns the sorted ages in milliseconds when all deltas have arrived, or after five seconds."""
        with suppress(AssertionError):
            wait_until(lambda: len(self._lags) >= changes, "all deltas arrived")
        return sorted(self._lags)


@contextmanager
def own_server(state: Path) -> Iterator[Ours]:
    """Provides our server with a new database, and an agent that has sent a small host."""
    address = Address("127.0.0.1", free_port())
    environ = {"NETVIZ_USER_SOCKETS": str(2 * max(SIZES))}
    served = Served(
        Address(address.host, address.port, origins=origins(address, {})),
        state,
        environ,
    )
    served.manage("migrate", "--noinput", "--verbosity", "0")
    served.start()
    url = parse(served.ws_url)
    with ExitStack() as stack:
        stack.callback(served.stop)
        token = str(served.first_run("bench")["enrol_token"])
        with connect(url.socket, compression=None, proxy=None) as socket:
            socket.send(encode(Enrol(token, _KEY.public, _signed(socket, url.authority), "bench")).decode())
            enrolled = decode(socket.recv(30), "server")
            assert isinstance(enrolled, Enrolled)
        agent = stack.enter_context(connect(url.socket, compression=None, proxy=None))
        agent.send(encode(Proof(_KEY.public, _signed(agent, url.authority))).decode())
        agent.send(encode(Hello(PROTOCOL, "bench", "e", 0, 0)).decode())
        for frame in snapshot_frames((Host("bench", "b", "1"), Namespace("1", is_host=True)), "e", 0, 0):
            agent.send(frame.decode())
        yield Ours(served, enrolled.host, agent)


def _signed(socket: ClientConnection, authority: str) -> str:
    challenge = decode(socket.recv(30), "server")
    assert isinstance(challenge, Challenge)
    return _KEY.sign(proof_text(challenge.nonce, authority))
