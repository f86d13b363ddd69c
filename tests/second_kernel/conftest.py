"""Fixtures of the tests on the second kernel, in addition to worlds: a live agent. Each test is marked."""

from collections.abc import Iterator

import pytest

from tests.second_kernel.forked import ForkedLive
from tests.worlds import World


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder with `second_kernel`."""
    for item in items:
        item.add_marker(pytest.mark.second_kernel)


@pytest.fixture
def live(world: World) -> Iterator[ForkedLive]:
    """Provides a live agent in the world."""
    agent = ForkedLive(world)
    yield agent
    agent.close()
