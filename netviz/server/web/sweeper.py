"""Closes the websockets of users who signed out, were locked, or lost access to the host that they watch. Also corrects
the freshness of hosts (live or stale).

Every few seconds each process checks all of its websockets with a few queries. Access and sessions are in the database,
so it does not matter which process changed them.
"""

import asyncio
import logging
import uuid

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from netviz.server.hosts.models import Host
from netviz.server.live.feeds import feeds
from netviz.server.teams.models import Membership, User
from netviz.server.web.viewers import SIGNED_OUT, Viewer, viewers

log = logging.getLogger(__name__)

EVERY_S = 4

_Wanted = tuple[uuid.UUID, str, uuid.UUID | None]


def _allowed(wanted: set[_Wanted]) -> set[_Wanted]:
    users = set(User.objects.filter(id__in={w[0] for w in wanted}, is_active=True).values_list("id", flat=True))
    keys = {w[1] for w in wanted}
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = set(alive.values_list("session_key", flat=True))
    teams = dict(Host.objects.filter(id__in={w[2] for w in wanted}, revoked=None).values_list("id", "team"))
    members = set(Membership.objects.filter(user__in=users).values_list("user", "team"))

    def may(user: uuid.UUID, session: str, host: uuid.UUID | None) -> bool:
        return user in users and session in sessions and (host is None or (user, teams.get(host)) in members)

    return {w for w in wanted if may(*w)}


def _wanted(viewer: Viewer) -> _Wanted:
    return viewer.user.id, viewer.session_key, viewer.host_id()


async def sweep() -> None:
    """Closes the websockets of this process whose users signed out, were locked, or lost access to the host."""
    open_now = {viewer: _wanted(viewer) for viewer in viewers}
    if not open_now:
        return
    allowed = await database_sync_to_async(_allowed)(set(open_now.values()))
    for viewer, wanted in open_now.items():
        if wanted not in allowed:
            viewer.end(SIGNED_OUT)


async def run() -> None:
    """Calls `sweep` and corrects the freshness of hosts every `EVERY_S` seconds, until the task is cancelled."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await sweep()
            await feeds.correct_freshness()
        except Exception:
            log.exception("cannot check the open websockets; trying again in %s seconds", EVERY_S)
