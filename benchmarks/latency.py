"""From a change in the kernel to a painted pixel: netlink, agent, server, browser, on a host of 500 namespaces.

The whole chain runs in a private world. A link's group of 500 namespaces on 10 bridges stands there; then links of the
host are set down and up, one at a time, and the page tells when a frame was painted after the change had arrived.
Kernel, agent, server and page read the same clock.
"""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from netviz.launch import commands
from netviz.launch.address import Address, origins
from tests.services import BROWSER_FLAGS, CHECKOUT, Served, free_port
from tests.worlds import World

NAMESPACES, BRIDGES, CHANGES = 500, 10, 200

# Runs in the page: notes, for each change that arrives on the socket, when the second frame after it begins, as then
# the first is painted. The page's own clock is put on the host's (milliseconds since 1970).
WATCH = """
() => {
  window.painted = [];
  const now = () => performance.timeOrigin + performance.now();
  const seen = (event) => {
    if (typeof event.data !== "string" || !event.data.startsWith('{"t":"delta"')) return;
    const arrived = now(), frame = JSON.parse(event.data);
    const links = (frame.put || []).filter((e) => e.t === "link").map((e) => [e.ifname, e.admin_up === true]);
    requestAnimationFrame(() => requestAnimationFrame(() => window.painted.push([arrived, now(), links, frame.at_ms])));
  };
  const add = WebSocket.prototype.addEventListener;
  const NativeSocket = WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(...args) { super(...args); add.call(this, "message", seen); }
  };
}
"""


def run() -> list[str]:
    """The figures, from a run inside a new world."""
    world = World()
    try:
        return world.run(["env", f"--chdir={CHECKOUT}", sys.executable, "-m", "benchmarks.latency"]).splitlines()
    finally:
        world.close()


def build_host() -> None:
    """500 namespaces with a veth each, on 10 bridges, and a pair of the host's own to change."""
    lines = ["link add nvt-a type veth peer name nvt-b", "link set nvt-b up"]
    lines += [f"link add br{n} type bridge" for n in range(BRIDGES)]
    for n in range(NAMESPACES):
        subprocess.run(["ip", "netns", "add", f"nvt-{n}"], check=True)
        lines.append(f"link add v{n} master br{n % BRIDGES} type veth peer name eth0 netns nvt-{n}")
    lines += [f"link set br{n} up" for n in range(BRIDGES)]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)


@contextlib.contextmanager
def serving(state: Path) -> Iterator[Served]:
    """netviz's server and the agent of this world."""
    address = Address("127.0.0.1", free_port())
    served = Served(Address(address.host, address.port, origins=origins(address, {})), state, {})
    served.manage("migrate", "--noinput", "--verbosity", "0")
    served.start()
    agent_state = state / "agent"
    agent_state.mkdir(mode=0o700)
    token = served.first_run("bench")["enrol_token"]
    subprocess.run(
        commands.enrol(served.address, agent_state, "bench"), input=f"{token}\n", text=True, check=True, cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    agent = subprocess.Popen(commands.run_agent(served.address, agent_state, False), cwd=CHECKOUT)
    try:
        yield served
    finally:
        agent.terminate()
        agent.wait()
        served.stop()


def measure(served: Served, page: Page) -> list[tuple[float, float, float]]:
    """For each change: milliseconds to when the agent knew it, to the page, to the painted frame."""
    page.add_init_script(f"({WATCH})()")
    page.goto(served.url + str(served.first_run("bench")["sign_in_path"]))
    page.locator("[role=treeitem]").first.wait_for(state="attached", timeout=30_000)
    page.wait_for_timeout(3_000)
    return [sample for n in range(CHANGES) if (sample := one_change(page, n % 2 == 0)) is not None]


def one_change(page: Page, up: bool) -> tuple[float, float, float] | None:
    """Sets the link, waits for its paint; None where the page heard of it in another change's company."""
    page.evaluate("() => { window.painted.length = 0 }")
    before = time.time() * 1000
    subprocess.run(["ip", "link", "set", "nvt-a", "up" if up else "down"], check=True)
    after = time.time() * 1000
    found = None
    while found is None and time.time() * 1000 < after + 5_000:
        page.wait_for_timeout(10)
        found = next((row for row in page.evaluate("() => window.painted") if ["nvt-a", up] in row[2]), None)
    if found is None:
        return None
    start = (before + after) / 2
    arrived, painted, _, known = found
    return max(0.0, known - start), arrived - start, painted - start


def figures(samples: list[tuple[float, float, float]]) -> Iterator[str]:
    """Lines of figures."""
    for name, values in zip(
        ("known to the agent", "in the browser", "painted"), zip(*samples, strict=True), strict=True
    ):
        ordered = sorted(values)
        p50, p99 = statistics.median(ordered), ordered[int(len(ordered) * 0.99) - 1]
        yield f"kernel change -> {name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms ({len(ordered)} changes)"


def main() -> None:
    """Inside the world."""
    build_host()
    with tempfile.TemporaryDirectory(prefix="nvt-") as folder, serving(Path(folder)) as served, sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=[*BROWSER_FLAGS, "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for line in figures(measure(served, page)):
            print(line)
        browser.close()


if __name__ == "__main__":
    main()
