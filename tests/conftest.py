"""Shared by all tests: Hypothesis' profiles, the mark `root`, worlds and services."""

import fcntl
import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.missing import missing

# They run on another kernel: `make test-second-kernel`.
collect_ignore = ["second_kernel"]

pytest_plugins = ["tests.worlds", "tests.services"]

# An ordinary user's PATH does not contain the kernel's tools.
os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"

settings.register_profile("dev", max_examples=100, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Distributes the tests to workers.

    Tests that share a fixture of their module (a daemon, a browser, a run) are a group: one worker runs them, and the
    fixture is created once. The group "this host" is every test that shows this host, or that creates enough namespaces
    to change a map of this host. Groups and tests with a time limit of their own come first: slow work starts early,
    so that at the end no worker runs alone.
    """
    for item in items:
        definitions = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009 - pytest has no other way
        if item.get_closest_marker("xdist_group") is None and any(
            definition.scope == "module" for several in definitions for definition in several
        ):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("xdist_group", "timeout")))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Makes a test of the group "this host" wait for such tests of other runs. Time limits do not count the wait."""
    group = item.get_closest_marker("xdist_group")
    if group is None or group.args != ("this host",):
        return (yield)
    folder = os.open("/run", os.O_RDONLY)  # all runs see this folder; closing the descriptor releases the lock
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        return (yield)
    finally:
        os.close(folder)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """If pytest runs without root, a test marked `root` fails if CI=true, and is otherwise skipped with a reason."""
    if item.get_closest_marker("root") is not None and os.geteuid() != 0:
        missing("needs root: run `sudo make test`")
