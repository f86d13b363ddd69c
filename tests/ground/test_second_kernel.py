"""The second kernel's tests only count as passed if tests ran there and all of them passed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from netviz.launch.failure import Failure
from tests.second_kernel import __main__ as runner
from tests.second_kernel import kernel_package
from tests.second_kernel.kernel_package import Kernel

MACHINE = Kernel(Path("vmlinuz"), Path("initrd"))


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """Runs a machine whose console is the output of a shell script; `$mark` is the mark it was given."""

    def run(script: str) -> int:
        def command(machine: Kernel, words: str) -> list[str]:
            mark = words.split()[0].partition("=")[2]
            return ["sh", "-c", f"mark={mark}; {script}"]

        monkeypatch.setattr(runner, "command", command)
        return runner.run(MACHINE, ["tests/second_kernel"])

    return run


def test_run_on_the_second_kernel_passes_if_its_tests_pass(console: Callable[[str], int]) -> None:
    assert console("echo 5 passed; echo $mark 0") == 0


@pytest.mark.parametrize(
    "script",
    [
        "echo 1 failed; echo $mark 1",
        "echo no tests ran; echo $mark 5",
        "echo $mark",
        "echo $mark is what I have to print",
        "echo netviz-0123456789abcdef 0",
        "echo panic: no root; exit 0",
        "exit 1",
    ],
)
def test_run_without_passed_tests_fails_and_prints_the_last_lines_of_the_console(
    console: Callable[[str], int], script: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert console(f"echo the last words; {script}") == 1
    assert "the last words" in capsys.readouterr().err


def test_virtual_machine_that_hangs_is_ended(
    console: Callable[[str], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "LIMIT_S", 0.5)
    assert console("echo up; exec sleep 60") == 1
    assert "the tests did not end" in capsys.readouterr().err


def test_kernel_modules_are_loaded_after_their_dependencies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_package, "MODULES", ("top",))
    modules = {"top": b"\0depends=mid-dle,low\0", "mid_dle": b"\0depends=low\0", "low": b"\0depends=\0"}
    assert kernel_package._in_order(modules) == ["low", "mid_dle", "top"]
    with pytest.raises(Failure):
        kernel_package._in_order({"top": b"\0depends=gone\0"})
