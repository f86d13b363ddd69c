"""How often somebody may try to sign in. Only failures count.

- Each account has tries for each address. So the right password is not locked out by somebody at another address, and
  one person at a shared address does not lock out the others.
- Each address has more tries for all accounts together, against guessing of many accounts.
- While an account is tried from many addresses, each address has only a few tries for it.

Links have tries of their own. A valid link always signs in: links are too long to be guessed.
"""

import hashlib
import unicodedata
from typing import Any

from netviz.server.edge.addresses import bucket
from netviz.server.limiter import Limiter
from netviz.server.limits import (
    AUDITED_FAILURES,
    AUDITED_FAILURES_OF_ADDRESS,
    SIGN_IN_LINKS,
    SIGN_INS_OF_ACCOUNT,
    SIGN_INS_OF_ADDRESS,
    SIGN_INS_UNDER_ATTACK,
)
from netviz.server.tally import dropped
from netviz.server.teams import audit
from netviz.server.teams.models import User

_NAME_CHARACTERS = User._meta.get_field("username").max_length or 150


def _account(username: str) -> str:
    """Returns the account's part of a key: short, and the same for names that look the same.

    No account has a longer name than `_NAME_CHARACTERS`. To normalize a longer text can take minutes: if none of its
    characters is a base character (U+0F73, for example), the time grows with the square of its length.
    """
    name = unicodedata.normalize("NFKC", username[:_NAME_CHARACTERS]).casefold()
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


class Attempt:
    """One attempt to sign in with a password, from one address."""

    def __init__(self, limiter: Limiter, username: str, address: str) -> None:
        self._limiter = limiter
        self._account = _account(username)
        self._address = bucket(address)
        self.username = username[:_NAME_CHARACTERS]

    @property
    def _here(self) -> str:
        return f"{self._account}.{self._address}"

    def begin(self) -> bool:
        """Counts the attempt. Returns whether the password may be checked."""
        if not self._limiter.like(SIGN_INS_OF_ADDRESS).allow(self._address):
            return self._refused("of its address")
        tries, allowed = self._limiter.count(self._here), self._limiter.limit.tries
        if tries > allowed:
            return self._refused("of its address for this account")
        is_attacked = not self._limiter.like(SIGN_INS_OF_ACCOUNT).allow(self._account)
        if is_attacked and tries > min(allowed, SIGN_INS_UNDER_ATTACK):
            return self._refused("for this account")
        return True

    def succeed(self) -> None:
        """Takes the attempt back, because the password was right."""
        self._limiter.take_back(self._here)
        self._limiter.like(SIGN_INS_OF_ADDRESS).take_back(self._address)
        self._limiter.like(SIGN_INS_OF_ACCOUNT).take_back(self._account)

    def fail(self) -> None:
        """Records that the password was wrong."""
        record_failure(self._limiter, self._address, "password", self.username)

    def _refused(self, why: str) -> bool:
        dropped.add(f"a sign-in refused because of too many failures {why}", self._address)
        return False


def link_failed(limiter: Limiter, address: str) -> bool:
    """Counts and records an attempt with a link that is not valid. Returns whether there were too many."""
    key = bucket(address)
    if not limiter.like(SIGN_IN_LINKS).allow(key):
        dropped.add("a sign-in link refused because of too many failures of its address", key)
        return True
    record_failure(limiter, key, "link")
    return False


def record_failure(limiter: Limiter, address: str, by: str, username: str = "") -> None:
    """Adds a failed sign-in to the audit trail, unless there were too many within the hour.

    The name is recorded only if it is a user's: people also type their passwords into this field.
    """
    tries = limiter.like(AUDITED_FAILURES_OF_ADDRESS).count(address)
    if tries > AUDITED_FAILURES_OF_ADDRESS.tries or not limiter.like(AUDITED_FAILURES).allow(""):
        dropped.add("a failed sign-in not recorded in the audit trail, because there are too many", address)
        return
    known = User.objects.filter(username=username).first() if username else None
    detail: dict[str, Any] = {"more": "only counted"} if tries == AUDITED_FAILURES_OF_ADDRESS.tries else {}
    audit.record("sign-in-failed", known.username if known else "unknown", by=by, address=address, **detail)
