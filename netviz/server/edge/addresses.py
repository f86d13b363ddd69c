"""The address of a client, and its key for limits. Only the proxies in NETVIZ_TRUSTED_PROXIES are believed."""

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# A user of IPv6 has at least a /64, and can use every address in it (RFC 6177).
_IPV6_PREFIX = 64


def _parsed(text: str) -> Address | None:
    """Returns the address without its zone. An IPv4 address that is written as IPv6 is an IPv4 address."""
    try:
        address = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=4096)
def bucket(address: str) -> str:
    """Returns the key under which attempts from this address are counted: for IPv6, its /64."""
    parsed = _parsed(address)
    if parsed is None:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)


def is_trusted(address: str, proxies: Iterable[Network]) -> bool:
    """Returns whether the address is that of one of these proxies."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in proxy for proxy in proxies)


def client_address(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """Returns the address of the client of a request that came from `peer`.

    `forwarded_for` is the request's X-Forwarded-For header. Each proxy adds the address from which it received the
    request at the end, so the client is the last address that is not a trusted proxy. What stands before it could have
    been written by the client.
    """
    client = peer
    for hop in reversed(forwarded_for.split(",")):
        if not is_trusted(client, proxies):
            break
        parsed = _parsed(hop)
        if parsed is None:
            break
        client = str(parsed)
    return client


def forwarded(peer: str, headers: Iterable[tuple[bytes, bytes]], proxies: Sequence[Network]) -> tuple[str, str]:
    """Returns the client's address, and "https" or "http" if a trusted proxy says which the client uses, else ""."""
    if not is_trusted(peer, proxies):
        return peer, ""
    hops, schemes = [], []
    for name, value in headers:
        if name.lower() == b"x-forwarded-for":
            hops.append(value.decode("latin-1"))
        elif name.lower() == b"x-forwarded-proto":
            schemes.append(value.decode("latin-1").strip().lower())
    scheme = schemes[0] if len(schemes) == 1 and schemes[0] in ("http", "https") else ""
    return client_address(peer, ",".join(hops), proxies), scheme
