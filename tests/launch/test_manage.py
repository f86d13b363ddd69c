"""`manage.py` runs on any Python, and passes Django's commands on."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
MANAGE = CHECKOUT / "manage.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs manage.py to its end."""
    return subprocess.run([sys.executable, str(MANAGE), *arguments], capture_output=True, text=True, cwd=CHECKOUT)


def test_old_python_versions_can_parse_the_file_manage_py() -> None:
    ast.parse(MANAGE.read_text(), feature_version=(3, 4))


def test_too_old_version_of_python_is_reported_in_one_sentence() -> None:
    program = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = ['manage.py', 'run']; "
        f"runpy.run_path({str(MANAGE)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=CHECKOUT)
    assert done.returncode == 1
    assert done.stderr == (
        "netviz needs Python 3.11 or newer and this is 3.9: start it with a newer one, "
        "for instance `python3.11 manage.py run`.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["run", "--port", "high"], 2, "is not a valid port"),
        (["run", "--what"], 2, "Unrecognized arguments: --what; "),
    ],
)
def test_wrong_arguments_are_reported_in_one_sentence_without_a_traceback(
    arguments: list[str], code: int, sentence: str
) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("netviz: ")


def test_manage_py_passes_all_commands_except_run_to_django() -> None:
    assert run("version").stdout.startswith("5.2.")
