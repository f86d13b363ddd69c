"""Looks at every request before anything else does: its client's address, its Host, its text, and its body.

A refused request costs little: nothing of its body is stored, and it is counted instead of logged each time.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from netviz.server import limits
from netviz.server.edge.addresses import forwarded
from netviz.server.edge.gate import Gate
from netviz.server.tally import dropped

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[Any]]

# Close code of a websocket whose request was refused. It is closed before it is accepted, so its client sees a 403.
REFUSED = 4403

# Load balancers ask these paths by IP address, and the answers tell nothing.
PROBES = ("/healthz", "/readyz")

_SAFE_HEADERS = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"connection", b"close"),
]


_CHARSET = re.compile(rb"charset\s*=[\s\"']*([^\s\"';]*)")


class Refusal(Exception):
    """Means that a request is refused with a status and a sentence. `why` is the name under which it is counted."""

    def __init__(self, status: int, text: str, why: str, detail: object = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.why = why
        self.detail = detail


class Edge:
    """Wraps the ASGI application of the whole server."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._has_warned = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Implements ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        self._miss_the_gate(scope)
        _believe_proxies(scope)
        body = _Body()
        try:
            check_head(scope)
            _keep_own_cookies(scope)
            if scope["type"] == "http" and _body_length(scope) != 0:
                receive = await body.read(receive)
            await self._application(scope, receive, send)
        except Refusal as refusal:
            body.close()
            dropped.add(refusal.why, refusal.detail)
            await (_answer if scope["type"] == "http" else _close)(refusal, receive, send)
        except _ClientGone:
            return
        finally:
            body.close()

    def _miss_the_gate(self, scope: Message) -> None:
        if scope["type"] == "http" and not Gate.is_used and not self._has_warned:
            self._has_warned = True
            log.warning("the server was started without the gate (docs/operations.md): idle clients can lock it")


def _believe_proxies(scope: Message) -> None:
    """Sets the client's address and the scheme to those that a trusted proxy reports."""
    if not settings.TRUSTED_PROXIES or not scope.get("client"):
        return
    address, scheme = forwarded(scope["client"][0], scope["headers"], settings.TRUSTED_PROXIES)
    scope["client"] = (address, 0)
    if scheme:
        scope["scheme"] = scheme if scope["type"] == "http" else scheme.replace("http", "ws")


def _keep_own_cookies(scope: Message) -> None:
    """Removes all cookies that are not netviz's: those of other programs on this host, and those of an attacker. To
    read a value with many backslashes takes Python seconds, because the time grows with the square of its length.
    """
    given = [value for name, value in scope["headers"] if name.lower() == b"cookie"]
    if not given:
        return
    names = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    pairs = [pair.strip() for value in given for pair in value.split(b";")]
    own = [pair for pair in pairs if pair.partition(b"=")[0].decode("latin-1") in names and b"\\" not in pair]
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
    scope["headers"] = [*headers, (b"cookie", b"; ".join(own))]  # an agent has no such header, not even an empty one


def check_head(scope: Message) -> None:
    """Raises Refusal if the path, the query or a header of the request has a NUL, if the query is not ASCII, if the
    body is not UTF-8, or if the Host is not one of the server's names.
    """
    headers = [(name.lower(), value) for name, value in scope["headers"]]
    texts: list[bytes | str] = [scope["path"], unquote_to_bytes(scope.get("query_string", b""))]
    texts += [value for _, value in headers]
    texts += [value.replace(rb"\000", b"\0") for name, value in headers if name == b"cookie"]  # as Django reads it
    if any("\0" in text if isinstance(text, str) else b"\0" in text for text in texts):
        raise Refusal(400, "A request must not contain a NUL.", "a request with a NUL")
    if not scope.get("query_string", b"").isascii():
        raise Refusal(400, "A query must be ASCII.", "a request with a query that is not ASCII")
    check_content_type([value.lower() for name, value in headers if name == b"content-type"])
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    if scope["path"] in PROBES and scope["type"] == "http":
        return
    if len(hosts) != 1 or not is_our_host(hosts[0]):
        text = "This server has no such name. Set NETVIZ_ALLOWED_HOSTS if it should."
        raise Refusal(400, text, "a request with a Host that is not in NETVIZ_ALLOWED_HOSTS", ", ".join(hosts))


def check_content_type(given: list[bytes]) -> None:
    """Raises Refusal for a body in another encoding than UTF-8. Django would decode it with any codec of Python: the
    text may then have lone surrogates, or be no text at all. `*` names an encoding too (RFC 2231).
    """
    charsets = {charset for value in given for charset in _CHARSET.findall(value)}
    is_odd = any(b"*" in value or len(value) > limits.CONTENT_TYPE_BYTES for value in given)
    if len(given) > 1 or is_odd or not charsets <= {b"utf-8", b"utf8"}:
        raise Refusal(415, "A body must be UTF-8.", "a request with a body that is not UTF-8", given)


def is_our_host(host: str) -> bool:
    """Returns whether the value of a Host header is one of the server's names, with any port."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _body_length(scope: Message) -> int | None:
    """Returns the announced length of the body, None for a chunked one. Raises Refusal if it is too large."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return None
    given = headers.get(b"content-length", b"0").strip()
    if not given.isdigit():
        raise Refusal(400, "Content-Length is not a number.", "a request with a bad Content-Length", given)
    if len(given) > 12 or int(given) > limits.BODY_BYTES:
        raise _too_large()
    return int(given)


def _too_large() -> Refusal:
    text = f"A request body must not be larger than {limits.BODY_BYTES} bytes."
    return Refusal(413, text, "a request with a body that is too large")


class _ClientGone(Exception):
    """Means that the client disconnected before it had sent the whole body."""


class _Body:
    """The body of a request, in memory while the request is handled."""

    _all_bytes = 0  # of all bodies that are larger than a form

    def __init__(self) -> None:
        self._data = bytearray()
        self._counted = 0

    async def read(self, receive: Receive) -> Receive:
        """Reads the whole body. Returns a function that gives it to the application in one message. Raises Refusal if
        it is too large, comes too slowly, or finds no room; and _ClientGone.
        """
        more = True
        try:
            async with asyncio.timeout(limits.BODY_S):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _ClientGone
                    self._add(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            text = f"The request body did not arrive within {limits.BODY_S} seconds."
            raise Refusal(408, text, "a request whose body did not arrive in time") from None
        first: list[Message] = [{"type": "http.request", "body": bytes(self._data), "more_body": False}]
        self._data.clear()

        async def replay() -> Message:
            return first.pop() if first else await receive()

        return replay

    def _add(self, data: bytes) -> None:
        self._data += data
        size = len(self._data)
        if size > limits.BODY_BYTES:
            raise _too_large()
        if size > limits.FORM_BYTES:
            if _Body._all_bytes + size - self._counted > limits.BODIES_BYTES:
                text = "The server has too many large requests at the moment. Try again later."
                raise Refusal(503, text, "a request with a large body, because there are too many")
            _Body._all_bytes += size - self._counted
            self._counted = size

    def close(self) -> None:
        """Forgets the body."""
        _Body._all_bytes -= self._counted
        self._data.clear()
        self._counted = 0


async def _answer(refusal: Refusal, receive: Receive, send: Send) -> None:
    """Sends the refusal. Then reads what the client still sends for a short time and drops it: a connection that is
    closed with unread bytes is reset, and a client that is still sending would not see the answer.
    """
    text = f"{refusal.text}\n".encode()
    headers = [*_SAFE_HEADERS, (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": True})
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limits.LINGER_S):
            while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
                pass
    await send({"type": "http.response.body", "body": b""})


async def _close(refusal: Refusal, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": REFUSED})
