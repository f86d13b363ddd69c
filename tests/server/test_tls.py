"""The gate with TLS: clients that never begin a handshake lock nobody out."""

import contextlib
import datetime
import ipaddress
import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.sync.client import connect as open_socket

from netviz.launch import programs
from netviz.launch.address import Address
from netviz.wire.codec import decode
from netviz.wire.frames import Challenge
from tests.server.knocking import Response, connect, crowd, head, read_all
from tests.services import Served, free_port
from tests.waiting import patient, wait_until


def certificate(folder: Path) -> tuple[str, str]:
    """Writes a certificate for 127.0.0.1, and returns the files of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kept = serialization.PrivateFormat.PKCS8
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, kept, serialization.NoEncryption()))
    return str(files[0]), str(files[1])


@pytest.fixture
def encrypted(tmp_path: Path, migrated_state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Provides a server with TLS that can open only 512 files."""
    command = programs.server
    monkeypatch.setattr(programs, "server", lambda at: ["prlimit", "--nofile=512:512", "--", *command(at)])
    state, port = tmp_path / "state", free_port()
    shutil.copytree(migrated_state, state)
    state.chmod(0o700)
    origins = (f"https://127.0.0.1:{port}",)
    served = Served(
        Address("127.0.0.1", port, *certificate(tmp_path), origins=origins),
        state,
        {"NETVIZ_DATABASE_URL": "", "NETVIZ_REDIS_URL": ""},
    )
    served.start()
    try:
        yield served
    finally:
        served.close()


def ask(served: Served, line: str, *more: str) -> Response:
    """Sends a request with TLS."""
    context = ssl.create_default_context(cafile=served.address.certificate)
    with connect(served) as plain, context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
        connection.sendall(head(served, line, "Connection: close", *more))
        return read_all(connection)


def test_server_answers_with_tls(encrypted: Served) -> None:
    page = ask(encrypted, "GET /help/")
    assert page.status == 200
    assert page.headers["strict-transport-security"].startswith("max-age=")
    assert page.body.rstrip().endswith((b"</html>", b"0"))


@pytest.mark.parametrize("start", [b"", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n"])
def test_visitor_gets_in_while_1100_connections_do_not_complete_their_handshake(
    encrypted: Served, start: bytes
) -> None:
    with crowd(encrypted, 1_100, start):
        for _ in range(3):
            assert ask(encrypted, "GET /sign-in/").status == 200
    assert "Traceback" not in encrypted.log.read_text()


def test_connection_without_a_handshake_is_closed_in_time(encrypted: Served) -> None:
    with connect(encrypted) as connection:
        connection.settimeout(patient(15))
        assert connection.recv(1) == b""


def test_client_that_goes_away_within_its_handshake_leaves_nothing_behind(encrypted: Served) -> None:
    def files() -> int:
        assert encrypted.process is not None
        return len(list(Path(f"/proc/{encrypted.process.pid}/fd").iterdir()))

    before = files()
    for _ in range(50):
        with contextlib.suppress(OSError), connect(encrypted) as connection:
            connection.sendall(b"\x16\x03\x01\x02\x00\x01")
            connection.shutdown(socket.SHUT_RDWR)
    wait_until(lambda: files() <= before + 2, "all are closed")


def test_agent_connects_with_tls(encrypted: Served) -> None:
    context = ssl.create_default_context(cafile=encrypted.address.certificate)
    url = f"{encrypted.ws_url}/ws/agent/"
    with open_socket(url, ssl=context, compression=None, proxy=None, open_timeout=patient(10)) as agent:
        challenge = decode(str(agent.recv(patient(5))), "server")
        assert isinstance(challenge, Challenge)
        agent.ping().wait(patient(5))
