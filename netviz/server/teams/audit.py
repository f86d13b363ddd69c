"""Writes the audit trail; no other module does."""

from typing import Any

from netviz.server.teams.models import AuditEvent, Team, User


def record(verb: str, subject: str, *, team: Team | None = None, actor: User | None = None, **detail: Any) -> None:
    """Adds an event to the audit trail. Call this function in the transaction of the recorded action."""
    AuditEvent.objects.create(team=team, actor=actor, verb=verb, subject=subject[:200], detail=detail)
