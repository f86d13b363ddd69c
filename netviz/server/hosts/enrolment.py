"""Letting agents in: tokens of one use, and proofs by key."""

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
    """An agent that is not let in: a stable code, and a sentence."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def make_token(team: Team, host_name: str = "") -> str:
    """A token that lets one agent into this team, within TOKEN_LIFE."""
    secret = make("nve")
    EnrolToken.objects.create(
        team=team, host_name=host_name, digest=digest(secret), expires=timezone.now() + TOKEN_LIFE
    )
    return secret


def check_signature(key: str, signature: str, nonce: str, authority: str) -> None:
    """Raises Refused unless `signature` is the key's, of this nonce and this server's authority."""
    if not (_KEY.fullmatch(key) and _SIGNATURE.fullmatch(signature)):
        raise Refused("bad-proof", "The key is 64 hexadecimal digits and the signature 128, in lower case.")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), proof_text(nonce, authority))
    except (InvalidSignature, ValueError):
        raise Refused("bad-proof", "The signature does not fit the key, the nonce and this server's address.") from None


def host_by_key(key: str) -> Host:
    """The host that a key stands for. Raises Refused."""
    host = Host.objects.filter(key=key).select_related("team").first()
    if host is None:
        raise Refused("unknown-key", "No host is known by this key: enrol it first.")
    if host.revoked is not None:
        raise Refused("revoked", "This host's key was revoked.")
    return host


@transaction.atomic
def enrol(token: str, key: str, name: str) -> Host:
    """Spends a token and makes a host of this key. Raises Refused; then nothing is spent."""
    now = timezone.now()
    if not _NAME.fullmatch(name):
        raise Refused("bad-name", "A host's name is 1 to 100 letters, digits, dots, dashes and underscores.")
    if not EnrolToken.objects.filter(digest=digest(token), used=None, expires__gt=now).update(used=now):
        raise Refused("bad-token", "The token is unknown, used or expired.")
    spent = EnrolToken.objects.select_related("team").get(digest=digest(token))
    if spent.host_name and spent.host_name != name:
        raise Refused("bad-token", f"The token is for a host named {spent.host_name}.")
    if Host.objects.filter(key=key).exists():
        raise Refused("key-taken", "This key stands for a host already.")
    if Host.objects.filter(team=spent.team, name=name, revoked=None).exists():
        raise Refused("name-taken", f"The team has a host named {name} already.")
    Host.objects.filter(team=spent.team, name=name).update(name=_retired(name, now.isoformat()))
    host = Host.objects.create(team=spent.team, name=name, key=key)
    audit.record("host-enrolled", name, team=spent.team, host=str(host.id))
    return host


def _retired(name: str, instant: str) -> str:
    """A revoked host keeps its history under another name, so that its old one is free."""
    return f"{name[:60]} until {instant}"[:100]
