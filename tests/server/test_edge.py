"""The edge: what is refused before anything else of the server sees a request."""

import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from websockets.exceptions import ConnectionClosed

from netviz.asgi import application
from netviz.server.limits import HANDSHAKE_BYTES
from tests.server.connected import browser
from tests.server.knocking import UPGRADE, ask, connect, crowd, head, read_all
from tests.server.sockets import Browser, Closed
from tests.services import Served, serving
from tests.waiting import patient, wait_until

MIB = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated_state: Path) -> Iterator[Served]:
    """Provides a server for all tests of this module that leave nothing behind."""
    with serving(tmp_path_factory.mktemp("served"), migrated_state) as make:
        served = make()
        served.first_run()
        yield served


def chunked(*sizes: int) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (size, b"x" * size) for size in sizes)


def written_bytes(served: Served) -> int:
    """Returns how many bytes the server has caused to be written to disks (proc_pid_io(5))."""
    assert served.process is not None
    with open(f"/proc/{served.process.pid}/io") as rows:
        return int(next(line for line in rows if line.startswith("write_bytes")).split()[1])


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/", "/api/v1/hosts/", "/nowhere/", "/static/x.js", "/healthz", "/ws/view/"]
)
@pytest.mark.parametrize("how", ["with its length", "in chunks"])
@pytest.mark.parametrize("who", ["a stranger", "a user"])
def test_body_over_1_mib_is_refused_at_every_url(server: Served, path: str, how: str, who: str) -> None:
    length = "Content-Length: 1048577" if how == "with its length" else "Transfer-Encoding: chunked"
    body = b"x" * (MIB + 1) if how == "with its length" else chunked(*([1 << 16] * 16), 1)
    cookie = [] if who == "a stranger" else [f"Cookie: {server.cookie()}"]
    assert ask(server, f"POST {path}", length, *cookie, body=body).status == 413


@pytest.mark.parametrize("length", ["Content-Length: 157286400", "Transfer-Encoding: chunked"])
def test_nothing_of_a_body_of_150_mib_is_written_to_a_disk_and_its_sender_sees_the_413(
    server: Served, length: str
) -> None:
    before, began = written_bytes(server), time.monotonic()
    body = b"x" * (150 * MIB) if length.startswith("Content") else chunked(*([1 << 20] * 150))
    answer = ask(server, "POST /sign-in/", length, body=body)
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert written_bytes(server) - before < MIB
    assert time.monotonic() - began < 20


def test_memory_does_not_grow_with_bodies_that_are_refused(server: Served) -> None:
    assert server.process is not None

    def resident_kib() -> int:
        with open(f"/proc/{server.process.pid}/status") as rows:  # type: ignore[union-attr]
            return int(next(line for line in rows if line.startswith("VmRSS")).split()[1])

    before = resident_kib()
    for _ in range(10):
        ask(server, "POST /sign-in/", "Transfer-Encoding: chunked", body=chunked(*([1 << 20] * 30)))
    assert resident_kib() - before < 20 * 1024


def test_too_large_body_is_refused_before_it_is_sent(server: Served) -> None:
    with connect(server) as connection:
        lines = ("Content-Length: 1048577", "Expect: 100-continue")
        connection.sendall(head(server, "POST /sign-in/", *lines))
        assert read_all(connection).status == 413


def test_body_of_exactly_1_mib_is_accepted(server: Served) -> None:
    answer = ask(server, "POST /healthz", f"Content-Length: {MIB}", body=b"x" * MIB)
    assert answer.status in (403, 405)


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "9" * 4_000, "+5", "0x10"])
def test_bad_content_length_is_refused(server: Served, length: str) -> None:
    assert ask(server, "POST /sign-in/", f"Content-Length: {length}").status in (400, 413)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "a b", "[::1", "é"]
)
@pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/hosts/", "/static/x.js", "/nowhere/"])
def test_request_with_a_wrong_host_is_refused(server: Served, host: str, path: str) -> None:
    assert ask(server, f"GET {path}", host=host).status == 400


@pytest.mark.parametrize("path", ["/ws/agent/", "/ws/view/"])
def test_websocket_with_a_wrong_host_is_refused(server: Served, path: str) -> None:
    lines = [*UPGRADE.split("\r\n")[:-1], f"Origin: {server.url}"]
    with connect(server) as connection:
        connection.sendall(head(server, f"GET {path}", *lines, host="evil.example"))
        assert read_all(connection).status == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("port", [80, 8_000, 40_000])
async def test_websocket_of_an_agent_may_come_through_a_forwarded_port(name: str, port: int) -> None:
    scope = socket_scope("/ws/agent/", f"{name}:{port}")
    asgi = ApplicationCommunicator(application, scope)
    await asgi.send_input({"type": "websocket.connect"})
    assert (await asgi.receive_output(5))["type"] == "websocket.accept"


def socket_scope(path: str, host: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "type": "websocket",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", host.encode()), *headers],
        "client": ("127.0.0.1", 40_000),
        "server": ("127.0.0.1", 8_000),
        "subprotocols": [],
    }


@pytest.mark.parametrize("path", ["", "/", "//", "/ws/", "/ws/agent", "/ws/view/x", "/map/", "/%00", "/\0", "/é"])
async def test_websocket_with_another_path_is_closed_without_an_error(path: str) -> None:
    browser = Browser()
    browser._asgi.scope["path"] = path
    with pytest.raises(Closed):
        await browser.open()


def test_outsider_fills_the_log_with_neither_tracebacks_nor_many_lines(served: Served) -> None:
    for number in range(150):
        ask(served, "GET /", host=f"evil-{number}.example")
        ask(served, "GET /", *UPGRADE.split("\r\n")[:-1])
        with connect(served) as connection:
            connection.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
            read_all(connection)
    log = served.log.read_text()
    assert "Traceback" not in log
    assert len(log) < 2_000
    assert 0 < log.count("evil-") <= 4


def test_probe_of_a_load_balancer_may_have_any_host(server: Served) -> None:
    assert ask(server, "GET /healthz", host="10.0.0.7").status == 200
    assert ask(server, "GET /readyz", host="10.0.0.7").status == 200


@pytest.mark.parametrize(
    ("line", "header"),
    [
        ("GET /%00", ""),
        ("GET /help/?a=%00", ""),
        ("GET /api/v1/search/?q=a%00b", ""),
        ("GET /map/%00/", ""),
        ("GET /static/%00.js", ""),
        ("GET /sign-in/once/nvs_%00/", ""),
        ("GET /?all", 'Cookie: netviz-session="\\000"'),
        ("GET /help/", 'Cookie: netviz-language="en\\000"'),
        ("GET /help/", 'Cookie: x="\\000"'),
        ("GET /ws/view/", 'Cookie: netviz-session="\\000"'),
    ],
)
def test_nul_is_refused_at_the_edge(server: Served, line: str, header: str) -> None:
    more = [header] if header else []
    if "/ws/" in line:
        more += [*UPGRADE.split("\r\n")[:-1], f"Origin: {server.url}"]
    assert ask(server, line, *more).status == (403 if "/ws/" in line else 400)


def resident_mib(served: Served) -> int:
    assert served.process is not None
    rows = Path(f"/proc/{served.process.pid}/status").read_text().split("\n")
    return next(int(row.split()[1]) >> 10 for row in rows if row.startswith("VmRSS"))


def test_memory_does_not_grow_with_bodies_that_never_end_and_people_can_still_sign_in(server: Served) -> None:
    before = resident_mib(server)
    with crowd(server, 200, head(server, "POST /sign-in/", f"Content-Length: {MIB}") + b"x" * (MIB - 1)):
        time.sleep(1)  # the server reads all that it wants to read
        # 16 MiB of bodies, and up to 256 KiB of each connection until it is closed; with all bodies it is 215 MiB.
        assert resident_mib(server) - before < 140
        form = "Content-Type: application/x-www-form-urlencoded"
        assert ask(server, "POST /sign-in/", form, "Content-Length: 3", body=b"a=b").status == 403  # no CSRF token
        large = ask(server, "POST /sign-in/", f"Content-Length: {MIB}", body=b"x" * MIB)
        assert (large.status, large.headers["connection"]) == (503, "close")
    wait_until(lambda: ask(server, "POST /", f"Content-Length: {MIB}", body=b"x" * MIB).status == 403, "there is room")


@pytest.mark.parametrize("fragments", [1, 16])
def test_memory_does_not_grow_with_frames_of_strangers_that_never_end(server: Served, fragments: int) -> None:
    size = (MIB - 1) // fragments
    text = b"".join(struct.pack(">BBQ", 0 if at else 1, 0x80 | 127, size) + bytes(4 + size) for at in range(fragments))
    before = resident_mib(server)
    with crowd(server, 200, head(server, "GET /ws/agent/", *UPGRADE.split("\r\n")[:-1])) as sockets:
        for one in sockets:
            assert one.recv(1_024).startswith(b"HTTP/1.1 101 ")
            with suppress(ConnectionError):
                one.sendall(text[:-1])
        time.sleep(1)  # the server reads all that it wants to read
        assert resident_mib(server) - before < 40


def test_frame_of_a_browser_that_is_larger_than_any_of_netviz_is_not_kept(server: Served) -> None:
    with browser(server) as opened:
        opened.send(" " * (HANDSHAKE_BYTES + 1), text=True)
        with pytest.raises(ConnectionClosed) as closed:
            opened.recv(patient(5))
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1009


NOT_UTF8 = [
    "multipart/form-data; boundary=B; charset=unicode_escape",
    "multipart/form-data; boundary=B; CharSet = 'utf-7'",
    'multipart/form-data; boundary=B; charset="hex"',
    "multipart/form-data; boundary=B; charset=idna",
    "multipart/form-data; boundary=B; charset=utf-8; charset=zip",
    "multipart/form-data; boundary*=xyz''B",
    "application/x-www-form-urlencoded; charset=utf-7",
]


@pytest.mark.parametrize("path", ["/sign-in/", "/healthz", "/api/v1/hosts/"])
@pytest.mark.parametrize("content_type", NOT_UTF8)
def test_body_that_is_not_utf8_is_refused(server: Served, content_type: str, path: str) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="username"\r\n\r\n\\ud800+2AA-\r\n--B--\r\n'
    length = f"Content-Length: {len(body)}"
    assert ask(server, f"POST {path}", f"Content-Type: {content_type}", length, body=body).status == 415


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; charset="UTF-8"'])
def test_form_in_utf8_is_not_refused(server: Served, charset: str) -> None:
    form = f"Content-Type: application/x-www-form-urlencoded{charset}"
    assert ask(server, "POST /sign-in/", form, "Content-Length: 3", body=b"a=b").status == 403  # no CSRF token


@pytest.mark.parametrize("path", ["/healthz", "/sign-in/", "/static/x.js"])
@pytest.mark.parametrize(
    "header",
    [
        'Cookie: x="' + "\\\\" * 30_000 + '"',
        'Cookie: netviz-session="' + '\\"' * 30_000 + '"',
        "Content-Type: text/plain;" + ' a="\\"";' * 7_000,
    ],
)
def test_header_that_python_reads_slowly_stops_nobody(server: Served, path: str, header: str) -> None:
    began = time.monotonic()
    assert ask(server, f"GET {path}", header).status
    assert ask(server, "GET /healthz").status == 200
    assert time.monotonic() - began < patient(0.5)


def test_cookies_of_other_programs_on_the_same_host_change_nothing(server: Served) -> None:
    foreign = 'other="a\\"b"; =; netviz-sessions=x; ' + "y=" + "z" * 9_000
    assert ask(server, "GET /?all", f"Cookie: {foreign}; {server.cookie()}").status == 200
    assert ask(server, "GET /?all", f"Cookie: {foreign}", f"Cookie: {server.cookie()}").status == 200
    assert ask(server, "GET /?all", f"Cookie: {foreign}").status == 302
