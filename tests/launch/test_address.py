"""Where the server listens: on a free port, and outside of loopback only if that is safe."""

import socket
from pathlib import Path

import pytest

from netviz.launch import address
from netviz.launch.address import Address, choose, origins
from netviz.launch.failure import Failure
from netviz.launch.options import Options, parse
from tests.services import free_port

ELSEWHERE = "192.0.2.77"  # an address for documentation (RFC 5737), which no host has


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """Provides settings that name a readable certificate and key."""
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("-")
    return {"NETVIZ_TLS_CERT": str(tmp_path / "cert.pem"), "NETVIZ_TLS_KEY": str(tmp_path / "key.pem")}


def options_from(*words: str) -> Options:
    """Returns the options parsed from these words."""
    return parse(words)


def test_requested_port_in_use_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"Port {port} is in use by another program. Choose another with --port"):
            choose(options_from("--port", str(port)), {})


def test_next_free_port_is_chosen_if_no_port_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(address, "FIRST_PORT", taken.getsockname()[1])
        chosen = choose(options_from(), {})
        assert taken.getsockname()[1] < chosen.port < taken.getsockname()[1] + address.PORTS_TRIED


def test_server_on_loopback_allows_its_address_and_localhost_as_origins() -> None:
    port = free_port()
    chosen = choose(options_from("--port", str(port)), {})
    assert chosen.origins == (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
    assert chosen.url("ws") == f"ws://127.0.0.1:{port}"


def test_ipv6_address_is_written_in_brackets_in_the_url() -> None:
    assert origins(Address("::1", 80), {}) == ("http://[::1]:80",)


def test_origins_from_the_environment_are_listed_first() -> None:
    given = {"NETVIZ_ORIGINS": "https://map.example, https://other.example:8443"}
    assert origins(Address("127.0.0.1", 80), given)[:2] == ("https://map.example", "https://other.example:8443")


def test_invalid_listen_address_is_refused() -> None:
    with pytest.raises(Failure, match="is not an IP address") as refusal:
        choose(options_from("--listen", "example.com"), {})
    assert refusal.value.code == 2


def test_listen_address_of_another_host_is_refused(certificate: dict[str, str]) -> None:
    with pytest.raises(Failure, match=f"Cannot listen on {ELSEWHERE}"):
        choose(options_from("--listen", ELSEWHERE), certificate)


def test_plain_http_is_refused_if_the_server_listens_on_an_address_other_than_loopback() -> None:
    with pytest.raises(Failure, match="unencrypted"):
        choose(options_from("--listen", ELSEWHERE), {})


def test_unreadable_certificate_is_refused(certificate: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(Failure, match="Cannot read"):
        choose(options_from("--listen", ELSEWHERE), {**certificate, "NETVIZ_TLS_KEY": str(tmp_path / "nothing")})


@pytest.mark.parametrize("secret", ["", "short", "django-insecure-" + "x" * 60, "changeme" * 9])
def test_weak_secret_is_refused_if_the_server_listens_on_an_address_other_than_loopback(
    certificate: dict[str, str], secret: str
) -> None:
    with pytest.raises(Failure, match="needs a strong secret"):
        choose(options_from("--listen", ELSEWHERE), {**certificate, "NETVIZ_SECRET_KEY": secret})


def test_debug_mode_is_refused_if_the_server_listens_on_an_address_other_than_loopback(
    certificate: dict[str, str],
) -> None:
    with pytest.raises(Failure, match="NETVIZ_DEBUG"):
        choose(options_from("--listen", ELSEWHERE), {**certificate, "NETVIZ_DEBUG": "1"})


def test_listening_on_all_addresses_requires_configured_origins(certificate: dict[str, str]) -> None:
    with pytest.raises(Failure, match="NETVIZ_ORIGINS"):
        choose(options_from("--listen", "0.0.0.0"), certificate)  # noqa: S104 - refused
    port = free_port()
    named = {**certificate, "NETVIZ_ORIGINS": "https://map.example"}
    chosen = choose(options_from("--listen", "0.0.0.0", "--port", str(port)), named)  # noqa: S104 - the socket is closed at once
    assert chosen.origins == ("https://map.example",)
    assert chosen.url("http") == f"https://0.0.0.0:{port}"
