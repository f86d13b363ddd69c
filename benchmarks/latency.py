"""Measures the time from a change in the kernel to a painted pixel in the browser, on a host of 500 namespaces.

The whole chain runs in a private world with 500 namespaces on 10 bridges. A link of the host is set down and up, one
change at a time, and the page reports when it painted a frame after the change arrived: first on a quiet host, then
while another namespace changes 1,000 times a second. Kernel, agent, server and page read the same clock; a second
socket, which only reads, receives what the server sends.
"""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.crowd import handshaken, text_frame
from netviz.launch import programs
from netviz.launch.address import Address, origins
from netviz.wire.codec import encode
from netviz.wire.frames import Subscribe
from tests.services import BROWSER_FLAGS, CHECKOUT, Served, free_port
from tests.worlds import World

NAMESPACES, BRIDGES, CHANGES, STORM_PER_S = 500, 10, 200, 1_000

# Runs in the page: for each change that arrives on the socket, records when the second frame after it starts, because
# by then the first one is painted. Times are on the host's clock (milliseconds since 1970).
WATCH = """
() => {
  window.painted = [];
  const now = () => performance.timeOrigin + performance.now();
  const seen = (event) => {
    if (typeof event.data !== "string" || !event.data.includes('"ifname":"nvt-a"')) return;
    const arrived = now();
    for (const line of event.data.split("\\n")) {
      const frame = JSON.parse(line);
      const link = (frame.put || []).find((e) => e.t === "link" && e.ifname === "nvt-a");
      if (link === undefined) continue;
      const row = [arrived, null, link.admin_up === true, frame.at_ms];
      requestAnimationFrame(() => requestAnimationFrame(() => { row[1] = now(); window.painted.push(row); }));
    }
  };
  const add = WebSocket.prototype.addEventListener;
  const NativeSocket = WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(...args) { super(...args); add.call(this, "message", seen); }
  };
}
"""


def run() -> list[str]:
    """Returns the figures of a run inside a new world."""
    world = World()
    try:
        return world.run(["env", f"--chdir={CHECKOUT}", sys.executable, "-m", "benchmarks.latency"]).splitlines()
    finally:
        world.close()


def build_host() -> None:
    """Creates 500 namespaces with a veth each, on 10 bridges, and a veth pair that the benchmark changes."""
    lines = ["link add nvt-a type veth peer name nvt-b", "link set nvt-b up"]
    lines += [f"link add br{n} type bridge" for n in range(BRIDGES)]
    for n in range(NAMESPACES):
        subprocess.run(["ip", "netns", "add", f"nvt-{n}"], check=True)
        lines.append(f"link add v{n} master br{n % BRIDGES} type veth peer name eth0 netns nvt-{n}")
    lines += [f"link set br{n} up" for n in range(BRIDGES)]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)


@contextlib.contextmanager
def serving(state: Path) -> Iterator[Served]:
    """Provides netviz's server and the agent of this world."""
    address = Address("127.0.0.1", free_port())
    served = Served(Address(address.host, address.port, origins=origins(address, {})), state, {})
    served.manage("migrate", "--noinput", "--verbosity", "0")
    served.start()
    agent_state = state / "agent"
    agent_state.mkdir(mode=0o700)
    token = served.first_run("bench")["enrol_token"]
    subprocess.run(
        programs.enrol(served.address, agent_state, "bench"), input=f"{token}\n", text=True, check=True, cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    agent = subprocess.Popen(programs.run_agent(served.address, agent_state, False), cwd=CHECKOUT)
    try:
        yield served
    finally:
        agent.terminate()
        agent.wait()
        served.stop()


Sample = tuple[float, float, float, float]


def measure(page: Page, second: "SecondSocket") -> list[Sample]:
    """Returns the milliseconds until the agent knew each change, the server sent it, the page had it and painted it."""
    return [sample for n in range(CHANGES) if (sample := one_change(page, second, n % 2 == 0)) is not None]


def open_map(page: Page, served: Served) -> None:
    """Opens the host's map and waits until it is drawn."""
    page.add_init_script(f"({WATCH})()")
    page.goto(served.url + str(served.first_run("bench")["sign_in_path"]))
    page.get_by_role("button", name="Sign in").click()
    page.locator("[role=treeitem]").first.wait_for(state="attached", timeout=30_000)
    page.wait_for_timeout(3_000)


def one_change(page: Page, second: "SecondSocket", up: bool) -> Sample | None:
    """Sets the link and waits until the page has painted it. Returns None if the link does not appear."""
    page.evaluate("() => { window.painted.length = 0 }")
    second.received.clear()
    before = time.time() * 1000
    subprocess.run(["ip", "link", "set", "nvt-a", "up" if up else "down"], check=True)
    after = time.time() * 1000
    found = None
    while found is None and time.time() * 1000 < after + 5_000:
        page.wait_for_timeout(10)
        found = next((row for row in page.evaluate("() => window.painted") if row[2] is up), None)
    sent = next((at for at, state in second.received if state is up), None)
    if found is None or sent is None:
        return None
    start = (before + after) / 2
    arrived, painted, _, known = found
    return max(0.0, known - start), sent - start, arrived - start, painted - start


class SecondSocket:
    """A second browser's socket. It records when the server sent the link (in milliseconds), and the link's state."""

    def __init__(self, served: Served, page: Page) -> None:
        host = page.url.split("/map/", 1)[1].split("/")[0]
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
        headers = {"Origin": served.url, "Cookie": cookies}
        self._socket = handshaken(served.address, "/ws/view/", headers)
        self._socket.settimeout(None)
        self._subscribe = text_frame(encode(Subscribe(host)).decode())
        self._socket.sendall(self._subscribe)
        self.received: list[tuple[float, bool]] = []
        self.resyncs: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while data := self._socket.recv(1 << 20):
            if (begun := data.find(b'{"t":"resync"')) >= 0:
                self.resyncs.append(data[begun : begun + 120].decode(errors="replace"))
                self._socket.sendall(self._subscribe)
            at = data.find(b'"ifname":"nvt-a"')
            if at >= 0:
                self.received.append((time.time() * 1000, b'"admin_up":true' in data[at : at + 200]))


@contextlib.contextmanager
def storm() -> Iterator[None]:
    """Adds and deletes addresses of another namespace, 1,000 changes a second."""
    process = subprocess.Popen(
        ["ip", "-n", "nvt-0", "-batch", "-"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    over = threading.Event()
    thread = threading.Thread(target=_feed, args=(process, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        process.communicate()


def _feed(process: "subprocess.Popen[str]", over: threading.Event) -> None:
    assert process.stdin is not None
    due, number = time.monotonic(), 0
    while not over.is_set():
        for _ in range(STORM_PER_S // 100):
            number += 1
            verb, host = ("add", number // 2 + 1) if number % 2 else ("del", number // 2)
            process.stdin.write(f"addr {verb} 10.{host // 250 % 200}.{host % 250}.1/32 dev lo\n")
        process.stdin.flush()
        due += 0.01
        time.sleep(max(0.0, due - time.monotonic()))


STAGES = ("known to the agent", "sent by the server", "in the browser", "painted")


def figures(name: str, samples: list[Sample]) -> Iterator[str]:
    """Returns the figures as lines of text."""
    for stage, values in zip(STAGES, zip(*samples, strict=True), strict=True):
        ordered = sorted(values)
        p50, p99 = statistics.median(ordered), ordered[int(len(ordered) * 0.99) - 1]
        yield f"{name}: kernel change -> {stage}: p50 {p50:.1f} ms, p99 {p99:.1f} ms ({len(ordered)} of {CHANGES})"


def main() -> None:
    """Runs inside the world."""
    build_host()
    with tempfile.TemporaryDirectory(prefix="nvt-") as folder, serving(Path(folder)) as served, sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=[*BROWSER_FLAGS, "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        open_map(page, served)
        second = SecondSocket(served, page)
        time.sleep(2)
        print(*figures("idle", measure(page, second)), sep="\n", flush=True)
        with storm():
            time.sleep(2)
            print(*figures(f"under {STORM_PER_S:,} changes/s", measure(page, second)), sep="\n", flush=True)
        for reason in second.resyncs:
            print(f"the server made the browser start again with a new snapshot: {reason}")
        browser.close()


if __name__ == "__main__":
    main()
