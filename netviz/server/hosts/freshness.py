"""Finds out how fresh a host's map is, from the stored data about its agent's connection."""

from datetime import timedelta
from typing import Literal

from django.utils import timezone

from netviz.server.hosts.models import Host

# An agent's connection marks its host as seen every 4 s. A killed server leaves a session that is no longer marked.
SILENT = timedelta(seconds=15)


def state_of(host: Host) -> Literal["live", "stale", "never"]:
    """Returns "live" while an agent is connected, "stale" after that, "never" before its first connection."""
    if host.seen is None:
        return "never"
    return "live" if host.session and timezone.now() - host.seen < SILENT else "stale"
