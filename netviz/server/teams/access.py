"""Decides which user may do which action; no other module does.

All rights come from a user's teams. For the user, objects of other teams do not exist (404, never 403).
"""

from django.db.models import QuerySet

from netviz.server.teams.models import Membership, Role, Team, User

# The rights of each role: to see hosts, to operate them, and to govern the team. So far only "see" is checked.
RIGHTS: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset({"see"}),
    Role.OPERATOR: frozenset({"see", "operate"}),
    Role.ADMIN: frozenset({"see", "operate", "govern"}),
}


def teams_of(user: User, right: str = "see") -> QuerySet[Team]:
    """Returns the teams in which the user has this right. Returns no team if the user is not active."""
    if not user.is_active:
        return Team.objects.none()
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    return Team.objects.filter(memberships__user=user, memberships__role__in=roles)


def membership(user: User) -> Membership | None:
    """Returns the membership that the top bar shows: the user's first one in the order of team names, or None."""
    return Membership.objects.filter(user=user).select_related("team").order_by("team__name").first()
