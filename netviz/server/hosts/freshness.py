"""Finds out how fresh a host's map is, from the stored data about its agent's connection."""

from datetime import timedelta
from typing import Literal

from django.utils import timezone

from netviz.server.hosts.models import Host

# While an agent is connected, the server sets the last-seen time of its host (`Host.seen`) every 4 s. If the server is
# killed, the session remains in the database, but this time is no longer set. So the host counts as stale if its
# last-seen time is `SILENT` or more ago.
SILENT = timedelta(seconds=15)


def state_of(host: Host) -> Literal["live", "stale", "never"]:
    """Returns "live" while an agent is connected, "stale" after it disconnected, "never" if none was ever connected."""
    if host.seen is None:
        return "never"
    return "live" if host.session and timezone.now() - host.seen < SILENT else "stale"
