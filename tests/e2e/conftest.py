"""A browser on the map of this very host: server, agent and page are the real ones."""

import os
import string
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from netviz.launch import commands
from tests.services import CHECKOUT, Served, stop
from tests.waiting import patient

# Longest a change may take from the kernel to the page; it takes milliseconds.
SOON_MS = 5_000


def patient_ms(limit_ms: float) -> float:
    """A limit of Playwright's, longer on a busy machine."""
    return 1_000 * patient(limit_ms / 1_000)


@pytest.fixture(autouse=True)
def expectations() -> None:
    """What is expected of the page comes soon, as soon as is possible on this machine now."""
    expect.set_options(timeout=patient_ms(SOON_MS))


def ip(*words: str) -> None:
    """Runs ip(8)."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


def tag() -> str:
    """Five letters and digits that no other process has: with them no name begins as another process's does."""
    digits, number = "", os.getpid()  # below 36**5 (proc_sys_kernel(5), pid_max)
    for _ in range(5):
        number, digit = divmod(number, 36)
        digits = (string.digits + string.ascii_lowercase)[digit] + digits
    return digits


@dataclass
class Names:
    """Names of links and namespaces that no other test uses, and that are gone at the end."""

    def link(self, word: str) -> str:
        """A link's name, of 15 bytes at most."""
        return f"nvt{tag()}{word}"[:15]

    def namespace(self, word: str) -> str:
        """A namespace's name."""
        return f"nvt-{tag()}-{word}"


@pytest.fixture
def names() -> Iterator[Names]:
    """Names for this test; whatever still has them afterwards is deleted."""
    made = Names()
    yield made
    for namespace in Path("/run/netns").glob(made.namespace("*")):
        subprocess.run(["ip", "netns", "del", namespace.name], check=False, capture_output=True)
    for link in Path("/sys/class/net").glob(f"{made.link('')}*"):
        subprocess.run(["ip", "link", "del", link.name], check=False, capture_output=True)


@pytest.fixture
def agent(served: Served) -> Iterator[subprocess.Popen[bytes]]:
    """This host's agent, enrolled at the server and running."""
    state = served.state / "agent"
    state.mkdir(mode=0o700)
    token = served.first_run("e2e")["enrol_token"]
    env = commands.agent_environment()
    subprocess.run(
        commands.enrol(served.address, state, "e2e"),
        input=f"{token}\n",
        env=env,
        text=True,
        check=True,
        cwd=CHECKOUT,
        capture_output=True,
    )
    with open(state / "log", "wb") as log:
        process = subprocess.Popen(
            commands.run_agent(served.address, state, False), env=env, cwd=CHECKOUT, stdout=log, stderr=log
        )
    yield process
    stop(process)


@dataclass
class MapPage:
    """The page of a host's map."""

    page: Page
    complaints: list[str]

    def rows(self, name: str) -> Locator:
        """The rows of the outline with this name."""
        return self.page.get_by_role("treeitem").filter(has=self.page.get_by_text(name, exact=True))

    def row(self, name: str) -> Locator:
        """The first row of the outline with this name; in a large outline the search opens the way to it."""
        found = self.rows(name).first
        try:
            found.wait_for(timeout=patient_ms(SOON_MS / 2))
        except TooLate:
            self.find(name)
            found.wait_for(timeout=patient_ms(SOON_MS))
        return found

    def find(self, text: str) -> None:
        """Selects what the search finds first."""
        self.page.keyboard.press("/")
        self.page.keyboard.type(text)
        self.page.get_by_role("listbox", name="Found").get_by_role("option").first.wait_for(timeout=patient_ms(SOON_MS))
        self.page.keyboard.press("Enter")

    @property
    def inspector(self) -> Locator:
        """What is selected, in every detail."""
        return self.page.get_by_role("complementary", name="Inspector")

    def tab(self, name: str) -> None:
        """Opens a tab of the inspector."""
        self.inspector.get_by_role("tab", name=name).click(timeout=patient_ms(SOON_MS))


@pytest.fixture
def host_map(page: Page, served: Served, agent: subprocess.Popen[bytes]) -> Iterator[MapPage]:
    """The map of this host, drawn; the test fails if the browser refused anything that the page did."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(served.url + str(served.first_run("e2e")["sign_in_path"]))
    page.get_by_role("treeitem").first.wait_for(timeout=patient_ms(20_000))
    yield MapPage(page, complaints)
    assert complaints == []
