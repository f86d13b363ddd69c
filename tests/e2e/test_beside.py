"""The page shows listeners, tunnels, traffic control and the processes of taps from the real kernel."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import MapPage, Names, ip, patient_ms
from tests.services import CHECKOUT

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("this host")]


LISTEN = """
import socket, sys
held = socket.create_server(("127.0.0.1", 0))
print(held.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def spare(names: Names) -> str:
    """Provides a namespace with a veth to this host's namespace. Its loopback link is up."""
    namespace = names.namespace("beside")
    ip("netns", "add", namespace)
    ip("-n", namespace, "link", "set", "lo", "up")
    return namespace


def listening(namespace: str) -> "subprocess.Popen[str]":
    """Starts a program that listens in a namespace until its stdin is closed. The program prints its port."""
    words = ["ip", "netns", "exec", namespace, sys.executable, "-ISc", LISTEN]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)


def said(process: "subprocess.Popen[str]") -> str:
    """Returns the next line of the program's stdout."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_page_shows_a_listening_socket_with_its_process(host_map: MapPage, spare: str) -> None:
    with listening(spare) as process:
        port = said(process)
        host_map.row(spare).click()
        host_map.tab("Listening")
        line = host_map.inspector.locator("tbody").filter(has=host_map.page.get_by_role("cell", name=port, exact=True))
        expect(line).to_contain_text("127.0.0.1")
        expect(line).to_contain_text("python")


def test_search_for_a_port_finds_the_namespace_whose_process_listens_on_it(host_map: MapPage, spare: str) -> None:
    with listening(spare) as process:
        port = said(process)
        host_map.page.keyboard.press("/")
        host_map.page.keyboard.type(f"port {port}")
        results = host_map.page.get_by_role("listbox", name="Search results")
        found = results.get_by_role("option").filter(has_text=spare)
        expect(found).to_contain_text(f"listens on tcp 127.0.0.1:{port}, python", timeout=patient_ms(20_000))
        expect(found).to_contain_text(f"(pid {process.pid})")
        # A search reads at most 100 namespaces, five each second.
        expect(results).to_contain_text("read at", timeout=patient_ms(40_000))
        found.click()
        expect(host_map.inspector.get_by_role("heading", level=2)).to_contain_text(spare)
        host_map.page.keyboard.press("/")  # the same search again, with what was read a moment ago
        expect(results).to_contain_text("read at")
        expect(found).to_be_visible()


def test_refresh_button_adds_a_new_listening_socket_to_the_list(host_map: MapPage, spare: str) -> None:
    host_map.row(spare).click()
    host_map.tab("Listening")
    expect(host_map.inspector).to_contain_text("No socket listens in this namespace.")
    with listening(spare) as process:
        port = said(process)
        host_map.page.wait_for_timeout(1_100)
        host_map.inspector.get_by_role("button", name="Read again").click()
        expect(host_map.inspector.get_by_role("cell", name=port, exact=True)).to_be_visible(timeout=2_000)


def test_inspector_of_a_tunnel_link_has_a_button_that_selects_the_other_end(host_map: MapPage, names: Names) -> None:
    here, there = names.namespace("west"), names.namespace("east")
    for namespace in (here, there):
        ip("netns", "add", namespace)
    ip("-n", here, "link", "add", "u0", "type", "veth", "peer", "name", "u0", "netns", there)
    for namespace, own, far in ((here, "10.9.9.1", "10.9.9.2"), (there, "10.9.9.2", "10.9.9.1")):
        ip("-n", namespace, "addr", "add", f"{own}/24", "dev", "u0")
        ip("-n", namespace, "link", "set", "u0", "up")
        vxlan = ("type", "vxlan", "id", "77", "local", own, "remote", far, "dstport", "4789", "dev", "u0")
        ip("-n", namespace, "link", "add", "vx77", *vxlan)
    host_map.row(here).click()
    host_map.tab("Links")
    host_map.inspector.get_by_role("button", name="vx77").click()
    expect(host_map.inspector).to_contain_text("Tunnel to")
    host_map.inspector.get_by_role("button", name="vx77").last.click()
    expect(host_map.inspector.get_by_role("heading", level=2)).to_contain_text(there)


def test_page_shows_a_qdisc_that_a_user_has_set(host_map: MapPage, names: Names) -> None:
    here, there = names.link("q0"), names.link("q1")
    ip("link", "add", here, "type", "veth", "peer", "name", there)
    host_map.row(here).click()
    host_map.tab("Traffic control")
    expect(host_map.inspector).to_contain_text("default qdisc")
    subprocess.run(["tc", "qdisc", "add", "dev", here, "clsact"], check=True, capture_output=True)
    expect(host_map.inspector.get_by_role("row", name="clsact")).to_be_visible()


def test_page_shows_the_process_that_has_a_tap_device_open(host_map: MapPage, names: Names) -> None:
    tap = names.link("tap")
    code = (
        "import fcntl, struct, sys; f = open('/dev/net/tun', 'r+b', buffering=0);"
        "fcntl.ioctl(f, 0x400454ca, struct.pack('16sH22x', sys.argv[1].encode(), 0x1002)); print(1, flush=True);"
        "sys.stdin.read()"
    )
    words = [sys.executable, "-ISc", code, tap]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        said(process)
        host_map.row(tap).click()
        expect(host_map.inspector).to_contain_text("Attached processes", timeout=patient_ms(35_000))
        expect(host_map.inspector).to_contain_text(f"pid {process.pid}")
