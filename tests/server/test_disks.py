"""Real faults of the disk with the database: agents are told to come back, what is there can be read, and when the
fault has ended, all works again without a restart.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.missing import missing
from tests.server.returning import (
    BACK_S,
    check_outlasts,
    check_reading,
    check_refused,
    check_unready,
    enrolled,
    greeted,
    is_ready,
    links,
    page,
    store,
    until_stored,
)
from tests.services import Served, serving
from tests.waiting import wait_until

pytestmark = pytest.mark.root


@contextlib.contextmanager
def mounted(folder: Path, *words: str) -> Iterator[Path]:
    """Mounts a file system of its own on a new folder within the block."""
    folder.mkdir()
    done = subprocess.run(["mount", *words, str(folder)], capture_output=True, text=True)
    if done.returncode:
        missing(f"This machine cannot mount a file system for a test: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Provides a small disk."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=16m,mode=0700", "nvt-disk") as folder:
        yield folder


@contextlib.contextmanager
def logging_elsewhere(disk: Path, migrated_state: Path, log: Path) -> Iterator[Served]:
    """Provides a server whose state is on this disk. Its log is elsewhere, as a journal is."""
    with serving(disk, migrated_state) as make:
        served = make()
        served.stop()
        served.log.unlink()
        served.log.symlink_to(log)
        served.start()
        yield served


@pytest.fixture
def served(tmp_path: Path, disk: Path, migrated_state: Path) -> Iterator[Served]:
    """Provides a server whose state is on the small disk."""
    with logging_elsewhere(disk, migrated_state, tmp_path / "log") as served:
        yield served


def fill(disk: Path) -> None:
    with contextlib.suppress(OSError), open(disk / "filler", "ab", buffering=0) as filler:
        for size in (1 << 16, 1 << 10, 1):
            with contextlib.suppress(OSError):
                while filler.write(bytes(size)):
                    pass


def remount(disk: Path, how: str) -> None:
    """Remounts the disk. The kernel refuses to make it read-only while a file is open for writing."""

    def done() -> bool:
        return subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], capture_output=True).returncode == 0

    wait_until(done, f"the disk is remounted: {how}")


def test_server_whose_disk_is_full_goes_on_reading_and_stores_again_when_there_is_room(
    disk: Path, served: Served
) -> None:
    check_outlasts(served, lambda: fill(disk), (disk / "filler").unlink)


def test_disk_that_was_full_before_the_first_agent_came_can_be_read(disk: Path, served: Served) -> None:
    host = enrolled(served)
    cookie = served.cookie()
    with greeted(served) as agent:
        store(agent, 1)
    wait_until(lambda: not (served.state / "db.sqlite3-wal").exists(), "nobody uses the database")
    fill(disk)
    check_unready(served)
    check_refused(served)
    assert links(served, host, cookie) == {"v1": 0}
    (disk / "filler").unlink()
    assert until_stored(served, 1, 2) < BACK_S


def test_server_whose_disk_is_read_only_goes_on_reading_and_stores_again_when_it_is_writable(
    disk: Path, served: Served
) -> None:
    host = enrolled(served)
    cookie = served.cookie()
    with greeted(served) as agent:
        store(agent, 1)
    with page(served, host, cookie) as shown:
        remount(disk, "ro")
        check_unready(served)
        check_refused(served)
        check_reading(served, shown, cookie)
        remount(disk, "rw")
        assert until_stored(served, 1, 2) < BACK_S
        assert is_ready(served)
        assert links(served, host, cookie) == {"v1": 0, "v2": 0}
    assert "Traceback" not in served.log.read_text()


def test_server_outlasts_a_file_system_that_the_kernel_makes_read_only_after_an_error(
    tmp_path: Path, migrated_state: Path
) -> None:
    image, mended = tmp_path / "image", tmp_path / "mended"
    with open(image, "wb") as file:
        file.truncate(64 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    with mounted(tmp_path / "disk", "-o", "loop,errors=remount-ro", str(image)) as disk:

        def fail() -> None:
            found = subprocess.run(["findmnt", "-no", "SOURCE", str(disk)], capture_output=True, text=True, check=True)
            Path("/sys/fs/ext4", Path(found.stdout.strip()).name, "trigger_fs_error").write_text("1")

        def mend() -> None:
            umount = ["umount", str(disk)]
            wait_until(lambda: subprocess.run(umount, capture_output=True).returncode == 0, "nobody uses the disk")
            # A copy: the mount namespaces of other tests may still have the disk, and the kernel would show theirs.
            os.sync()
            shutil.copy(image, mended)
            subprocess.run(["e2fsck", "-p", "-f", str(mended)], capture_output=True)
            subprocess.run(["mount", "-o", "loop", str(mended), str(disk)], check=True)

        with logging_elsewhere(disk, migrated_state, tmp_path / "log") as served:
            check_outlasts(served, fail, mend)
