"""Parts of the tests run in parallel, each log stays complete, and nothing outlives the run."""

import os
import signal
import subprocess
import sys

import pytest

from tests.ground.test_worlds import lives
from tests.parts import Part, run
from tests.services import CHECKOUT
from tests.waiting import wait_until


def shell(name: str, script: str, **environ: str) -> Part:
    return Part(name, ["sh", "-c", script], environ)


def test_exit_code_of_the_test_runner_is_0_if_every_part_of_the_tests_exits_with_0(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run([shell("one", "echo 3 passed"), shell("two", "echo $WORD", WORD="4 passed")]) == 0
    out = capfd.readouterr().out
    assert "3 passed" in out
    assert "\n== two ==\n4 passed\n" in out


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_exit_code_of_the_test_runner_is_1_if_one_part_of_the_tests_fails(
    capfd: pytest.CaptureFixture[str], failing: int
) -> None:
    scripts = ["echo said; exit 7" if number == failing else "true" for number in range(3)]
    assert run([shell(f"part {number}", script) for number, script in enumerate(scripts)]) == 1
    out = capfd.readouterr().out
    assert "said" in out
    assert [line.split()[2] for line in out.splitlines() if "FAILED (7)" in line] == [str(failing)]


def test_outputs_of_commands_that_run_in_parallel_are_printed_one_after_another(
    capfd: pytest.CaptureFixture[str],
) -> None:
    script = "for i in 1 2 3; do echo $0 $i; sleep 0.05; done; echo error >&2"
    assert run([shell("one", "true"), *(shell(name, script) for name in ("two", "three"))]) == 0
    out = capfd.readouterr().out
    assert out.count("sh 1\nsh 2\nsh 3\nerror\n") == 2


PROGRAM = """
import sys
from tests.parts import Part, run
script = "sleep 1000 & echo $!; wait"
sys.exit(run([Part(name, ["sh", "-c", script]) for name in ("one", "two")]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_to_the_test_runner_ends_every_part_of_the_tests_and_their_child_processes(number: int) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        sleeper = int(process.stdout.readline())
        wait_until(lambda: len(_children(process.pid)) == 2, "both parts run")
        parts = _children(process.pid)
        os.kill(process.pid, number)
        assert process.wait() == 130
    wait_until(lambda: not any(lives(pid) for pid in [*parts, sleeper]), "all has ended")


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]
