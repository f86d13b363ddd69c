"""The state folder belongs to one user and to one run at a time."""

import os
import stat
from pathlib import Path

import pytest

from netviz.launch.failure import Failure
from netviz.launch.state import locked
from tests.ordinary import NOBODY


def test_state_folder_is_readable_only_by_the_user_who_started_netviz(tmp_path: Path) -> None:
    with locked(tmp_path / "deep" / "state"):
        assert stat.S_IMODE((tmp_path / "deep" / "state").stat().st_mode) == 0o700


def test_second_run_with_the_same_state_folder_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "state"), pytest.raises(Failure, match="already runs"), locked(tmp_path / "state"):
        pytest.fail("two runs locked the same folder")
    with locked(tmp_path / "state"):
        pass


def test_file_in_place_of_the_state_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(Failure, match="Cannot use"), locked(tmp_path / "state"):
        pytest.fail("a file was locked")


@pytest.mark.root
def test_state_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", NOBODY, NOBODY)
    with pytest.raises(Failure, match="belongs to another user"), locked(tmp_path / "state"):
        pytest.fail("another user's folder was locked")
