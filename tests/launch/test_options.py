"""Wrong arguments give one sentence and exit code 2."""

from pathlib import Path

import pytest

from netviz.launch.failure import Failure
from netviz.launch.options import parse
from netviz.launch.paths import CHECKOUT


def test_default_options_start_the_agent_of_this_host_and_a_server_on_a_loopback_address() -> None:
    options = parse([])
    assert (options.listen, options.port, options.agent, options.practice) == ("127.0.0.1", None, True, False)
    assert options.state == CHECKOUT / ".state"


def test_every_option_can_be_given() -> None:
    options = parse(["--port", "81", "--listen", "::1", "--no-agent", "--practice", "--state", "/var/lib/netviz"])
    assert (options.listen, options.port, options.agent, options.practice) == ("::1", 81, False, True)
    assert options.state == Path("/var/lib/netviz")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8000x", "٨٠", ""])
def test_invalid_port_is_refused(port: str) -> None:
    with pytest.raises(Failure, match="is not a valid port") as refusal:
        parse([f"--port={port}"])
    assert refusal.value.code == 2


def test_unknown_option_is_reported_in_one_line() -> None:
    with pytest.raises(Failure, match="--help") as refusal:
        parse(["--nonsense"])
    assert refusal.value.code == 2
    assert "\n" not in str(refusal.value)
