"""Checks the server's address from the command line, and derives the websocket's URL and the TLS settings from it."""

import ipaddress
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

PATH = "/ws/agent/"

_DEFAULT_PORTS = {"ws": 80, "wss": 443}


class BadUrlError(Exception):
    """Raised if the server's address cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """The address of the server. `ws://` is allowed for loopback only; other addresses need `wss://`.

    `authority` is the value of the Host header, and part of what the agent signs (`netviz.wire.frames.proof_text`).
    """

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """The host and port, as `host:port`; only the host if the port is the default of `ws` or `wss`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def socket(self) -> str:
        """The URL of the server's websocket for agents."""
        return f"{self.scheme}://{self.authority}{PATH}"

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return _is_loopback(self.host)

    def tls(self, ca_file: str | None) -> ssl.SSLContext | None:
        """Returns the TLS context that verifies the server's certificate, None for `ws://`.

        Trusts the authorities in `ca_file`, or the system's if it is None.
        """
        return ssl.create_default_context(cafile=ca_file) if self.scheme == "wss" else None


def parse(url: str) -> ServerUrl:
    """Parses the address of a server. Raises BadUrlError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrlError(f"{url!a} is not a valid address: {error}.") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadUrlError(f"{url!a} is not a valid address. Use one like wss://netviz.example or ws://127.0.0.1:8000.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise BadUrlError(f"{url!a} has too many parts. Give only scheme, host and port.")
    if parts.scheme == "ws" and not _is_loopback(parts.hostname):
        raise BadUrlError(f"{url!a} is not encrypted, and the server is not on this machine. Use wss://.")
    return ServerUrl(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
