"""Measures the map in a browser: the first picture, panning, and one change. The hosts are generated, without a server.

The page is `tests/front/harness`, built like the real one. Chromium renders in software, as in all figures here, so
only the ratios between sizes are meaningful.
"""

import contextlib
import functools
import http.server
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from netviz.launch.front import npm_command
from tests.services import BROWSER_FLAGS, CHECKOUT

# Number of bridges, and of namespaces on each: 500 namespaces have 1,512 links; 3,500 have 10,572.
HOSTS = ((10, 50), (70, 50))
FRAMES, CHANGES, LOADS = 240, 60, 5

# Sets one link down and up again, and returns how long the page's script ran for it.
ONE_CHANGE = """
(down) => {
  const link = {t: "link", ns: "4001", ifindex: 2, ifname: "eth0", kind: "veth", admin_up: !down, carrier: !down,
                operstate: down ? "down" : "up", mtu: 1500, peer: {ns: "1", ifindex: 4}};
  const begun = performance.now();
  window.push([link], []);
  return performance.now() - begun;
}
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Logs nothing."""


@contextlib.contextmanager
def page_server() -> Iterator[str]:
    """Builds and serves the harness. Yields its address."""
    with tempfile.TemporaryDirectory(prefix="nvt-") as folder:
        argv, env = npm_command(["exec", "--", "vite", "build", "--mode", "harness", "--outDir", folder])
        subprocess.run(argv, env=env, cwd=CHECKOUT, check=True, capture_output=True)
        handler = functools.partial(_Quiet, directory=str(Path(folder)))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_address[1]}/"
            server.shutdown()


def run() -> list[str]:
    """Returns the figures as lines of text."""
    with page_server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*BROWSER_FLAGS, "--no-sandbox"])
        lines = [line for host in HOSTS for line in measure(browser, address, *host)]
        browser.close()
    return lines


def measure(browser: Browser, address: str, bridges: int, each: int) -> Iterator[str]:
    """Returns the figures of one generated host."""
    where = f"{address}?world=fleet-{bridges}-{each}"
    pages = [open_page(browser, where) for _ in range(LOADS)]
    first = statistics.median(
        float(page.evaluate("() => document.documentElement.dataset.firstPicture")) for page in pages
    )
    page = pages[-1]
    name = f"{bridges * each} namespaces"
    yield f"{name}: snapshot to first picture {first:.0f} ms (median of {LOADS})"
    frames = page.evaluate(f"() => window.pan({FRAMES})")
    yield f"{name}: pan, script of a frame {spread(frames['script'])}; from frame to frame {spread(frames['interval'])}"
    changes = [float(page.evaluate(ONE_CHANGE, n % 2 == 0)) for n in range(CHANGES)]
    yield f"{name}: one link set down or up, script {spread(changes)}"
    for page in pages:
        page.context.close()


def open_page(browser: Browser, where: str) -> Page:
    """Returns a new page on which the host is drawn."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(where)
    page.wait_for_function("() => document.documentElement.dataset.firstPicture", timeout=60_000)
    return page


def spread(values: Sequence[float]) -> str:
    """Returns the median and the 95th percentile as text, in milliseconds."""
    ordered = sorted(values)
    return f"p50 {statistics.median(ordered):.1f} ms, p95 {ordered[int(len(ordered) * 0.95) - 1]:.1f} ms"
