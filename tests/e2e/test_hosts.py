"""The list of hosts beside the map shows nothing of other hosts that the page does not know."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import MapPage, patient_ms, practice_agent
from tests.services import Served, stop
from tests.waiting import Limit

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("this host")]


def test_host_that_the_page_does_not_follow_is_never_shown_as_live(host_map: MapPage, served: Served) -> None:
    page, hosts = host_map.page, host_map.page.get_by_role("navigation", name="Hosts")
    other = practice_agent(served.address, served, "other")
    row, limit = hosts.get_by_role("link", name="other"), Limit(20)
    try:
        while not row.filter(has_text="connected,").count():
            assert not limit.is_over
            page.reload()
            hosts.wait_for()
            page.wait_for_timeout(200)
    finally:
        stop(other)
    for _ in range(4):
        assert row.locator(".live").count() == 0
        assert "live" not in row.inner_text()
        page.wait_for_timeout(2_000)
    expect(row).to_contain_text("connected, ")
    here = hosts.get_by_role("link", name="e2e")
    expect(here.locator(".state")).to_have_class("state live", timeout=patient_ms(20_000))
