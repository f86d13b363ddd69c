"""What a real browser shows of the map, and what its keyboard, wheel and URL do with the visible part."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import MapPage, Names, ip

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("this host")]

LONG = "2001:db8:1234:5678:9abc:def0:1234:5678"


def zoom(page: Page) -> int:
    """Returns the zoom that the page shows, in percent."""
    return int(re.sub(r"\D", "", page.locator(".percent").inner_text()))


def view(page: Page) -> list[int]:
    """Returns the point in the middle of the map, and the zoom, from the URL."""
    page.wait_for_timeout(600)  # longer than the page waits before it writes its URL
    found = re.search(r"view=(-?\d+)%2C(-?\d+)%2C(\d+)", page.url)
    assert found is not None
    return [int(part) for part in found.groups()]


def dummy(names: Names, address: str) -> str:
    """Creates a namespace with one link that has this address. Returns the name of the namespace."""
    there = names.namespace("six")
    ip("netns", "add", there)
    ip("-n", there, "link", "add", "br0", "type", "bridge")
    ip("-n", there, "link", "set", "br0", "up")
    ip("-n", there, "addr", "add", address, "dev", "br0", "nodad")
    return there


def test_address_in_the_outline_is_shown_in_full_or_not_at_all(host_map: MapPage, names: Names) -> None:
    row = host_map.row(dummy(names, f"{LONG}/64"))
    value = row.locator(".value")
    expect(value).to_have_text(LONG)
    expect(value).to_have_attribute("title", LONG)
    # An address that does not fit is on a second line, below the part of the row that is visible.
    lines = "v => { const r = document.createRange(); r.selectNodeContents(v); return r.getBoundingClientRect().top; }"
    box = value.bounding_box()
    assert box is not None
    assert value.evaluate(lines) >= box["y"] + box["height"] - 1
    short = host_map.row("lo").locator(".value")
    box = short.bounding_box()
    assert box is not None
    assert short.evaluate(lines) < box["y"] + box["height"] - 1


def test_keys_zoom_and_fit_the_map_while_the_focus_is_in_the_outline(host_map: MapPage) -> None:
    page = host_map.page
    page.get_by_role("treeitem").first.focus()
    page.keyboard.press("0")
    fitted = zoom(page)
    page.keyboard.press("-")
    assert zoom(page) < fitted
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert zoom(page) > fitted
    page.keyboard.press("0")
    assert zoom(page) == fitted
    page.keyboard.press("1")
    assert zoom(page) == 100


@pytest.mark.parametrize("step", [4, 30, 100])
def test_wheel_zooms_the_map_however_small_its_steps_are(host_map: MapPage, step: int) -> None:
    page = host_map.page
    page.keyboard.press("1")
    page.mouse.move(700, 400)
    for _ in range(400 // step):
        page.mouse.wheel(0, -step)
    page.wait_for_function("() => parseInt(document.getElementsByClassName('percent')[0].textContent) > 150")


def test_url_shows_the_same_middle_of_the_map_in_a_window_of_another_size(host_map: MapPage) -> None:
    page = host_map.page
    address = page.url.partition("#")[0] + "#view=300,200,80"
    for width, height in ((1440, 900), (1024, 700), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        page.reload()
        expect(page.locator(".percent")).to_contain_text("80")
        page.keyboard.press("1")  # changes the zoom, and not the middle
        assert view(page) == [300, 200, 100]


def test_reloaded_url_with_a_selection_does_not_move_the_map(host_map: MapPage) -> None:
    page = host_map.page
    page.get_by_role("treeitem").first.click()
    expect(host_map.inspector).to_be_visible()
    before = view(page)
    for _ in range(2):
        page.reload()
        expect(host_map.inspector).to_be_visible()
        assert view(page) == before


def test_host_that_is_selected_in_the_outline_of_a_phone_is_not_cut_at_its_left(host_map: MapPage) -> None:
    page = host_map.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("1")
    page.get_by_role("button", name="Outline").click()
    page.get_by_role("treeitem").first.click()
    expect(host_map.inspector).to_be_visible()
    middle, _, percent = view(page)
    left = 390 / 2 - middle * percent / 100
    assert 0 <= left < 390 / 2


def test_fitted_map_is_fitted_again_when_the_inspector_makes_it_smaller(host_map: MapPage, names: Names) -> None:
    there = dummy(names, "fd00::1/64")
    page = host_map.page
    host_map.row(there)
    page.get_by_role("button", name="Fit").click()
    before, *_ = view(page)
    host_map.row(there).click()
    expect(host_map.inspector).to_be_visible()
    after, *_ = view(page)
    # If the map kept its left edge, its middle would be 200 pixels farther left.
    assert abs(after - before) < 100


def test_wide_inspector_covers_the_map_or_leaves_a_useful_part_of_it(host_map: MapPage) -> None:
    page = host_map.page
    page.get_by_role("treeitem").first.click()
    expect(host_map.inspector.get_by_role("heading", level=2)).to_be_visible()
    page.keyboard.press("w")
    expect(page.locator(".column.wide")).to_be_visible()
    for width, least in ((1280, 0), (1440, 0), (1600, 200), (1920, 200)):
        page.set_viewport_size({"width": width, "height": 900})
        map_box, inspector = page.locator("main.map").bounding_box(), page.locator(".column").bounding_box()
        assert map_box is not None
        assert inspector is not None
        strip = inspector["x"] - map_box["x"]
        assert strip == 0 if least == 0 else strip >= least
        if least:
            assert map_box["width"] == strip  # nothing of the map is below the inspector


HINT_ROOM = """
() => {
  const [field] = document.querySelectorAll('.search .field');
  const style = getComputedStyle(field);
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = style.font;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return room - pen.measureText(field.placeholder).width;
}
"""


@pytest.mark.parametrize("width", [768, 900, 1024, 1440])
def test_hint_of_the_search_is_not_cut(host_map: MapPage, width: int) -> None:
    host_map.page.set_viewport_size({"width": width, "height": 900})
    assert host_map.page.evaluate(HINT_ROOM) >= 0


def test_number_of_search_results_does_not_cover_the_outline_of_a_phone(host_map: MapPage) -> None:
    page = host_map.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Search").click()
    page.keyboard.type("lo")
    chip = page.locator(".notice.found")
    expect(chip).to_be_visible()
    page.get_by_role("button", name="Outline").click()
    expect(chip).to_be_hidden()
    page.get_by_role("button", name="Map", exact=True).click()
    expect(chip).to_be_visible()
