"""A text of a server never reaches the terminal or the log of the agent with a character that a terminal obeys."""

import asyncio
import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve

from netviz.agent.terminal import complain
from netviz.model.text import visible
from netviz.wire.codec import encode
from netviz.wire.frames import Problem
from tests.services import CHECKOUT

# Sets the title of a terminal, clears the screen, writes right to left, and begins a line that looks like ours.
HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e\nnetviz-agent: all is well\x9b31m"


@given(st.text(st.characters()))
def test_printed_text_has_no_control_character_and_no_line_break(text: str) -> None:
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202a\u202e\u2028\u2066" for char in shown)


def test_complaint_with_line_breaks_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain(f"netviz-agent: {HOSTILE}")
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "\x1b" not in printed


def run_agent_against(problem: Problem, *words: str, state: Path) -> str:
    """Runs an agent's command against a server that sends this problem. Returns its output."""

    async def main() -> bytes:
        async def refuse(agent: ServerConnection) -> None:
            await agent.send(encode(problem).decode())
            await agent.wait_closed()

        async with serve(refuse, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "netviz.agent",
                words[0],
                "--server",
                f"ws://127.0.0.1:{port}",
                "--state",
                str(state),
                *words[1:],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=CHECKOUT,
            )
            return (await process.communicate(b"nve_x\n"))[0]

    return asyncio.run(main()).decode("utf-8", "surrogateescape")


def test_enrol_prints_the_reason_of_a_hostile_server_without_its_escape_characters(tmp_path: Path) -> None:
    output = run_agent_against(Problem("bad-token", HOSTILE, True), "enrol", "--name", "h", state=tmp_path)
    assert "did not enrol this host" in output
    assert len(output.splitlines()) == 1
    assert output.strip().isprintable()


@pytest.mark.root
def test_run_logs_the_reason_of_a_hostile_server_without_its_escape_characters(tmp_path: Path) -> None:
    run_agent_against(Problem("bad-token", "x", True), "enrol", "--name", "h", state=tmp_path)  # makes the key
    output = run_agent_against(Problem("revoked", HOSTILE, True), "run", "--practice", state=tmp_path)
    lines = [line for line in output.splitlines() if "rejected" in line]
    assert len(lines) == 1
    assert all(line.isprintable() for line in output.splitlines())
    assert "all is well" in lines[0]


def test_flood_of_problems_writes_few_lines_to_the_log_and_counts_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    from netviz.agent.session_process.connection import Relay, Upstream
    from netviz.agent.session_process.server_url import ServerUrl

    ours, theirs = socket.socketpair()
    with ours, theirs:
        upstream = Upstream(ServerUrl("ws", "127.0.0.1", 80), None, None)  # type: ignore[arg-type]
        relay = Relay(upstream, None, None)  # type: ignore[arg-type]
        with caplog.at_level(logging.WARNING):
            for number in range(1_000):
                relay._report(f"the server refused a frame ({number})")
    assert len(caplog.records) == 10
