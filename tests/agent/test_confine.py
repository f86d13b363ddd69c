"""A confined process of the agent can no longer start programs or use root's rights."""

import os
import subprocess
import sys

import pytest

SNIPPET = """
import os, subprocess, sys
from netviz.agent.system import confine
{setup}
try:
    subprocess.run(["true"])
    print("ran")
except OSError as error:
    print("refused", error.errno)
print(os.getresuid(), os.getgroups(), open("/proc/self/status").read().split("CapEff:")[1].split()[0])
"""


def run(setup: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", SNIPPET.format(setup=setup)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_process_can_start_a_program_before_it_forbids_this_to_itself() -> None:
    assert run("")[0] == "ran"


def test_process_cannot_start_a_program_after_it_forbade_this_to_itself() -> None:
    assert run("confine.no_programs()")[0] == "refused 1"


@pytest.mark.root
def test_process_has_no_groups_and_no_capabilities_after_it_became_the_user_nobody() -> None:
    assert run("confine.become_nobody()")[1] == "(65534, 65534, 65534) [] 0000000000000000"


def test_process_of_an_ordinary_user_keeps_its_user_when_it_is_told_to_become_nobody() -> None:
    user = os.geteuid() or 65533
    assert run(f"os.setresuid({user}, {user}, {user}); confine.become_nobody()")[1].startswith(f"({user}, {user}")
