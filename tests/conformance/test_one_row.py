"""A new subject (kind of data) needs only one row in the table `SUBJECTS` of the agent.

The agent then reads the subject in every namespace, keeps it current, and reports a gap where reading is refused.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.worlds import CHECKOUT, World


@pytest.fixture
def steps(world: World) -> Iterator[Callable[[Callable[[Any], bool]], None]]:
    """Waits until the entities of the subject are as wanted."""
    world.run("ip netns add n1")
    script = str(CHECKOUT / "tests/conformance/one_row.py")
    env = {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    process = world.popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    lines = process.stdout

    def wait(wanted: Callable[[Any], bool]) -> None:
        for line in lines:
            if wanted(list(json.loads(line).values())):
                return
        raise AssertionError("the monitor ended")

    yield wait
    process.kill()
    process.wait()


@pytest.mark.root
def test_one_row_in_the_subjects_table_makes_the_agent_read_a_new_kind_of_data_in_every_namespace(
    steps: Callable[[Callable[[Any], bool]], None],
) -> None:
    steps(lambda found: found == [[{"entries": 1}], [{"entries": 1}]])


@pytest.mark.root
def test_one_row_in_the_subjects_table_makes_the_agent_read_a_new_kind_of_data_again_after_a_kernel_event(
    world: World, steps: Callable[[Callable[[Any], bool]], None]
) -> None:
    steps(lambda found: len(found) == 2)
    world.run("ip link add v0 type veth peer name v1 netns n1")
    steps(lambda found: found == [[{"entries": 2}], [{"entries": 2}]])


@pytest.mark.root
def test_new_kind_of_data_that_cannot_be_read_causes_a_report_that_names_the_needed_capability(
    world: World, steps: Callable[[Callable[[Any], bool]], None]
) -> None:
    world.run("ip link add refused type veth peer name other")
    steps(lambda found: [{"tag": "gap", "args": ["CAP_MOOD"]}] in found)
