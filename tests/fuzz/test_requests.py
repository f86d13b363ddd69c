"""Absurd requests to every route: none is a failure of the server."""

import socket
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.server.conftest import forget, people  # noqa: F401 - fixtures
from tests.server.knocking import UPGRADE, Response, connect, head
from tests.server.people import People
from tests.services import Served, serving

MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", ""]

HOSTILE = st.sampled_from(
    [
        "", "\0", "\ud800", "\udfff\ud800", "\u202e", "\x1b[2J", "é", "主机", "%", "%00", "%zz", "../etc",
        "-1", "0", "9" * 400, "1e999", "NaN", "0x10", "²", "٣", "None", "null", "[]", "a" * 5_000, "<b>",
        "00000000-0000-0000-0000-000000000000", "{00000000000000000000000000000000}", "__proto__", "\r\nX: y", "/",
    ]
)  # fmt: skip
TEXTS = st.one_of(HOSTILE, st.text(max_size=60))
HEADERS = st.sampled_from(
    [
        "Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie", "Content-Type", "Host", "If-Match",
        "If-Modified-Since", "If-None-Match", "Origin", "Range", "Referer", "User-Agent", "X-Csrftoken",
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Http-Method-Override", "X-Requested-With",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    ["limit", "after", "ns", "q", "format", "lang", "version", "next", "language", "username", "all"]
)
TYPES = st.sampled_from(
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
        "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain", "\0", "é/é",
        "multipart/form-data; boundary=" + "x" * 300,
    ]
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"username=a%00b&password=x", b"username=%ff&password=%ed%a0%80", b'{"a":"\\u0000"}', b"[" * 5_000,
            b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\na\0b\r\n--x--', b"&" * 500, b"=" * 500,
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="\0"\r\n\r\n1\r\n--x--\r\n', b"--x\r\n\r\n\r\n",
        ]
    ),
)  # fmt: skip


def routes(patterns: Any = None, prefix: str = "") -> list[str]:
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            found.append(here)
    return [*found, "static/{token}", "{token}"] if patterns is None else found


def cookie_text(text: str) -> str:
    """Returns a cookie's value as one that `http.cookies` would decode: control characters as octal escapes."""
    return '"' + "".join(c if c in string.ascii_letters else f"\\{ord(c) & 0xFF:03o}" for c in text[:50]) + '"'


ASK = {
    "method": st.sampled_from(METHODS),
    "token": TEXTS,
    "query": st.lists(st.tuples(NAMES, TEXTS), max_size=3),
    "headers": st.dictionaries(HEADERS, TEXTS, max_size=3),
    "cookie": st.one_of(st.none(), TEXTS),
    "kind": TYPES,
    "body": BODIES,
}


@pytest.mark.parametrize("route", routes())
@given(**ASK)
@example(method="GET", token="\0", query=[("q", "\0")], headers={}, cookie="\0", kind="", body=b"")
@example(method="POST", token="\ud800", query=[], headers={}, cookie=None, kind="multipart/form-data", body=b"")
@MANY
def test_absurd_request_is_refused_and_is_no_failure_of_the_server(
    people: People,  # noqa: F811
    route: str,
    method: str,
    token: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    cookie: str | None,
    kind: str,
    body: bytes,
) -> None:
    path = "/" + route.replace("<uuid:host>", str(people.host.id)).replace("<str:token>", "{token}")
    client = signed_in(people)
    if cookie is not None:
        client.cookies["netviz-language"] = "x"
        headers = {**headers, "Cookie": f"netviz-session={cookie_text(cookie)}; netviz-language={cookie_text(cookie)}"}
    sent = {name: value.encode("utf-8", "replace").decode("latin-1") for name, value in headers.items()}
    answer = client.generic(
        method,
        path.replace("{token}", quote(token.encode("utf-8", "surrogatepass"), safe="")),
        body,
        kind,
        headers=sent,
        query_params=[(name, value.encode("utf-8", "replace")) for name, value in query],  # type: ignore[arg-type]
    )
    assert answer.status_code < 500


_clients: dict[Any, Client] = {}


def signed_in(people: People) -> Client:  # noqa: F811
    """Returns Victor's browser without the check of CSRF tokens, so that requests reach the views."""
    if people.host.id not in _clients:
        _clients.clear()
        _clients[people.host.id] = Client(raise_request_exception=True)
    client = _clients[people.host.id]
    client.force_login(people.users["victor"])
    return client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated_state: Path) -> Iterator[Served]:
    """Provides a server for all examples."""
    with serving(tmp_path_factory.mktemp("served"), migrated_state) as make:
        yield make()


PATHS = st.sampled_from(
    ["/", "/help/", "/sign-in/", "/ws/view/", "/ws/agent/", "/ws/", "/api/v1/hosts/", "/static/x", "*"]
)
ESCAPES = st.sampled_from(
    ["", "%00", "%ff", "%ed%a0%80", "%", "%zz", "?q=%00", "?a=%ff", "?" + "&" * 300, "//..//", "#x"]
)


@given(
    method=st.sampled_from(["GET", "POST", "BREW", "TRACE"]),
    path=PATHS,
    escape=ESCAPES,
    headers=st.lists(st.tuples(HEADERS, st.binary(max_size=60)), max_size=4),
    is_socket=st.booleans(),
)
@example("GET", "/ws/view/", "", [("Cookie", b'netviz-session="\\000"')], True)
@example("GET", "/?all", "", [("Cookie", b'netviz-session="\\000"')], False)
@example("GET", "/ws/view/", "%00", [], True)
@MANY
def test_absurd_head_is_no_failure_of_the_server(
    server: Served, method: str, path: str, escape: str, headers: list[tuple[str, bytes]], is_socket: bool
) -> None:
    lines = ["Connection: close", *(f"{name}: {value.decode('latin-1')}" for name, value in headers)]
    if is_socket:
        lines = [*lines[1:], *UPGRADE.split("\r\n")[:-1], f"Origin: {server.url}"]
    with connect(server) as connection:
        connection.sendall(head(server, f"{method} {path}{escape}", *lines))
        connection.shutdown(socket.SHUT_WR)
        answer = Response(connection.recv(1 << 16))
    assert answer.status < 500
    assert b"Traceback" not in server.log.read_bytes()
