"""Creates secrets that are shown once. A secret has 256 random bits and a prefix for its purpose. A hash is stored.

The hash needs no salt, because 256 random bits cannot be guessed; so a secret can be looked up by its hash.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from netviz.server.limits import TOKEN_DAYS
from netviz.server.teams import audit
from netviz.server.teams.models import ApiToken, SignInLink, User

SIGN_IN_LIFE = timedelta(hours=12)


def make(prefix: str) -> str:
    """Returns a new secret."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """Returns the hash of a secret, for storage and look-up."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def make_sign_in_link(user: User) -> str:
    """Creates a token for a link that signs this user in once, within SIGN_IN_LIFE. Deletes older unused links."""
    SignInLink.objects.filter(user=user, used=None).delete()
    secret = make("nvs")
    SignInLink.objects.create(user=user, digest=digest(secret), expires=timezone.now() + SIGN_IN_LIFE)
    return secret


def is_valid_sign_in_link(secret: str) -> bool:
    """Returns whether `use_sign_in_link` would sign somebody in. Changes nothing."""
    return _fresh(secret).exists()


def _fresh(secret: str) -> QuerySet[SignInLink]:
    now = timezone.now()
    return SignInLink.objects.filter(digest=digest(secret), used=None, expires__gt=now, user__is_active=True)


@transaction.atomic
def use_sign_in_link(secret: str) -> User | None:
    """Returns the user of the link, and makes the link invalid. Returns None for an invalid or already used link."""
    if not _fresh(secret).update(used=timezone.now()):
        return None
    user = SignInLink.objects.select_related("user").get(digest=digest(secret)).user
    audit.record("sign-in", user.username, actor=user, by="link")
    return user


@transaction.atomic
def make_api_token(user: User, label: str, days: int = TOKEN_DAYS) -> str:
    """Creates a bearer token for this user, which expires after this number of days. It is shown once."""
    secret = make("nva")
    expires = timezone.now() + timedelta(days=days)
    ApiToken.objects.create(user=user, label=label[:100], hint=secret[:8], digest=digest(secret), expires=expires)
    audit.record("token-made", label, actor=user, days=days)
    return secret


def user_of(secret: str) -> User | None:
    """Returns the active user of a bearer token, or None."""
    now = timezone.now()
    token = ApiToken.objects.filter(digest=digest(secret), revoked=None, user__is_active=True).select_related("user")
    found = token.first()
    if found is None or (found.expires is not None and found.expires <= now):
        return None
    return found.user
