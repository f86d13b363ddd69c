"""Children are kept running, end with us, and leave nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netviz.launch.children import FIRST_PAUSE_S, QUICK_DEATHS, Child
from netviz.launch.failure import Failure
from netviz.launch.watch import Watch
from tests.waiting import patient, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-ISc", "import time; time.sleep(1000)"]
STUBBORN = [
    sys.executable,
    "-ISc",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(1000)",
]


@pytest.fixture
def make_child(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Creates children that are stopped after the test."""
    made: list[Child] = []

    def make(argv: list[str], fatal: dict[int, str] | None = None) -> Child:
        made.append(Child("sleeper", argv, dict(os.environ), tmp_path / "sleeper.log", fatal or {}))
        return made[-1]

    yield make
    for child in made:
        child.stop()


def lives(pid: int) -> bool:
    """Returns whether a process exists and is not a zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def pid_of(child: Child) -> int:
    """Returns the process id of a started child."""
    assert child.process is not None
    return child.process.pid


def died(child: Child) -> str:
    """Waits for a child to end, and returns the message about it."""
    assert child.process is not None
    child.process.wait(patient(5))
    sentence = child.reap(time.monotonic())
    assert sentence is not None
    return sentence


def test_running_child_process_is_not_restarted(make_child: Callable[..., Child]) -> None:
    child = make_child(SLEEP)
    child.start()
    assert child.reap(time.monotonic()) is None


def test_child_process_that_ends_is_restarted_within_a_second(make_child: Callable[..., Child]) -> None:
    child = make_child(SLEEP)
    child.start()
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    died(child)
    assert child.due is not None
    assert child.due - time.monotonic() <= FIRST_PAUSE_S < 1
    child.start()
    assert pid_of(child) != first


def test_message_about_an_ended_child_contains_the_last_line_of_its_log(make_child: Callable[..., Child]) -> None:
    child = make_child([sys.executable, "-ISc", "import sys; sys.exit('the disk is full')"])
    child.start()
    assert "(the disk is full)" in died(child)


def test_pauses_before_restarts_grow_and_a_child_that_ends_too_often_in_a_row_raises_a_failure(
    make_child: Callable[..., Child],
) -> None:
    child = make_child([sys.executable, "-ISc", "raise SystemExit(1)"])
    pauses = []
    for _ in range(QUICK_DEATHS - 1):
        child.start()
        died(child)
        assert child.due is not None
        pauses.append(child.due - child.started)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * FIRST_PAUSE_S
    child.start()
    with pytest.raises(Failure, match="times in a row"):
        died(child)


def test_child_that_ends_with_a_fatal_exit_code_is_not_restarted(make_child: Callable[..., Child]) -> None:
    child = make_child([sys.executable, "-ISc", "raise SystemExit(3)"], {3: "its key was revoked"})
    child.start()
    assert died(child) == f"The sleeper ended (exit code 3): its key was revoked. See its log {child.log}."
    assert child.due is None


def test_child_that_ignores_sigterm_is_killed(
    make_child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netviz.launch.children.STOP_S", 0.2)
    child = make_child(STUBBORN)
    child.start()
    pid = pid_of(child)
    wait_until(lambda: child.log.read_text() != "", "the child ignores SIGTERM")
    child.stop()
    assert not lives(pid)


def test_stopping_a_child_ends_its_descendants(make_child: Callable[..., Child]) -> None:
    child = make_child(["sh", "-c", "sleep 1000 & echo $!; wait"])
    child.start()
    wait_until(lambda: child.log.read_text().strip().isdigit(), "the child has a child")
    grandchild = int(child.log.read_text())
    child.stop()
    wait_until(lambda: not lives(grandchild), "the grandchild has ended")


def test_child_processes_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from netviz.launch.children import Child\n"
        f"child = Child('sleeper', {SLEEP!r}, dict(os.environ), Path({str(tmp_path / 'log')!r})); child.start()\n"
        "print(child.process.pid, flush=True); sys.stdin.read()\n"
    )
    us = subprocess.Popen(
        [sys.executable, "-c", program], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with us:
        assert us.stdout is not None
        child = int(us.stdout.readline())
        assert lives(child)
        us.kill()
    wait_until(lambda: not lives(child), "the child has died with its parent")


def test_large_log_is_rotated(make_child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netviz.launch.children.LOG_LIMIT_BYTES", 10)
    child = make_child(SLEEP)
    child.log.write_text("old " * 10)
    child.start()
    assert child.log.with_suffix(".log.1").read_text() == "d old old "
    assert child.log.read_text() == ""


def test_log_is_rotated_while_the_child_writes_to_it(
    make_child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netviz.launch.children.LOG_LIMIT_BYTES", 10_000)
    monkeypatch.setattr("netviz.launch.watch.TRIM_S", 0.01)
    child = make_child(
        [sys.executable, "-ISc", "import time\nfor n in range(3000): print(n, flush=True); time.sleep(1e-4)"]
    )
    child.start()
    assert child.process is not None
    sizes = []
    while child.process.poll() is None:
        child.trim_log()
        sizes.append(child.log.stat().st_size)
        time.sleep(0.005)
    child.trim_log()
    assert max(sizes) < 20_000
    assert child.log.with_suffix(".log.1").stat().st_size == 10_000
    last = (child.log.with_suffix(".log.1").read_text() + child.log.read_text()).splitlines()[-1]
    assert last == "2999"


def test_supervisor_restarts_children_and_stops_at_a_signal(make_child: Callable[..., Child], tmp_path: Path) -> None:
    # It ends at once the first time; the second time it tells us to stop.
    mark = tmp_path / "second"
    script = f'if [ -e "{mark}" ]; then kill -TERM {os.getpid()}; exec sleep 1000; else touch "{mark}"; fi'
    child = make_child(["sh", "-c", script])
    before = signal.getsignal(signal.SIGTERM)
    watch = Watch()
    with watch.signals():
        child.start()
        watch.supervise([child])
    assert mark.exists()
    assert child.reap(time.monotonic()) is None
    assert signal.getsignal(signal.SIGTERM) is before
