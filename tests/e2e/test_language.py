"""The page is available in two languages, and a user can switch between them."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import MapPage, Names, ip
from tests.e2e.test_map import violations

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("this host")]

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def namespace(names: Names) -> str:
    """Provides a namespace of this host."""
    name = names.namespace("words")
    ip("netns", "add", name)
    return name


def to_chinese(host_map: MapPage) -> None:
    """Changes the language by the button in the top bar."""
    host_map.page.get_by_role("button", name="中文").click()
    expect(host_map.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    host_map.page.get_by_role("treeitem").first.wait_for()


def test_language_button_changes_the_language_and_keeps_the_selection_and_the_open_tab(
    host_map: MapPage, namespace: str
) -> None:
    page = host_map.page
    host_map.row(namespace).click()
    host_map.tab("Routes")
    page.wait_for_url(re.compile(r"#at=.*tab=routes"))
    address = page.url
    to_chinese(host_map)
    inspector = page.get_by_role("complementary", name="详情面板")
    expect(inspector.get_by_role("heading", level=2)).to_have_text(namespace)
    expect(inspector.get_by_role("tab", name="路由")).to_have_attribute("aria-selected", "true")
    assert page.url.split("&view")[0] == address.split("&view")[0]
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(host_map.inspector.get_by_role("tab", name="Routes")).to_have_attribute("aria-selected", "true")


def test_page_loads_the_words_of_one_language_only(host_map: MapPage) -> None:
    loaded = "() => performance.getEntriesByType('resource').map((one) => one.name.split('/').at(-1).split('-')[0])"
    english = host_map.page.evaluate(loaded)
    assert ("en" in english, "zh_hans" in english) == (True, False)
    to_chinese(host_map)
    chinese = host_map.page.evaluate(loaded)
    assert ("en" in chinese, "zh_hans" in chinese) == (False, True)


def test_chinese_page_is_accessible_and_its_aria_labels_are_in_chinese(host_map: MapPage, namespace: str) -> None:
    to_chinese(host_map)
    page = host_map.page
    host_map.rows(namespace).first.click()
    for tab in ("概览", "链路", "地址", "路由", "邻居", "进程", "监听", "参数"):
        page.get_by_role("tab", name=tab).click()
        assert violations(page) == [], tab
    spoken = page.evaluate("() => [...document.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel)")
    assert [words for words in spoken if not HAN.search(words) and words != "English"] == []


def test_help_page_lists_the_keyboard_shortcuts_in_the_language_of_the_page(host_map: MapPage) -> None:
    page = host_map.page
    page.goto(page.url.split("/map/")[0] + "/help/")
    expect(page.locator("#keys")).to_contain_text("Zoom in")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#keys")).to_contain_text("放大")
