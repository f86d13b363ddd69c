"""The agent's key is created once, kept secret, and used for valid signatures."""

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
