"""The server's address, as given on the command line: checked once, and what follows from it."""

import ipaddress
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

PATH = "/ws/agent/"

_DEFAULT_PORTS = {"ws": 80, "wss": 443}


class BadUrlError(Exception):
    """An address that is not taken; the sentence says why."""


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """Where the server is: `ws://` for loopback alone, else `wss://`.

    `authority` is what stands in the Host header, and what the agent signs (`netviz.wire.frames.proof_text`).
    """

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """`host:port`, without a port that is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def socket(self) -> str:
        """The address of the agents' websocket."""
        return f"{self.scheme}://{self.authority}{PATH}"

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return _is_loopback(self.host)

    def tls(self, ca_file: str | None) -> ssl.SSLContext | None:
        """How to check the server's certificate: by this file, or by the system's authorities; None for ws."""
        return ssl.create_default_context(cafile=ca_file) if self.scheme == "wss" else None


def parse(url: str) -> ServerUrl:
    """The address of a server. Raises BadUrlError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrlError(f"{url!a} is no address: {error}.") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadUrlError(f"{url!a} is no address like wss://netviz.example or ws://127.0.0.1:8000.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise BadUrlError(f"{url!a}: give only scheme, host and port.")
    if parts.scheme == "ws" and not _is_loopback(parts.hostname):
        raise BadUrlError(f"{url!a}: ws:// is for this machine alone, as others could read along; use wss://.")
    return ServerUrl(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
