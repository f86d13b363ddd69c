"""Admits agents: new ones by a single-use token, known ones by a proof of their key."""

import re
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils import timezone

from netviz.server.hosts.models import EnrolToken, Host
from netviz.server.teams import audit
from netviz.server.teams.models import Team
from netviz.server.teams.tokens import digest, make
from netviz.wire.frames import proof_text

TOKEN_LIFE = timedelta(hours=1)

_KEY = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Refused(Exception):
    """Means that the server rejects an agent. The exception has a stable code and a sentence that says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def make_token(team: Team, host_name: str = "") -> str:
    """Returns a token that enrols one agent in this team, within TOKEN_LIFE."""
    secret = make("nve")
    EnrolToken.objects.create(
        team=team, host_name=host_name, digest=digest(secret), expires=timezone.now() + TOKEN_LIFE
    )
    return secret


def check_signature(key: str, signature: str, nonce: str, authority: str) -> None:
    """Raises Refused unless `signature` is the key's signature of this nonce and `authority` (the server's
    `host:port`).
    """
    if not (_KEY.fullmatch(key) and _SIGNATURE.fullmatch(signature)):
        raise Refused("bad-proof", "The key must have 64 and the signature 128 lower-case hexadecimal digits.")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), proof_text(nonce, authority))
    except (InvalidSignature, ValueError):
        raise Refused("bad-proof", "The signature does not match the key, nonce and server address.") from None


def host_by_key(key: str) -> Host:
    """Returns the host with this key. Raises Refused."""
    host = Host.objects.filter(key=key).select_related("team").first()
    if host is None:
        raise Refused("unknown-key", "No host has this key. Enrol the host first.")
    if host.revoked is not None:
        raise Refused("revoked", "The key of this host was revoked. Delete agent.key on the host and enrol it again.")
    return host


@transaction.atomic
def enrol(token: str, key: str, name: str) -> Host:
    """Uses up a token and creates a host with this key. If it raises Refused, the token stays valid."""
    now = timezone.now()
    if not _NAME.fullmatch(name):
        raise Refused("bad-name", "A host's name must have 1 to 100 letters, digits, dots, dashes and underscores.")
    if not EnrolToken.objects.filter(digest=digest(token), used=None, expires__gt=now).update(used=now):
        raise Refused("bad-token", "The token is unknown, already used, or expired. Create a new one.")
    spent = EnrolToken.objects.select_related("team").get(digest=digest(token))
    if spent.host_name and spent.host_name != name:
        raise Refused("bad-token", f"The token is for a host named {spent.host_name}.")
    if Host.objects.filter(key=key).exists():
        raise Refused("key-taken", "A host with this key is already enrolled.")
    if Host.objects.filter(team=spent.team, name=name, revoked=None).exists():
        raise Refused("name-taken", f"The team already has a host named {name}. Choose another name.")
    Host.objects.filter(team=spent.team, name=name).update(name=_retired(name, now.isoformat()))
    host = Host.objects.create(team=spent.team, name=name, key=key)
    audit.record("host-enrolled", name, team=spent.team, host=str(host.id))
    return host


def _retired(name: str, instant: str) -> str:
    """Returns a new name for a revoked host, so that another host can use the old name. The history stays."""
    return f"{name[:60]} until {instant}"[:100]
