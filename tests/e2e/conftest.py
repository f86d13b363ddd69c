"""Fixtures: a browser that shows the map of this host, with the real server, agent and page."""

import itertools
import os
import string
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from netviz.launch import programs
from netviz.launch.address import Address
from tests.services import CHECKOUT, Served, serving, stop
from tests.waiting import Limit, patient

# The longest time that a change may take from the kernel to the page. Usually it takes milliseconds.
SOON_MS = 5_000


def patient_ms(limit_ms: float) -> float:
    """Returns a time limit for Playwright. It is longer on a busy machine."""
    return 1_000 * patient(limit_ms / 1_000)


@pytest.fixture(autouse=True)
def expectations() -> None:
    """Sets the time limit of Playwright's expectations according to the load of this machine."""
    expect.set_options(timeout=patient_ms(SOON_MS))


def ip(*words: str) -> None:
    """Runs ip(8)."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


_made = itertools.count()


@dataclass
class Names:
    """Creates names of links and namespaces that no other test uses.

    Each name has a tag of seven letters and digits from the process id and a number, so that tags differ between tests.
    """

    tag: str = field(default_factory=lambda: digits(os.getpid() * 1_000 + next(_made) % 1_000))

    def link(self, word: str) -> str:
        """Returns a link's name, of 15 bytes at most."""
        return f"n{self.tag}{word}"[:15]

    def namespace(self, word: str) -> str:
        """Returns a namespace's name."""
        return f"nvt-{self.tag}-{word}"


def digits(number: int) -> str:
    """Returns a number below 36**7 as seven digits and letters; a pid is below 2**22 (proc_sys_kernel(5), pid_max)."""
    found = ""
    for _ in range(7):
        number, digit = divmod(number, 36)
        found = (string.digits + string.ascii_lowercase)[digit] + found
    return found


@pytest.fixture
def names() -> Iterator[Names]:
    """Provides names for this test. Afterwards deletes the links and namespaces that still have these names."""
    made = Names()
    yield made
    for namespace in Path("/run/netns").glob(made.namespace("*")):
        subprocess.run(["ip", "netns", "del", namespace.name], check=False, capture_output=True)
    for link in Path("/sys/class/net").glob(f"{made.link('')}*"):
        subprocess.run(["ip", "link", "del", link.name], check=False, capture_output=True)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_state: Path) -> Iterator[Served]:
    """Provides netviz's own server. It starts once for each module, because a start takes longer than a test."""
    with serving(tmp_path_factory.mktemp("served"), migrated_state) as make:
        yield make()


@pytest.fixture(scope="module")
def agent(served: Served) -> Iterator["subprocess.Popen[bytes]"]:
    """Provides this host's agent, which is enrolled at the server and runs."""
    state = served.state / "agent"
    state.mkdir(mode=0o700)
    token = served.first_run("e2e")["enrol_token"]
    env = programs.agent_environment()
    subprocess.run(
        programs.enrol(served.address, state, "e2e"),
        input=f"{token}\n",
        env=env,
        text=True,
        check=True,
        cwd=CHECKOUT,
        capture_output=True,
    )
    with open(state / "log", "wb") as log:
        process = subprocess.Popen(
            programs.run_agent(served.address, state, False), env=env, cwd=CHECKOUT, stdout=log, stderr=log
        )
    yield process
    stop(process)


def practice_agent(address: Address, served: Served, name: str) -> "subprocess.Popen[bytes]":
    """Enrols and starts an agent that shows a practice network."""
    state = served.state / name
    state.mkdir(mode=0o700)
    token = served.first_run(name)["enrol_token"]
    how: dict[str, Any] = {"env": programs.agent_environment(), "cwd": CHECKOUT}
    subprocess.run(programs.enrol(address, state, name), input=f"{token}\n", text=True, check=True, **how)
    with open(state / "log", "wb") as log:
        return subprocess.Popen(programs.run_agent(address, state, practice=True), stdout=log, stderr=log, **how)


@dataclass
class MapPage:
    """The page of a host's map."""

    page: Page
    complaints: list[str]

    def rows(self, name: str) -> Locator:
        """Returns the rows of the outline with this name."""
        return self.page.get_by_role("treeitem").filter(has=self.page.get_by_text(name, exact=True))

    def row(self, name: str) -> Locator:
        """Returns the first row of the outline with this name. In a large outline, the search shows the row first."""
        found, limit = self.rows(name).first, Limit(2 * SOON_MS / 1_000)
        while True:
            try:
                found.wait_for(timeout=SOON_MS / 2)
            except TooLate:
                if limit.is_over:
                    raise
                # The page does not scroll to a selected row again, although other rows may have moved it out of view.
                self.page.keyboard.press("Escape")
                self.find(name)
            else:
                return found

    def find(self, text: str) -> None:
        """Selects the first result of a search."""
        self.page.keyboard.press("/")
        self.page.keyboard.type(text)
        found = self.page.get_by_role("listbox", name="Search results").get_by_role("option")
        found.first.wait_for(timeout=patient_ms(SOON_MS))
        self.page.keyboard.press("Enter")

    @property
    def inspector(self) -> Locator:
        """Returns the inspector, which shows all details of the selection."""
        return self.page.get_by_role("complementary", name="Inspector")

    def tab(self, name: str) -> None:
        """Opens a tab of the inspector."""
        self.inspector.get_by_role("tab", name=name).click(timeout=patient_ms(SOON_MS))


@dataclass
class SignedIn:
    """The URL of the map, and the cookies of a signed-in browser."""

    url: str
    cookies: Sequence[Any]


@pytest.fixture(scope="module")
def signed_in(browser: Browser, served: Served, agent: "subprocess.Popen[bytes]") -> SignedIn:
    """Signs in the first administrator by the one-time link. This host is on the map."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.url + str(served.first_run("e2e")["sign_in_path"]))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("treeitem").first.wait_for(timeout=patient_ms(20_000))
    signed_in = SignedIn(page.url.partition("#")[0], context.cookies())
    context.close()
    return signed_in


@pytest.fixture
def host_map(page: Page, signed_in: SignedIn) -> Iterator[MapPage]:
    """Provides the drawn map of this host. The test fails if the browser refused an action of the page."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.context.add_cookies(signed_in.cookies)
    page.goto(signed_in.url)
    page.get_by_role("treeitem").first.wait_for(timeout=patient_ms(20_000))
    yield MapPage(page, complaints)
    assert complaints == []
