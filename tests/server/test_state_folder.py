"""The state folder and the database of SQLite can be read only by the user of the server."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.services import CHECKOUT, Served


def started(state: Path) -> "subprocess.CompletedProcess[str]":
    """Loads the settings with this state folder."""
    env = {**os.environ, "NETVIZ_STATE_DIR": str(state), "NETVIZ_DATABASE_URL": ""}
    code = "import netviz.settings"
    return subprocess.run([sys.executable, "-c", code], env=env, cwd=CHECKOUT, capture_output=True, text=True)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_database_and_its_journals_are_readable_only_by_the_user_of_the_server(served: Served) -> None:
    with closing(sqlite3.connect(served.state / "db.sqlite3")) as other:  # while nobody is connected, there is one file
        other.execute("SELECT * FROM teams_user").fetchall()
        served.first_run()
        files = [file for file in served.state.iterdir() if file.name.startswith("db.sqlite3")]
        assert len(files) == 3
        assert {mode(file) for file in files} == {0o600}
    assert mode(served.state) == 0o700


def test_database_that_others_can_read_is_corrected_at_a_start(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    for name in ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"):
        (state / name).touch()
        (state / name).chmod(0o644)
    assert started(state).returncode == 0
    assert mode(state) == 0o700
    assert {mode(state / name) for name in ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm")} == {0o600}


def test_new_state_folder_and_database_are_private_although_the_umask_is_open(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert started(tmp_path / "state").returncode == 0
    finally:
        os.umask(before)
    assert (mode(tmp_path / "state"), mode(tmp_path / "state" / "db.sqlite3")) == (0o700, 0o600)


@pytest.mark.parametrize("how", ["sticky", "full of other files"])
def test_folder_that_many_users_share_is_refused_and_stays_as_it_is(tmp_path: Path, how: str) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "of somebody else").touch()
    shared.chmod(0o1777 if how == "sticky" else 0o755)
    before = mode(shared)
    done = started(shared)
    assert done.returncode != 0
    assert "Use a folder of its own" in done.stderr.splitlines()[-1]
    assert mode(shared) == before
