"""The agent's key is created once, kept secret, and used for valid signatures."""

import errno
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from netviz.agent.session_process.signing_key import Key, UnusableKeyError, key_file, load, load_or_make


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_agent_key_makes_the_same_signatures_as_the_library_cryptography(seed: bytes, message: bytes) -> None:
    key, oracle = Key(seed), Ed25519PrivateKey.from_private_bytes(seed)
    assert key.public == oracle.public_key().public_bytes_raw().hex()
    assert key.sign(message) == oracle.sign(message).hex()


def test_agent_key_is_created_only_once_and_other_users_cannot_read_it(tmp_path: Path) -> None:
    first = load_or_make(tmp_path / "state")
    assert key_file(tmp_path / "state").stat().st_mode & 0o777 == 0o600
    assert load_or_make(tmp_path / "state").public == first.public


def test_agent_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    key_file(tmp_path).chmod(0o640)
    with pytest.raises(UnusableKeyError, match="chmod 600"):
        load(tmp_path)


def test_error_for_a_missing_agent_key_asks_to_enrol_the_host(tmp_path: Path) -> None:
    with pytest.raises(UnusableKeyError, match="enrol"):
        load(tmp_path)


@pytest.mark.parametrize("content", ["", "xyz", "00" * 31, "é"])
def test_invalid_agent_key_is_refused(tmp_path: Path, content: str) -> None:
    key_file(tmp_path).write_text(content, encoding="utf-8")
    key_file(tmp_path).chmod(0o600)
    with pytest.raises(UnusableKeyError):
        load(tmp_path)


def test_agent_key_that_is_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    load_or_make(tmp_path / "elsewhere")
    (tmp_path / "state").mkdir(mode=0o700)
    key_file(tmp_path / "state").symlink_to(key_file(tmp_path / "elsewhere"))
    for take in (load, load_or_make):
        with pytest.raises(UnusableKeyError, match="symbolic link"):
            take(tmp_path / "state")


def test_no_agent_key_is_written_through_a_symbolic_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    key_file(tmp_path / "state").symlink_to(tmp_path / "target")
    with pytest.raises(UnusableKeyError, match="symbolic link"):
        load_or_make(tmp_path / "state")
    assert not (tmp_path / "target").exists()


def test_agent_key_in_a_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    load_or_make(tmp_path / "state")
    (tmp_path / "state").chmod(0o777)
    for take in (load, load_or_make):
        with pytest.raises(UnusableKeyError, match="chmod go-w"):
            take(tmp_path / "state")


@pytest.mark.root
@pytest.mark.parametrize("name", ["state", "state/agent.key"])
def test_agent_key_of_another_user_is_refused(tmp_path: Path, name: str) -> None:
    load_or_make(tmp_path / "state")
    os.chown(tmp_path / name, 65534, 65534)
    with pytest.raises(UnusableKeyError, match="belongs to user 65534"):
        load(tmp_path / "state")


def test_pipe_in_place_of_the_agent_key_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(key_file(tmp_path), 0o600)
    with pytest.raises(UnusableKeyError, match="is not a file"):
        load(tmp_path)


def test_full_disk_leaves_no_empty_agent_key_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        load_or_make(tmp_path)
    assert not key_file(tmp_path).exists()
