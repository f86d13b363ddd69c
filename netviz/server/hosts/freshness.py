"""Finds out how fresh a host's map is, from the stored data about its agent's connection."""

from datetime import timedelta
from typing import Literal

from django.utils import timezone

from netviz.server.hosts.models import Host

# While an agent is connected, its host is marked as seen every 4 s. If the server is killed, the session remains in
# the database, but the host is no longer marked. So a host whose last mark is `SILENT` or more ago counts as stale.
SILENT = timedelta(seconds=15)


def state_of(host: Host) -> Literal["live", "stale", "never"]:
    """Returns "live" while an agent is connected, "stale" after it disconnected, "never" if none was ever connected."""
    if host.seen is None:
        return "never"
    return "live" if host.session and timezone.now() - host.seen < SILENT else "stale"
