"""What the tests on the second kernel may use beside worlds: a live agent. Each is marked."""

from collections.abc import Iterator

import pytest

from tests.second_kernel.forked import ForkedLive
from tests.worlds import World


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test here."""
    for item in items:
        item.add_marker(pytest.mark.second_kernel)


@pytest.fixture
def live(world: World) -> Iterator[ForkedLive]:
    """A live agent in the world."""
    agent = ForkedLive(world)
    yield agent
    agent.close()
