"""Closes the websockets of users who lost the right to them, and of browsers that do not subscribe to a host. Also
corrects the freshness of hosts.

A user loses the right by signing out, by a new password, when the session ends, when the user is locked or deleted, by
leaving the team, and when the host is revoked, deleted or moved to another team. Every few seconds each process checks
all of its websockets with a few queries. Rights and sessions are in the database, so it does not matter which process
changed them.
"""

import asyncio
import logging
import time
import uuid

from netviz.server.hosts.models import Host
from netviz.server.limits import RIGHTS_S, UNSUBSCRIBED_S
from netviz.server.live.feeds import feeds
from netviz.server.live.writer import read
from netviz.server.teams.models import Membership
from netviz.server.web.signed_in import signed_in
from netviz.server.web.viewers import SIGNED_OUT, UNUSED, Viewer, viewers

log = logging.getLogger(__name__)

_Wanted = tuple[uuid.UUID, str, uuid.UUID | None]


def _allowed(wanted: set[_Wanted]) -> set[_Wanted]:
    users = signed_in({w[1] for w in wanted})
    teams = dict(Host.objects.filter(id__in={w[2] for w in wanted}, revoked=None).values_list("id", "team"))
    members = set(Membership.objects.filter(user__in={w[0] for w in wanted}).values_list("user", "team"))

    def may(user: uuid.UUID, session: str, host: uuid.UUID | None) -> bool:
        found = users.get(session)
        return found is not None and found.id == user and (host is None or (user, teams.get(host)) in members)

    return {w for w in wanted if may(*w)}


def _wanted(viewer: Viewer) -> _Wanted:
    return viewer.user.id, viewer.session_key, viewer.host_id()


async def sweep() -> None:
    """Closes the websockets of this process whose users signed out, were locked, or lost access to the host."""
    open_now = {viewer: _wanted(viewer) for viewer in viewers}
    if not open_now:
        return
    allowed = await read(_allowed, set(open_now.values()))
    for viewer, wanted in open_now.items():
        if wanted not in allowed:
            viewer.end(SIGNED_OUT)
        elif viewer.feed is None and time.monotonic() - viewer.unsubscribed_since > UNSUBSCRIBED_S:
            viewer.end(UNUSED)


async def run() -> None:
    """Calls `sweep` and corrects the freshness of hosts every `RIGHTS_S` seconds, until the task is cancelled."""
    while True:
        await asyncio.sleep(RIGHTS_S)
        try:
            await sweep()
            await feeds.correct_freshness()
        except Exception:
            log.exception("cannot check the open websockets; trying again in %s seconds", RIGHTS_S)
