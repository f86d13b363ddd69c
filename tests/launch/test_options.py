"""A wrong call is answered by one sentence and code 2."""

from pathlib import Path

import pytest

from netviz.launch.failure import Failure
from netviz.launch.options import parse
from netviz.launch.paths import CHECKOUT


def test_nothing_said_means_this_host_on_loopback() -> None:
    options = parse([])
    assert (options.listen, options.port, options.agent, options.practice) == ("127.0.0.1", None, True, False)
    assert options.state == CHECKOUT / ".state"


def test_everything_can_be_said() -> None:
    options = parse(["--port", "81", "--listen", "::1", "--no-agent", "--practice", "--state", "/var/lib/netviz"])
    assert (options.listen, options.port, options.agent, options.practice) == ("::1", 81, False, True)
    assert options.state == Path("/var/lib/netviz")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8000x", "٨٠", ""])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(Failure, match="is not a valid port") as refusal:
        parse([f"--port={port}"])
    assert refusal.value.code == 2


def test_an_unknown_word_is_refused_in_one_line() -> None:
    with pytest.raises(Failure, match="--help") as refusal:
        parse(["--nonsense"])
    assert refusal.value.code == 2
    assert "\n" not in str(refusal.value)
