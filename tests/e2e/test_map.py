"""A real browser shows the map of this host's real kernel."""

import re
import subprocess
import sys
from typing import Literal

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.conftest import SOON_MS, MapPage, Names, ip, patient_ms
from tests.services import CHECKOUT, Served
from tests.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("this host")]


def pair(names: Names, namespace: str = "blue") -> tuple[str, str]:
    """Creates a veth from this host into a new namespace. Returns the names of its local end and of the namespace."""
    here, there = names.link("v0"), names.namespace(namespace)
    ip("netns", "add", there)
    ip("link", "add", here, "type", "veth", "peer", "name", "eth0", "netns", there)
    ip("link", "set", here, "up")
    ip("-n", there, "link", "set", "eth0", "up")
    return here, there


def send(address: str, *before: str) -> None:
    """Sends three datagrams to a port without a listener. `before` can run the command in another namespace."""
    code = "import socket as k, sys; s = k.socket(type=k.SOCK_DGRAM); [s.sendto(b'x', (sys.argv[1], 9)) for _ in 'abc']"
    subprocess.run([*before, sys.executable, "-c", code, address], check=True, capture_output=True)


def test_new_veth_appears_with_its_peer_and_disappears_when_it_is_deleted(host_map: MapPage, names: Names) -> None:
    here, there = names.link("a"), names.link("b")
    ip("link", "add", here, "type", "veth", "peer", "name", there)
    host_map.row(here).click()
    expect(host_map.inspector.get_by_role("heading", level=2)).to_contain_text(here)
    expect(host_map.inspector.get_by_text("Peer", exact=True)).to_be_visible()
    expect(host_map.inspector.get_by_role("button", name=there).first).to_be_visible()
    ip("link", "del", here)
    expect(host_map.rows(here)).to_have_count(0)
    expect(host_map.rows(there)).to_have_count(0)
    expect(host_map.inspector).to_contain_text("no longer on this host")


def test_inspector_of_a_veth_has_buttons_for_its_other_end_and_for_the_bridge(host_map: MapPage, names: Names) -> None:
    bridge = names.link("br")
    ip("link", "add", bridge, "type", "bridge")
    ip("link", "set", bridge, "up")
    here, there = pair(names)
    ip("link", "set", here, "master", bridge)
    host_map.row(there).click()
    host_map.tab("Links")
    host_map.inspector.get_by_role("button", name="eth0").click()
    expect(host_map.inspector.get_by_role("button", name=re.compile(bridge)).first).to_be_visible()
    host_map.inspector.get_by_role("button", name="Go to").click()
    expect(host_map.inspector.get_by_role("heading", level=2)).to_contain_text(here)
    expect(host_map.inspector).to_contain_text(f"Properties as a port of {bridge}")


def test_url_with_the_id_of_a_bridge_port_edge_selects_that_edge(host_map: MapPage, names: Names) -> None:
    bridge = names.link("br")
    ip("link", "add", bridge, "type", "bridge")
    here, there = pair(names)
    ip("link", "set", here, "master", bridge)
    over = host_map.row(bridge).get_attribute("data-ref")
    host_map.find(here)
    expect(host_map.inspector.get_by_role("heading", level=2)).to_contain_text(here)
    under = host_map.row(here).get_attribute("data-ref")
    page = host_map.page
    page.goto(f"{page.url.split('#')[0]}#at=port:{over}:{under}")
    expect(host_map.inspector).to_contain_text("bridge port")
    expect(host_map.inspector.get_by_role("heading", level=2)).to_have_text(f"{bridge} to {here}")
    host_map.inspector.get_by_role("button", name=here).first.click()
    expect(host_map.inspector).to_contain_text("Properties as a port of")
    assert there


# Waits until the page has drawn everything that has arrived so far.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

# Moves the mouse over the whole map, and returns the first position where the tooltip contains both words.
SWEEP = """
([name, what]) => {
  const [canvas] = document.getElementsByTagName("canvas");
  const [tooltip] = document.getElementsByClassName("tooltip");
  const box = canvas.getBoundingClientRect();
  for (let y = box.top + 2; y < box.bottom; y += 3) {
    for (let x = box.left + 2; x < box.right; x += 4) {
      const place = {clientX: x, clientY: y, pointerType: "mouse", pointerId: 1};
      canvas.dispatchEvent(new PointerEvent("pointermove", place));
      if (!tooltip.hidden && tooltip.textContent.includes(name) && tooltip.textContent.includes(what)) return [x, y];
    }
  }
  return null;
}
"""


def swept(page: Page, name: str, what: str) -> tuple[float, float]:
    """Waits until some position of the map has a tooltip with both words, and returns the position."""
    found: list[tuple[float, float]] = []

    def look() -> bool:
        page.get_by_role("button", name="Fit").click()
        page.evaluate(DRAWN)
        place = page.evaluate(SWEEP, [name, what])
        found.extend([(place[0], place[1])] if place else [])
        return bool(found)

    wait_until(look, f"pointing at the map says {what} of {name}")
    return found[0]


def test_user_can_point_at_and_select_the_wire_of_a_veth_pair_and_of_a_bridge_port(
    host_map: MapPage, names: Names
) -> None:
    bridge = names.link("br")
    ip("link", "add", bridge, "type", "bridge")
    here, there = pair(names)
    ip("link", "set", here, "master", bridge)
    host_map.row(bridge)
    for what, ends in (("veth pair", (here, "eth0")), ("port", (bridge, here))):
        place = swept(host_map.page, f"/ {here}", what)
        host_map.page.mouse.click(*place)
        heading = host_map.inspector.get_by_role("heading", level=2)
        for end in ends:
            expect(heading).to_contain_text(end)
        host_map.page.keyboard.press("Escape")
    assert there


def test_names_that_look_like_markup_create_no_html_element(host_map: MapPage, names: Names) -> None:
    page = host_map.page
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    link, namespace = names.link("<b>x<i>"), names.namespace("<img src=x onerror=alert(1)>")
    ip("netns", "add", namespace)
    ip("link", "add", link, "type", "veth", "peer", "name", "<u>", "netns", namespace)
    ip("link", "set", link, "alias", "<script>alert(2)</script>")
    host_map.row(namespace).click()
    expect(host_map.inspector.get_by_role("heading", level=2)).to_have_text(namespace)
    for tab in ("Links", "Addresses", "Routes", "Neighbours", "Netfilter", "Processes", "Settings"):
        host_map.tab(tab)
    host_map.find(link)
    expect(host_map.inspector).to_contain_text("<script>alert(2)</script>")
    host_map.page.mouse.move(700, 300)
    assert page.evaluate("() => ['img', 'b', 'u', 'i'].map((t) => document.getElementsByTagName(t).length)") == [
        0,
        0,
        0,
        page.evaluate("() => document.getElementsByClassName('changes')[0].getElementsByTagName('i').length"),
    ]
    assert page.evaluate("() => [...document.scripts].every((s) => s.src || s.type === 'application/json')") is True
    assert dialogs == []


def test_page_shows_address_lifetimes_and_current_counters_and_neighbour_states(
    host_map: MapPage, names: Names
) -> None:
    here, there = pair(names)
    ip("addr", "add", "10.213.7.1/30", "dev", here)
    ip("-n", there, "addr", "add", "10.213.7.2/30", "dev", "eth0", "valid_lft", "600", "preferred_lft", "300")
    host_map.row(there).click()
    host_map.tab("Addresses")
    expect(host_map.inspector).to_contain_text("10.213.7.2/30")
    expect(host_map.inspector).to_contain_text(re.compile(r"valid for 9 min \d+ s, preferred for 4 min \d+ s"))
    send("10.213.7.2")
    host_map.find(here)
    host_map.tab("Counters")
    expect(host_map.inspector.get_by_role("row").filter(has_text="received")).to_contain_text(
        re.compile(r"[1-9][\d,]* B")
    )
    host_map.tab("Neighbours")
    expect(host_map.inspector).to_contain_text(re.compile(r"10\.213\.7\.2.*(reachable|stale|delay|probe)", re.DOTALL))


def test_netfilter_rules_are_shown_by_hook_with_their_counters(host_map: MapPage, names: Names) -> None:
    _, there = pair(names)
    ruleset = """table inet guard {
        set bad { type ipv4_addr; elements = { 192.0.2.1 }; }
        chain more { counter accept; }
        chain input { type filter hook input priority 0; policy drop; ip saddr @bad counter drop; counter jump more; }
    }"""
    subprocess.run(["ip", "netns", "exec", there, "nft", "-f", "-"], input=ruleset, text=True, check=True)
    ip("-n", there, "link", "set", "lo", "up")
    send("127.0.0.1", "ip", "netns", "exec", there)
    host_map.row(there).click()
    host_map.tab("Netfilter")
    chain = host_map.inspector.get_by_role("button", name=re.compile("guard input"))
    expect(chain).to_contain_text("policy DROP, 2 rules")
    jump = host_map.inspector.locator("tbody").filter(has_text="jump more")
    expect(jump).to_contain_text(re.compile(r"[1-9]\d*.*B"))
    expect(host_map.inspector).to_contain_text("no rule matched")
    expect(host_map.inspector).to_contain_text("192.0.2.1")
    jump.get_by_role("button", name="jump more", exact=True).click()
    expect(host_map.inspector).to_contain_text("guard more")


def test_routes_are_shown_with_the_same_flags_as_netstat_prints(host_map: MapPage, names: Names) -> None:
    here, there = pair(names)
    ip("-n", there, "addr", "add", "10.213.8.2/30", "dev", "eth0")
    ip("-n", there, "route", "add", "default", "via", "10.213.8.1")
    ip("-n", there, "route", "add", "10.9.9.9/32", "via", "10.213.8.1")
    ip("-n", there, "route", "add", "unreachable", "10.9.8.0/24")
    host_map.row(there).click()
    host_map.tab("Routes")

    def flags(destination: str) -> str:
        row = host_map.inspector.get_by_role("row").filter(
            has=host_map.page.get_by_role("cell", name=destination, exact=True)
        )
        return row.first.get_by_role("cell").nth(1).inner_text()

    expect(host_map.inspector.get_by_role("cell", name="10.9.8.0/24", exact=True)).to_be_visible()
    assert [flags(d) for d in ("default", "10.9.9.9/32", "10.213.8.0/30", "10.9.8.0/24")] == ["UG", "UGH", "U", "!"]
    assert here


def test_page_keeps_the_map_while_the_server_is_stopped_and_reconnects_when_it_starts_again(
    host_map: MapPage, names: Names, served: Served
) -> None:
    _, there = pair(names)
    host_map.row(there)
    served.stop()
    status = host_map.page.locator(".freshness")
    expect(status).to_contain_text("lost")
    expect(host_map.rows(there)).to_have_count(1)
    served.start()
    expect(status).to_contain_text("live", timeout=patient_ms(20_000))
    expect(host_map.rows(there)).to_have_count(1)
    host_map.complaints.clear()  # the browser complains of each connection that was refused


def test_keyboard_moves_through_the_outline_and_selects_from_it(host_map: MapPage, names: Names) -> None:
    _, there = pair(names)
    host_map.row(there)
    first = host_map.page.get_by_role("treeitem").first
    first.focus()
    host_map.page.keyboard.press("End")
    host_map.page.keyboard.press("Home")
    host_map.page.keyboard.press("ArrowDown")
    host_map.page.keyboard.press("Enter")
    expect(host_map.page.get_by_role("treeitem").nth(1)).to_have_attribute("aria-selected", "true")
    expect(host_map.inspector).to_be_visible()
    host_map.page.keyboard.press("Escape")
    expect(host_map.inspector).to_be_hidden()


def test_reloaded_page_restores_the_selection_and_the_open_tab_from_its_url(host_map: MapPage, names: Names) -> None:
    _, there = pair(names)
    host_map.row(there).click()
    host_map.tab("Routes")
    page = host_map.page
    page.wait_for_url(re.compile(r"#at=.*tab=routes"))
    page.reload()
    expect(host_map.inspector.get_by_role("heading", level=2)).to_have_text(there)
    expect(host_map.inspector.get_by_role("tab", name="Routes")).to_have_attribute("aria-selected", "true")


def violations(page: Page) -> list[str]:
    """Returns the accessibility violations that axe-core finds on the page (screen reader, keyboard, contrast)."""
    source = (CHECKOUT / "node_modules" / "axe-core" / "axe.min.js").read_text()
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": source})
    session.detach()
    found: list[str] = page.evaluate(
        "() => axe.run().then((all) => all.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`))"
    )
    return found


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_page_has_no_accessibility_violations_and_can_be_used_by_keyboard(
    host_map: MapPage, names: Names, colours: Literal["light", "dark"]
) -> None:
    _, there = pair(names)
    host_map.page.emulate_media(color_scheme=colours)
    host_map.row(there).click()
    for tab in ("Overview", "Links", "Addresses", "Routes", "Neighbours", "Netfilter", "Processes", "Settings"):
        host_map.tab(tab)
        assert violations(host_map.page) == [], tab
    host_map.tab("Links")
    host_map.inspector.get_by_role("button", name="eth0").click()
    for tab in ("Overview", "Counters", "Settings"):
        host_map.tab(tab)
        assert violations(host_map.page) == [], tab


def test_user_can_choose_the_dark_or_the_light_theme(host_map: MapPage) -> None:
    page = host_map.page
    light = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    page.get_by_role("treeitem").first.wait_for(timeout=patient_ms(SOON_MS))
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != light


def test_phone_user_can_select_in_the_outline_and_can_make_the_inspector_taller(
    host_map: MapPage, names: Names
) -> None:
    _, there = pair(names)
    page = host_map.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Outline").click()
    host_map.row(there).click()
    expect(host_map.inspector).to_be_visible()
    box = host_map.inspector.bounding_box()
    assert box is not None
    assert box["width"] == 390
    host_map.inspector.get_by_role("button", name="Resize the panel").click()
    taller = host_map.inspector.bounding_box()
    assert taller is not None
    assert taller["height"] > box["height"]
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390


def test_search_ends_when_a_result_is_chosen_and_the_keyboard_stays_on_the_map(host_map: MapPage, names: Names) -> None:
    _, there = pair(names)
    host_map.row(there)
    page, chip = host_map.page, host_map.page.locator(".notice.found")
    page.keyboard.press("/")
    page.keyboard.type(there)
    expect(chip).to_contain_text("1 found")
    page.keyboard.press("Enter")
    expect(chip).to_be_hidden()
    expect(host_map.inspector).to_be_visible()
    expect(page.locator(".map canvas")).to_be_focused()
    page.keyboard.press("Escape")
    expect(host_map.inspector).to_be_hidden()
    expect(page.locator(".map canvas")).to_be_focused()


def test_escape_in_the_search_field_clears_it_and_leaves_the_inspector_open(host_map: MapPage, names: Names) -> None:
    _, there = pair(names)
    host_map.row(there).click()
    page, field = host_map.page, host_map.page.get_by_role("combobox", name="Search")
    page.keyboard.press("/")
    page.keyboard.type("eth")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(host_map.inspector).to_be_visible()
    page.keyboard.press("Escape")  # moves the focus out of the empty field
    page.keyboard.press("/")
    page.keyboard.type(there)
    expect(page.get_by_role("listbox", name="Search results").get_by_role("option").first).to_be_visible()
    expect(host_map.inspector).to_be_visible()


def test_button_on_the_map_ends_a_search_that_is_still_highlighted(host_map: MapPage, names: Names) -> None:
    _, there = pair(names)
    host_map.row(there)
    page, chip = host_map.page, host_map.page.locator(".notice.found")
    page.keyboard.press("/")
    page.keyboard.type(there)
    expect(chip).to_be_visible()
    chip.get_by_role("button", name="Clear").click()
    expect(chip).to_be_hidden()


@pytest.mark.parametrize("pane", ["Outline"])
def test_person_can_sign_out_on_a_phone(host_map: MapPage, pane: str) -> None:
    page = host_map.page
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.get_by_role("navigation", name="Views").get_by_role("button", name=pane).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1099, 768), (1024, 768), (768, 1024)])
def test_inspector_leaves_a_map_that_is_large_enough_on_a_screen_of_medium_width(
    host_map: MapPage, names: Names, width: int, height: int
) -> None:
    _, there = pair(names)
    page = host_map.page
    page.set_viewport_size({"width": width, "height": height})
    host_map.row(there).click()
    expect(host_map.inspector).to_be_visible()
    canvas, inspector = page.locator(".map canvas").bounding_box(), host_map.inspector.bounding_box()
    assert canvas is not None
    assert inspector is not None
    assert canvas["width"] > 480
    assert canvas["height"] > 300
    assert canvas["y"] + canvas["height"] <= inspector["y"] + 1
