"""What every test may use: Hypothesis' profiles, the mark `root`, worlds and services."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.missing import missing

# They run on another kernel: `make test-second-kernel`.
collect_ignore = ["second_kernel"]

pytest_plugins = ["tests.worlds", "tests.services"]

# An ordinary user's PATH has none of the kernel's tools.
os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"

settings.register_profile("dev", max_examples=100, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dev")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `root` fails without root where CI=true, and says why it is left out elsewhere."""
    if item.get_closest_marker("root") is not None and os.geteuid() != 0:
        missing("needs root: run `sudo make test`")
