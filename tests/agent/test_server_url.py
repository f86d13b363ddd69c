"""The agent accepts only valid and safe URLs of a server."""

import pytest

from netviz.agent.session_process.server_url import BadUrlError, parse


@pytest.mark.parametrize(
    ("url", "authority", "socket"),
    [
        ("ws://127.0.0.1:8000", "127.0.0.1:8000", "ws://127.0.0.1:8000/ws/agent/"),
        ("ws://localhost", "localhost", "ws://localhost/ws/agent/"),
        ("wss://netviz.example/", "netviz.example", "wss://netviz.example/ws/agent/"),
        ("wss://netviz.example:443", "netviz.example", "wss://netviz.example/ws/agent/"),
        ("wss://netviz.example:8443", "netviz.example:8443", "wss://netviz.example:8443/ws/agent/"),
        ("ws://[::1]:8000", "[::1]:8000", "ws://[::1]:8000/ws/agent/"),
    ],
)
def test_valid_server_url_is_accepted(url: str, authority: str, socket: str) -> None:
    assert (parse(url).authority, parse(url).socket) == (authority, socket)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "netviz.example",
        "http://127.0.0.1",
        "ws://",
        "wss://host:port",
        "wss://host/path",
        "wss://host?x",
        "wss://host#x",
        "wss://user@host",
        "wss://host:99999",
    ],
)
def test_invalid_server_url_is_refused(url: str) -> None:
    with pytest.raises(BadUrlError):
        parse(url)


@pytest.mark.parametrize("url", ["ws://netviz.example", "ws://10.0.0.1:8000", "ws://127.0.0.1.example"])
def test_server_url_without_encryption_is_refused_unless_the_host_is_loopback(url: str) -> None:
    with pytest.raises(BadUrlError, match="wss://"):
        parse(url)
