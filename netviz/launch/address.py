"""Chooses the address where the server listens, and checks the settings that this address requires."""

import errno
import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from netviz.launch.failure import Failure
from netviz.launch.options import Options

FIRST_PORT = 8000
PORTS_TRIED = 100
WEAK_SECRETS = ("changeme", "change-me", "django-insecure", "secret", "insecure", "default")
SHORTEST_SECRET = 32  # minimum characters of NETVIZ_SECRET_KEY; the same value as in netviz/settings.py


@dataclass(frozen=True)
class Address:
    """Where the server listens. `certificate` and `key` are files; both are empty for plain http on loopback."""

    host: str
    port: int
    certificate: str = ""
    key: str = ""
    origins: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Returns whether only programs on this host can connect."""
        return ipaddress.ip_address(self.host).is_loopback

    def url(self, scheme: str) -> str:
        """Returns the URL without a slash at the end. `scheme` is http or ws; with a certificate, an s is added."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}{'s' if self.certificate else ''}://{host}:{self.port}"


def choose(options: Options, environ: Mapping[str, str] = os.environ) -> Address:
    """Chooses the address that these options ask for, with a port that is free at this moment. Raises Failure."""
    host = _host(options.listen)
    certificate, key = environ.get("NETVIZ_TLS_CERT", ""), environ.get("NETVIZ_TLS_KEY", "")
    if not ipaddress.ip_address(host).is_loopback:
        _refuse_insecure(host, certificate, key, environ)
    port = options.port or FIRST_PORT
    while not _is_free(host, port):
        if options.port is not None:
            raise Failure(f"Port {port} is in use by another program. Choose another with --port.")
        port += 1
        if port == FIRST_PORT + PORTS_TRIED:
            raise Failure(f"Ports {FIRST_PORT} to {port - 1} are all in use. Choose another with --port.")
    address = Address(host, port, certificate, key)
    return Address(host, port, certificate, key, origins(address, environ))


def origins(address: Address, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the exact origins that browsers may use: those in NETVIZ_ORIGINS, and our own address."""
    given = [origin.strip() for origin in environ.get("NETVIZ_ORIGINS", "").split(",") if origin.strip()]
    own = [] if ipaddress.ip_address(address.host).is_unspecified else [address.url("http")]
    if address.host == "127.0.0.1":
        own.append(address.url("http").replace("//127.0.0.1:", "//localhost:"))
    return tuple(dict.fromkeys([*given, *own]))


def _host(text: str) -> str:
    if text == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise Failure(f"{text!r} is not an IP address. Give --listen an IP address of this host.", 2) from None


def _refuse_insecure(host: str, certificate: str, key: str, environ: Mapping[str, str]) -> None:
    """Checks what an address outside of loopback requires: TLS, a strong secret, and no debugging; for 0.0.0.0 and ::,
    which mean all addresses, also NETVIZ_ORIGINS. Raises Failure.
    """
    if not (certificate and key):
        raise Failure(
            f"Listening on {host} would send passwords unencrypted. Set NETVIZ_TLS_CERT and "
            "NETVIZ_TLS_KEY, or listen on 127.0.0.1 and connect with `ssh -L`."
        )
    for file in (certificate, key):
        if not os.access(file, os.R_OK):
            raise Failure(f"Cannot read the certificate or key {file}.")
    secret = environ.get("NETVIZ_SECRET_KEY")
    if secret is not None and (len(secret) < SHORTEST_SECRET or secret.lower().startswith(WEAK_SECRETS)):
        raise Failure(f"Listening on {host} needs a strong secret. Unset NETVIZ_SECRET_KEY to generate one.")
    if environ.get("NETVIZ_DEBUG", "").lower() not in ("", "0", "false", "no", "off"):
        raise Failure(f"Listening on {host} with NETVIZ_DEBUG would expose internals. Unset NETVIZ_DEBUG.")
    if ipaddress.ip_address(host).is_unspecified and not environ.get("NETVIZ_ORIGINS"):
        raise Failure(f"Listening on {host} needs NETVIZ_ORIGINS. Set it, for example, to https://netviz.example:8000.")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise Failure(f"Cannot listen on {host} port {port}: {error.strerror}.") from None
    return True
