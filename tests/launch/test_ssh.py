"""A user who is connected over SSH is told how to forward the map."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ASK = """
from netviz.launch.address import Address
from netviz.launch.ssh import forward_line
print(forward_line(Address({!r}, 8000)))
"""


def line(host: str = "127.0.0.1", **environ: str) -> str:
    """Returns the line printed for a user with this environment."""
    clean = {name: value for name, value in os.environ.items() if name not in ("SSH_CONNECTION", "SUDO_USER")}
    argv = [sys.executable, "-c", ASK.format(host)]
    done = subprocess.run(argv, env={**clean, **environ}, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_ssh_command_forwards_the_port_of_the_map_and_contains_the_user_and_the_host() -> None:
    assert line(SSH_CONNECTION="198.51.100.7 50022 203.0.113.5 22", SUDO_USER="ada") == (
        "ssh -L 8000:127.0.0.1:8000 ada@203.0.113.5"
    )


def test_ssh_command_contains_the_port_of_the_ssh_server_if_the_port_is_not_22() -> None:
    assert line(SSH_CONNECTION="198.51.100.7 50022 203.0.113.5 2222", SUDO_USER="ada") == (
        "ssh -p 2222 -L 8000:127.0.0.1:8000 ada@203.0.113.5"
    )


def test_ssh_command_is_not_printed_without_an_ssh_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    assert line(host="192.0.2.1", SSH_CONNECTION="198.51.100.7 50022 203.0.113.5 22") == "None"


def test_ssh_connection_is_found_even_if_sudo_has_removed_its_environment_variable() -> None:
    # sudo clears the environment; the shell above it still has the variable.
    argv = [sys.executable, "-c", ASK.format("127.0.0.1")]
    inner = ["env", "-u", "SSH_CONNECTION", "SUDO_USER=ada", *argv]
    outer = [sys.executable, "-c", f"import subprocess; subprocess.run({inner!r}, check=True)"]
    env = {**os.environ, "SSH_CONNECTION": "198.51.100.7 50022 203.0.113.5 22"}
    done = subprocess.run(outer, env=env, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "ssh -L 8000:127.0.0.1:8000 ada@203.0.113.5"
