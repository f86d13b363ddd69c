"""Who may what: the only place that decides.

Everything starts from what a user's teams hold; what lies outside does not exist for them (404, never 403).
"""

from django.db.models import QuerySet

from netviz.server.teams.models import Membership, Role, Team, User

# What each role may, by name. A viewer sees; an operator will diagnose and apply; an admin also governs.
RIGHTS: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset({"see"}),
    Role.OPERATOR: frozenset({"see", "operate"}),
    Role.ADMIN: frozenset({"see", "operate", "govern"}),
}


def teams_of(user: User, right: str = "see") -> QuerySet[Team]:
    """The teams in which the user has a right; none for whoever is not active."""
    if not user.is_active:
        return Team.objects.none()
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    return Team.objects.filter(memberships__user=user, memberships__role__in=roles)


def membership(user: User) -> Membership | None:
    """The user's first membership, by the team's name: what the top bar shows."""
    return Membership.objects.filter(user=user).select_related("team").order_by("team__name").first()
