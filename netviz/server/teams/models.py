"""Users, teams, memberships, tokens and the audit trail."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person. Memberships alone define a person's rights: Django's own permissions are not used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Django's permission tables are not used, so that only one table defines rights.
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]


class Team(models.Model):
    """People who share hosts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """The role of a member. Each role also has all rights of the role that is listed before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


class Membership(models.Model):
    """A user's membership in a team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "team"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team} as {self.role}"


class SignInLink(models.Model):
    """A link that signs a user in once. Only the hash of its token is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.user}"


class ApiToken(models.Model):
    """A bearer token of the API. Only its hash is stored, and a few characters so that a user can recognize it.

    `expires` is None for tokens that were made before tokens expired.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=100)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.hint}… of {self.user}"


class AuditEvent(models.Model):
    """A recorded action. Only `teams.audit` adds rows, and nothing changes them.

    `actor` is the user who acted, or None if the server or an agent acted. `verb` says what was done, and `subject`
    names what it was done to.
    """

    at = models.DateTimeField(auto_now_add=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["team", "at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
