"""Sessions: which connection of a host's agent may write. Blocking; called from the writer's thread.

A session's name is 128 random bits, new for every connection, so it belongs to one host.
"""

import uuid
from collections.abc import Collection

from django.utils import timezone

from netviz.server.hosts.models import Host


class Superseded(Exception):
    """Another connection writes for this host by now, or the host was revoked."""


def open_session(host: uuid.UUID, session: str) -> None:
    """From now on only this session may write for the host."""
    Host.objects.filter(id=host).update(session=session, stale_since=None, seen=timezone.now())


def close_session(host: uuid.UUID, session: str) -> None:
    """The session's connection is gone: the host is stale, unless another has taken its place."""
    Host.objects.filter(id=host, session=session).update(stale_since=timezone.now(), session="")


def hold(sessions: Collection[str]) -> set[str]:
    """The sessions among these that may still write. Marks their hosts as seen, with one UPDATE for all of them."""
    held = Host.objects.filter(session__in=sessions, revoked=None)
    if held.update(seen=timezone.now()) == len(sessions):
        return set(sessions)
    return set(held.values_list("session", flat=True))
