"""The page never says "live" for more than 6 seconds after the kernel's changes no longer reach it, whatever is frozen
or cut. The agent shows a practice network, in namespaces of its own.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cable import Cable
from tests.e2e.conftest import patient_ms, practice_agent
from tests.services import BROWSER_FLAGS, Served, own_redis, serving, stop
from tests.waiting import Limit

pytestmark = pytest.mark.root

# What the page promises, in seconds of the wall.
SAYS_LIVE_S = 6.0


@dataclass
class Site:
    """A server, its practice agent, and the cables to the server: that of browsers and that of the agent."""

    served: Served
    agent: "subprocess.Popen[bytes]"
    browsers: Cable
    agents: Cable

    @property
    def kernel_process(self) -> int:
        """Returns the pid of the agent's kernel process. Its parent waits for it outside of the private namespaces."""
        (outside,) = children(self.agent.pid)
        (kernel,) = children(outside)
        return kernel

    @property
    def server_pid(self) -> int:
        """Returns the pid of the server."""
        assert self.served.process is not None
        return self.served.process.pid


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_state: Path) -> Iterator[Site]:
    """Provides a site whose cables can be cut."""
    with Cable() as browsers, Cable() as agents, serving(tmp_path_factory.mktemp("site"), migrated_state) as make:
        served = make(NETVIZ_ORIGINS=",".join(f"http://127.0.0.1:{cable.port}" for cable in (browsers, agents)))
        for cable in (browsers, agents):
            cable.lead_to(served.address.port)
        agent = practice_agent(replace(served.address, port=agents.port), served, "practice")
        yield Site(served, agent, browsers, agents)
        stop(agent)


def sign_in(page: Page, served: Served, port: int) -> None:
    """Opens the map of the only host."""
    page.goto(f"http://127.0.0.1:{port}{served.first_run('practice')['sign_in_path']}")
    if page.get_by_role("button", name="Sign in").count():
        page.get_by_role("button", name="Sign in").click()
    page.get_by_role("treeitem").first.wait_for(timeout=patient_ms(20_000))


def status(page: Page) -> Any:
    """Returns the place where the page says how fresh the map is."""
    return page.locator(".freshness")


def expect_live(page: Page) -> None:
    """Waits until the page says that the map is live."""
    expect(status(page)).to_have_class("freshness live", timeout=patient_ms(40_000))


@pytest.fixture
def live(page: Page, site: Site) -> Page:
    """Provides a page with a live map."""
    sign_in(page, site.served, site.browsers.port)
    expect_live(page)
    return page


def seconds_said_live(page: Page, began: float) -> float:
    """Waits until the page no longer says "live". Returns the seconds since `began`, a time of `time.monotonic`."""
    limit = Limit(4 * SAYS_LIVE_S)
    while "live" in (status(page).get_attribute("class") or ""):
        assert not limit.is_over, f"the page still says: {status(page).inner_text()}"
        page.wait_for_timeout(20)
    return time.monotonic() - began


@contextlib.contextmanager
def stopped(*pids: int) -> Iterator[float]:
    """Stops processes within the block, and continues them afterwards. Yields when they were stopped."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield time.monotonic()
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def cut(cable: Cable) -> Iterator[float]:
    """Cuts a cable within the block. Yields when it was cut."""
    cable.cut()
    try:
        yield time.monotonic()
    finally:
        cable.mend()


FAULTS: dict[str, tuple[Callable[[Site], contextlib.AbstractContextManager[float]], str]] = {
    "frozen server": (lambda site: stopped(site.server_pid), "no answer from the server since"),
    "frozen kernel process of the agent": (lambda site: stopped(site.kernel_process), "no word from the agent since"),
    "frozen session process of the agent": (lambda site: stopped(site.agent.pid), "no word from the agent since"),
    "cut network of the browser": (lambda site: cut(site.browsers), "no answer from the server since"),
    "cut network of the agent": (lambda site: cut(site.agents), "no word from the agent since"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_page_says_live_for_at_most_6_seconds_and_is_live_again_afterwards(live: Page, site: Site, name: str) -> None:
    fault, words = FAULTS[name]
    with fault(site) as began:
        assert seconds_said_live(live, began) < SAYS_LIVE_S
        expect(status(live)).to_contain_text(words)
    expect_live(live)


def test_page_that_redis_no_longer_connects_to_the_agent_says_live_for_at_most_6_seconds(
    page: Page, tmp_path: Path, migrated_state: Path, postgres_database: str
) -> None:
    with contextlib.ExitStack() as until_away, serving(tmp_path, migrated_state) as make:
        services = {"NETVIZ_DATABASE_URL": postgres_database, "NETVIZ_REDIS_URL": until_away.enter_context(own_redis())}
        first, second = make(**services), make(**services)
        agent = practice_agent(first.address, first, "practice")
        try:
            sign_in(page, second, second.address.port)
            expect_live(page)
            until_away.close()
            assert seconds_said_live(page, time.monotonic()) < SAYS_LIVE_S
            expect(status(page)).to_contain_text("no word from the agent since")
        finally:
            stop(agent)


def children(pid: int) -> list[int]:
    """Returns the pids of a process's children."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for children in lists for word in children.read_text().split()]


def descendants(pid: int) -> list[int]:
    """Returns the pids of a process's children, of their children, and so on."""
    return [found for child in children(pid) for found in (child, *descendants(child))]


@pytest.fixture
def second_browser(browser: Browser) -> Iterator[tuple[Browser, Sequence[int]]]:
    """Provides a Chromium of its own, and the pids of all its processes."""
    before = set(descendants(os.getpid()))
    flags = [*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    other = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=flags)
    pids = [pid for pid in descendants(os.getpid()) if pid not in before]
    yield other, pids
    other.close()


# Records in the page what the freshness says in each frame, with the time at which the frame began: a frame that began
# before the browser was stopped may end after it. Forces the style of the frame.
_RECORD = """
() => {
  window.frames_said = [];
  const record = (began) => {
    const element = document.querySelector(".freshness");
    const visible = getComputedStyle(element).visibility === "visible";
    window.frames_said.push([performance.timeOrigin + began, visible ? element.innerText : ""]);
    requestAnimationFrame(record);
  };
  requestAnimationFrame(record);
}
"""


# Whether the time after which "live" is hidden counts from now. While an animation is pending it does not count yet.
_COUNTS_AT_ONCE = """
() => new Promise((resolve) => {
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...how) {
    const animation = animate.apply(this, how);
    if (this.matches(".freshness")) {
      Element.prototype.animate = animate;
      queueMicrotask(() => resolve(!animation.pending));
    }
    return animation;
  };
})
"""


def test_time_that_live_may_be_shown_counts_at_once_and_not_from_the_next_frame(live: Page) -> None:
    assert live.evaluate(_COUNTS_AT_ONCE)


def test_browser_that_was_stopped_for_30_seconds_never_paints_live_before_it_heard_from_the_server_again(
    second_browser: tuple[Browser, Sequence[int]], site: Site
) -> None:
    browser, _ = second_browser
    before = set(descendants(os.getpid()))
    page = browser.new_page()
    sign_in(page, site.served, site.browsers.port)
    expect_live(page)
    page.evaluate(_RECORD)
    pids = [*second_browser[1], *(pid for pid in descendants(os.getpid()) if pid not in before)]
    with cut(site.browsers):
        with stopped(*pids):
            began_ms = time.time() * 1_000
            time.sleep(30)  # the fault itself: nothing can be awaited while the browser is stopped
        painted = "began => window.frames_said.filter(([at]) => at > began + 29_000).length >= 10"
        page.wait_for_function(painted, arg=began_ms, timeout=patient_ms(40_000))
        said: list[list[Any]] = page.evaluate("() => window.frames_said")
    after = [text for at, text in said if at > began_ms + 29_000]
    assert after
    assert "live" not in after[0]
    assert not [text for text in after if "live" in text]
    expect_live(page)
