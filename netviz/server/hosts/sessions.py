"""Sessions: a session is the one connection of a host's agent that may store changes of the host.

The functions wait for the database, so only the writer's thread calls them. A session's name has 128 random bits and is
new for every connection, so it belongs to one host.
"""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from netviz.server.hosts.models import Host
from netviz.server.limits import CONTESTED_S
from netviz.server.teams import audit


class Superseded(Exception):
    """Means that this session must no longer store changes: another connection of the host's agent has replaced it, or
    the host was revoked.
    """


def open_session(host: uuid.UUID, session: str) -> None:
    """Makes this session the only one that may store changes of the host."""
    Host.objects.filter(id=host).update(session=session, stale_since=None, seen=timezone.now())


def close_session(host: uuid.UUID, session: str, heard_ms: int) -> None:
    """Marks the host as stale because the session's connection ended, unless another session has replaced this one.
    `heard_ms` is the time of the last heartbeat, in milliseconds since 1970.
    """
    heard = datetime.fromtimestamp(heard_ms / 1_000, UTC)
    Host.objects.filter(id=host, session=session).update(stale_since=heard, session="")


def hold(sessions: Collection[str], heard: Collection[str]) -> set[str]:
    """Returns those of the given sessions that may still store changes. Sets the last-seen time of the hosts of the
    sessions in `heard`, with one UPDATE for all.
    """
    held = Host.objects.filter(session__in=sessions, revoked=None)
    marked = Host.objects.filter(session__in=heard, revoked=None).update(seen=timezone.now())
    if marked == len(sessions):
        return set(sessions)
    return set(held.values_list("session", flat=True))


def is_contested(host: Host) -> bool:
    """Returns whether two agents use the key of this host, as far as is known."""
    return host.contested is not None and abs(timezone.now() - host.contested) < timedelta(seconds=CONTESTED_S)


@transaction.atomic
def contested(host: uuid.UUID) -> None:
    """Notes that two agents use the key of this host. Adds an audit event, unless this was known."""
    row = Host.objects.select_related("team").get(id=host)
    if not is_contested(row):
        audit.record("host-contested", row.name, team=row.team, host=str(host))
    Host.objects.filter(id=host).update(contested=timezone.now())
