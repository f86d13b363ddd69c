"""Hosts, and the tokens that enrol new ones."""

import uuid
from typing import ClassVar

from django.db import models

from netviz.server.teams.models import Team


class Host(models.Model):
    """A machine whose agent was enrolled. `key` is the agent's public Ed25519 key, in hexadecimal.

    `session` names the one connection of the agent that may store changes; a newer connection replaces it, so that the
    older one can no longer store anything. `seq` is the number of the last stored change (see `history`); `epoch` and
    `agent_seq` are the agent's numbers for the same change. `seen` is when the agent was last connected; `stale_since`
    is when its connection ended, None while connected. `contested` is when two agents with this key were last seen.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="hosts")
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    revoked = models.DateTimeField(null=True)
    session = models.CharField(max_length=32, default="")
    seq = models.BigIntegerField(default=0)
    epoch = models.CharField(max_length=64, default="")
    agent_seq = models.BigIntegerField(default=0)
    seen = models.DateTimeField(null=True)
    stale_since = models.DateTimeField(null=True)
    contested = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "name"], name="one_name_in_a_team")]

    def __str__(self) -> str:
        return self.name


class EnrolToken(models.Model):
    """A single-use token that enrols one agent in a team before it expires. If `host_name` is set, the token is valid
    only for a host of this name.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    host_name = models.CharField(max_length=100, default="")
    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"enrolment in {self.team}"
