"""Decides which hosts a user may see; no other module does."""

import uuid

from django.db.models import QuerySet

from netviz.server.hosts.models import Host
from netviz.server.teams.access import teams_of
from netviz.server.teams.models import User


def hosts_of(user: User, right: str = "see") -> QuerySet[Host]:
    """Returns the hosts of the teams in which the user has the given right, sorted by name, without revoked hosts."""
    return Host.objects.filter(team__in=teams_of(user, right), revoked=None).select_related("team").order_by("name")


def host_of(user: User, host: str) -> Host | None:
    """Returns the host with this id, if the user may see it; otherwise, or if the id is invalid, None."""
    try:
        wanted = uuid.UUID(host)
    except ValueError:
        return None
    return hosts_of(user).filter(id=wanted).first()
