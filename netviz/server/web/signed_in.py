"""Who is signed in by a session, for websockets. Each check is a few queries for any number of sessions."""

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from netviz.server.teams.models import User


def signed_in(keys: Collection[str]) -> dict[str, User]:
    """Returns the users of these sessions, by the keys. A session ends when its user gets another password."""
    sessions = {
        session.session_key: session.get_decoded()
        for session in Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    }
    ids = {data[SESSION_KEY] for data in sessions.values() if SESSION_KEY in data}
    users = {str(user.id): user for user in User.objects.filter(id__in=ids, is_active=True)}
    found = {}
    for key, data in sessions.items():
        user = users.get(data.get(SESSION_KEY, ""))
        if user is not None and constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            found[key] = user
    return found


def visitor(headers: Collection[tuple[bytes, bytes]]) -> tuple[User | None, str]:
    """Returns the user of a request with these headers, and the key of the session; None if nobody is signed in."""
    cookies = "; ".join(value.decode("latin-1") for name, value in headers if name.lower() == b"cookie")
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return signed_in([key]).get(key), key
