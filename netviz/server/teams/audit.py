"""The one place that writes the audit trail."""

from typing import Any

from netviz.server.teams.models import AuditEvent, Team, User


def record(verb: str, subject: str, *, team: Team | None = None, actor: User | None = None, **detail: Any) -> None:
    """Adds an event; call it in the transaction that does what it records."""
    AuditEvent.objects.create(team=team, actor=actor, verb=verb, subject=subject[:200], detail=detail)
