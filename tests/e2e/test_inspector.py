"""The inspector with the real kernel: no broken words, one line a route, copying, selected text, commands."""

import collections
import re
import subprocess

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import MapPage, Names, ip
from tests.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("this host")]

# Returns the words of the inspector that stand on two lines. A word ends at a space or after a comma.
BROKEN = r"""
() => {
  const [body] = document.getElementsByClassName("body");
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const word of node.data.matchAll(/[^\s,]+,?/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter(({width}) => width > 0).map(({top}) => Math.round(top)));
      if (lines.size > 1) found.push(word[0]);
    }
  }
  return found;
}
"""
OVERFLOW = "() => { const [b] = document.getElementsByClassName('body'); return b.scrollWidth - b.clientWidth; }"

TABS = ("Overview", "Links", "Addresses", "Routes", "Neighbours", "Netfilter", "Processes", "Listening", "Settings")
LONG_MAC = "02:ab:cd:ef:01:23"
RULES = """table inet filter-with-a-long-name {
    chain DOCKER-ISOLATION-STAGE-1 { counter accept; }
    chain input { type filter hook input priority 0; policy drop;
        iifname "br-0123456789ab" ip6 saddr 2001:db8:1234:5678:9abc:def0:1234:5678 tcp dport 8443 counter accept;
        counter jump DOCKER-ISOLATION-STAGE-1; }
}"""


@pytest.fixture
def crowded(names: Names) -> str:
    """Provides a namespace whose addresses, routes, neighbours and rules are long."""
    namespace = names.namespace("crowded")
    ip("netns", "add", namespace)
    ip("-n", namespace, "link", "set", "lo", "up")
    ip("-n", namespace, "link", "add", "br-0123456789ab", "address", LONG_MAC, "type", "bridge")
    ip("-n", namespace, "link", "add", "veth-abcdefgh-0", "type", "veth", "peer", "name", "veth-abcdefgh-1")
    ip("-n", namespace, "link", "set", "veth-abcdefgh-0", "master", "br-0123456789ab")
    for link in ("veth-abcdefgh-0", "veth-abcdefgh-1", "br-0123456789ab"):
        ip("-n", namespace, "link", "set", link, "up")
    dev = ("dev", "br-0123456789ab")
    ip("-n", namespace, "addr", "add", "192.168.100.101/24", *dev)
    ip("-n", namespace, "addr", "add", "2001:db8:1234:5678:9abc:def0:1234:5678/64", *dev, "nodad")
    ip("-n", namespace, "route", "add", "10.123.0.0/16", "via", "192.168.100.254", "metric", "1024")
    ip("-n", namespace, "route", "add", "10.124.0.0/16", "via", "192.168.100.253", "onlink", *dev, "mtu", "1400")
    ip("-n", namespace, "route", "add", "unreachable", "10.125.0.0/16", "metric", "9")
    ip("-n", namespace, "-6", "route", "add", "2001:db8:ffff::/48", "via", "2001:db8:1234:5678:9abc:def0:1234:1")
    ip("-n", namespace, "rule", "add", "from", "10.0.0.0/8", "fwmark", "0x10/0xff", "lookup", "100")
    ip("-n", namespace, "neigh", "add", "2001:db8:1234:5678:9abc:def0:1234:9999", "lladdr", LONG_MAC, *dev)
    subprocess.run(["ip", "netns", "exec", namespace, "nft", "-f", "-"], input=RULES, text=True, check=True)
    return namespace


def open_on(host_map: MapPage, name: str) -> None:
    """Selects a namespace of which all links are known to the page."""
    host_map.row(name).click()
    expect(host_map.inspector.get_by_role("heading", level=2)).to_contain_text(name)


def settled(page: Page) -> None:
    """Waits until current values, which arrive every two seconds, are on the page."""
    page.wait_for_timeout(2_500)


def test_no_word_of_the_narrow_inspector_breaks_in_its_middle(host_map: MapPage, crowded: str) -> None:
    page = host_map.page
    open_on(host_map, crowded)
    for tab in TABS:
        host_map.tab(tab)
        settled(page)
        assert page.evaluate(BROKEN) == [], tab
        assert page.evaluate(OVERFLOW) <= 0, tab
    host_map.tab("Links")
    host_map.inspector.get_by_role("button", name="br-0123456789ab").first.click()
    host_map.inspector.get_by_role("button", name="attributes").click()
    for tab in ("Overview", "Addresses", "Counters", "Routes", "Neighbours", "FDB", "Settings"):
        host_map.tab(tab)
        settled(page)
        assert page.evaluate(BROKEN) == [], tab
        assert page.evaluate(OVERFLOW) <= 0, tab


def test_text_that_is_wider_than_the_inspector_wraps_inside_it(host_map: MapPage, names: Names) -> None:
    namespace, page = names.namespace("w" * 180), host_map.page
    ip("netns", "add", namespace)
    hostile = "".join(map(chr, range(1, 9))) + "WWWWWWW"  # the page shows each control character as \xNN
    ip("-n", namespace, "link", "add", "link0", "type", "veth", "peer", "name", "link1")
    ip("-n", namespace, "link", "set", "link0", "up", "alias", "W" * 250)
    ip("-n", namespace, "link", "set", "link1", "name", hostile)
    open_on(host_map, namespace)
    for tab in ("Overview", "Links"):
        host_map.tab(tab)
        settled(page)
        assert page.evaluate(OVERFLOW) <= 0, tab
    host_map.inspector.get_by_role("button", name="link0").first.click()
    expect(host_map.inspector).to_contain_text("W" * 250)
    assert page.evaluate(OVERFLOW) <= 0


def lefts(table: Locator) -> list[float]:
    """Returns where the columns of a table begin, in pixels."""
    boxes = [head.bounding_box() for head in table.locator("th").all()]
    return [box["x"] for box in boxes if box is not None]


def test_wide_inspector_has_one_line_for_each_route_and_the_same_columns_for_ipv4_and_ipv6(
    host_map: MapPage, crowded: str
) -> None:
    page = host_map.page
    open_on(host_map, crowded)
    host_map.tab("Routes")
    page.keyboard.press("w")
    settled(page)
    group = host_map.inspector.locator("section")
    four = group.filter(has=page.get_by_role("heading", name="IPv4 main")).locator("table")
    six = group.filter(has=page.get_by_role("heading", name="IPv6 main")).locator("table")
    assert lefts(four) == lefts(six)
    for table in (four, six):
        heights = [box["height"] for row in table.locator("tbody").all() if (box := row.bounding_box()) is not None]
        assert len(heights) > 1
        assert max(heights) < 32
    host_map.tab("Overview")
    row = host_map.inspector.locator(".row").first
    value, glyph = row.locator(".val").bounding_box(), row.locator(".copy").bounding_box()
    assert value is not None
    assert glyph is not None
    assert glyph["x"] - (value["x"] + value["width"]) < 16


def test_wide_inspector_in_a_small_window_breaks_no_word(host_map: MapPage, crowded: str) -> None:
    page = host_map.page
    open_on(host_map, crowded)
    host_map.tab("Routes")
    page.keyboard.press("w")
    page.set_viewport_size({"width": 768, "height": 1024})
    settled(page)
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(OVERFLOW) <= 0


def test_chosen_tab_is_in_sight_on_a_phone(host_map: MapPage, crowded: str) -> None:
    page = host_map.page
    open_on(host_map, crowded)
    host_map.tab("Listening")
    page.wait_for_url(re.compile(r"#at=.*tab=listening"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    chosen = host_map.inspector.get_by_role("tab", name="Listening")
    expect(chosen).to_be_in_viewport(ratio=0.9)


def says_copied(host_map: MapPage, text: str) -> None:
    """Expects that the page says visibly, and to screen readers, that it has copied a text that begins like this."""
    expect(host_map.inspector.get_by_role("status").filter(has_text=f"Copied {text}")).to_be_visible()


def rules_of(namespace: str, family: str) -> list[str]:
    """Returns the route rules of a namespace, as ip(8) prints them."""
    words = ["ip", "-n", namespace, family, "rule", "show"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()


def test_each_copied_route_and_rule_is_a_command_of_ip_for_its_family(
    host_map: MapPage, names: Names, crowded: str
) -> None:
    open_on(host_map, crowded)
    host_map.tab("Routes")
    expect(host_map.inspector.get_by_role("cell", name="10.123.0.0/16", exact=True)).to_be_visible()
    labels = [
        str(button.get_attribute("aria-label")).removeprefix("Copy ")
        for button in host_map.inspector.locator("button.copy").all()
    ]
    rules = [label for label in labels if " rule add " in label]
    routes = [label for label in labels if label not in rules]
    assert len(routes) > 8
    start = "ip route add 10.123.0.0/16 via 192.168.100.254 dev br-0123456789ab metric 1024"
    assert any(route.startswith(start) for route in routes)
    assert any(route.startswith("ip -6 route add ") for route in routes)
    before = {family: rules_of(crowded, family) for family in ("-4", "-6")}
    for command in routes:
        ip("-n", crowded, *command.replace(" add ", " replace ", 1).split()[1:])
    assert any("fwmark 0x10/0xff" in rule for rule in rules)
    for number, command in enumerate(rules, 1_000):
        ip("-n", crowded, *re.sub("priority [0-9]+", f"priority {number}", command).split()[1:])
    for family, known in before.items():
        assert len(rules_of(crowded, family)) == 2 * len(known)


def test_each_copied_rule_of_netfilter_is_understood_by_nft(host_map: MapPage, crowded: str) -> None:
    open_on(host_map, crowded)
    host_map.tab("Netfilter")
    expect(host_map.inspector.get_by_role("cell", name="jump DOCKER-ISOLATION-STAGE-1", exact=True)).to_be_visible()
    labels = [str(one.get_attribute("aria-label")) for one in host_map.inspector.locator("button.copy").all()]
    assert len(labels) == 2
    for label in labels:
        rule = label.removeprefix("Copy ")
        nft = ("nft", f"add rule inet filter-with-a-long-name input {rule}")
        subprocess.run(["ip", "netns", "exec", crowded, *nft], check=True)


def test_row_is_copied_by_mouse_by_keyboard_and_by_touch_and_the_page_says_so(host_map: MapPage, crowded: str) -> None:
    page = host_map.page
    open_on(host_map, crowded)
    host_map.tab("Routes")
    row = host_map.inspector.locator("tbody").filter(has_text="10.123.0.0/16")
    row.get_by_role("button", name=re.compile("^Copy ")).click()
    says_copied(host_map, "ip route add 10.123.0.0/16 via 192.168.100.254")
    host_map.tab("Neighbours")
    address = host_map.inspector.get_by_role("button", name="2001:db8:1234:5678:9abc:def0:1234:9999")
    address.focus()
    page.keyboard.press("Enter")
    says_copied(host_map, "2001:db8:1234:5678:9abc:def0:1234:9999")
    mac = host_map.inspector.get_by_role("button", name=LONG_MAC).first
    mac.dispatch_event("click")  # what a browser sends after a touch
    says_copied(host_map, LONG_MAC)
    expect(mac).to_have_class(re.compile("copied"))


SELECT = """
(text) => {
  const [body] = document.getElementsByClassName("body");
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.includes(text)) {
    getSelection().selectAllChildren(walker.currentNode.parentElement);
    return;
  }
}
"""


def test_selected_text_stays_selected_while_the_host_changes_and_the_page_catches_up_afterwards(
    host_map: MapPage, crowded: str
) -> None:
    page = host_map.page
    open_on(host_map, crowded)
    host_map.tab("Addresses")
    expect(host_map.inspector).to_contain_text("192.168.100.101/24")
    page.evaluate(SELECT, "192.168.100.101")
    ip("-n", crowded, "addr", "add", "192.168.100.102/24", "dev", "br-0123456789ab")
    paused = host_map.inspector.get_by_text("Not updated while text is selected")
    expect(paused).to_be_visible()
    settled(page)
    assert "192.168.100.101" in page.evaluate("() => getSelection().toString()")
    expect(host_map.inspector).not_to_contain_text("192.168.100.102/24")
    page.evaluate("() => getSelection().removeAllRanges()")
    expect(host_map.inspector).to_contain_text("192.168.100.102/24")
    expect(paused).to_be_hidden()


def test_command_of_the_fdb_prints_exactly_the_entries_that_are_shown(host_map: MapPage, crowded: str) -> None:
    ip("-n", crowded, "link", "add", "vx9", "type", "vxlan", "id", "9", "dstport", "4789", "local", "192.168.100.101")
    subprocess.run(
        ["bridge", "-n", crowded, "fdb", "append", "00:00:00:00:00:00", "dev", "vx9", "dst", "192.168.100.9"],
        check=True,
    )
    open_on(host_map, crowded)
    host_map.tab("Neighbours")
    fdb = host_map.inspector.locator("section").filter(has=host_map.page.get_by_role("heading", name="FDB"))
    expect(fdb).to_contain_text("192.168.100.9")
    line = fdb.locator(".command").inner_text().removeprefix("$ ")

    def agrees() -> bool:
        printed = subprocess.run(["sh", "-c", line], check=True, capture_output=True, text=True).stdout.splitlines()
        return len(printed) > 1 and len(printed) == fdb.locator("tbody").count()

    wait_until(agrees, "the command prints as many entries as the page shows")
    everything = subprocess.run(["bridge", "-n", crowded, "fdb", "show"], check=True, capture_output=True, text=True)
    left = len(everything.stdout.splitlines()) - fdb.locator("tbody").count()
    assert left > 1
    expect(fdb).to_contain_text(f"Not listed: {left} multicast MACs that links themselves receive.")


def test_socket_of_a_vxlan_is_shown_as_the_kernels(host_map: MapPage, crowded: str) -> None:
    ip("-n", crowded, "link", "add", "vxlan100", "type", "vxlan", "id", "100", "dstport", "4789", "dev", "lo")
    ip("-n", crowded, "link", "set", "vxlan100", "up")
    open_on(host_map, crowded)
    host_map.tab("Listening")
    row = host_map.inspector.locator("tbody").filter(has_text="4789").first
    expect(row).to_contain_text("the kernel, for vxlan100", timeout=15_000)


def test_last_row_of_tabs_is_as_wide_as_the_first(host_map: MapPage, crowded: str) -> None:
    open_on(host_map, crowded)
    # In one step: the page may draw the tabs anew between two.
    tops = host_map.inspector.get_by_role("tab").evaluate_all(
        "tabs => tabs.map((tab) => tab.getBoundingClientRect().y)"
    )
    rows = collections.Counter(tops)
    assert len(rows) > 1
    assert set(rows.values()) == {3}


def test_overview_of_a_link_begins_with_what_matters_and_shows_each_command_once(
    host_map: MapPage, crowded: str
) -> None:
    open_on(host_map, crowded)
    host_map.tab("Links")
    host_map.inspector.get_by_role("button", name="veth-abcdefgh-0").first.click()
    expect(host_map.inspector.get_by_role("button", name="Go to veth-abcdefgh-1")).to_be_visible()
    titles = [title.inner_text() for title in host_map.inspector.get_by_role("heading", level=3).all()]
    assert titles[0].startswith("Other end")
    assert titles[1] == "Link"
    assert titles[-1].startswith("All attributes")
    commands = host_map.inspector.locator(".command").all_inner_texts()
    assert len(set(commands)) == len(commands)
    expect(host_map.inspector).not_to_contain_text("gso_max_segs")
    host_map.inspector.get_by_role("button", name="attributes").click()
    for name in ("allmulti", "addrgenmode", "gso_max_segs", "tso_max_size", "gro_max_size"):
        expect(host_map.inspector.locator(".row").filter(has_text=name)).to_be_visible()
