"""A command whose output cannot be written says so in one sentence, and its exit code is 1."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds import CHECKOUT, World, agent_command

FULL = "cannot write to stdout: No space left on device\n"
CLOSED = "cannot write to stdout: it is closed\n"


def shell(argv: list[str], redirection: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in the checkout with its stdout redirected."""
    script = ["sh", "-c", f'"$@" {redirection}', "sh", *argv]
    return subprocess.run(script, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, input="")


@pytest.mark.parametrize("form", ["text", "json", "edges", "dot", "mermaid"])
@pytest.mark.parametrize(("redirection", "sentence"), [(">/dev/full", FULL), (">&-", CLOSED)])
def test_dump_whose_output_cannot_be_written_says_so_in_one_sentence(
    world: World, form: str, redirection: str, sentence: str
) -> None:
    world.run("ip link add v0 type veth peer name v1")
    script = f'cd {CHECKOUT}; "$@" {redirection}; echo $? >&2'
    done = world.popen(["sh", "-c", script, "sh", *agent_command("dump", "--format", form)], stderr=subprocess.PIPE)
    _, error = done.communicate()
    assert error.decode() == f"netviz: {sentence}1\n"


def test_dump_into_a_closed_pipe_ends_by_sigpipe_without_a_word(world: World) -> None:
    for at in range(300):
        world.run(f"ip link add nvt{at} type ifb")
    script = f'cd {CHECKOUT}; {{ "$@"; echo $? >&2; }} | head -c1 >/dev/null'
    done = world.popen(["sh", "-c", script, "sh", *agent_command("dump", "--format", "json")], stderr=subprocess.PIPE)
    _, error = done.communicate()
    assert error.decode() == f"{128 + 13}\n"


@pytest.mark.parametrize("words", [["--help"], ["dump", "--help"], ["enrol", "--help"], ["run", "--help"]])
def test_help_that_cannot_be_written_is_an_error(words: list[str]) -> None:
    done = shell(agent_command(*words), ">/dev/full")
    assert (done.returncode, done.stderr) == (1, f"netviz: {FULL}")


@pytest.mark.parametrize(
    ("redirection", "sentence"), [(">/dev/full", "No space left on device"), (">&-", "it is closed")]
)
def test_command_of_manage_py_whose_output_cannot_be_written_says_so_in_one_sentence(
    redirection: str, sentence: str
) -> None:
    done = shell([sys.executable, "manage.py", "help"], redirection)
    assert (done.returncode, done.stderr) == (1, f"netviz: Cannot write to stdout: {sentence}.\n")


def test_secret_that_cannot_be_printed_is_not_kept(tmp_path: Path) -> None:
    env = f"NETVIZ_SECRET_KEY={'x' * 40} NETVIZ_STATE_DIR={tmp_path}"
    manage = f"env {env} {sys.executable} manage.py"
    assert shell(["sh", "-c", f"{manage} migrate --verbosity 0"], "").returncode == 0
    done = shell(["sh", "-c", f"{manage} first_run --agent-name here >/dev/full"], "")
    assert (done.returncode, done.stderr) == (1, "netviz: Cannot write to stdout: No space left on device.\n")
    users = "from netviz.server.teams.models import User; print(User.objects.count())"
    assert shell(["sh", "-c", f"{manage} shell -v 0 -c '{users}'"], "").stdout == "0\n"
