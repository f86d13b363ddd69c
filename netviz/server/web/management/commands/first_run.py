"""`manage.py first_run --agent-name NAME`: sets up a fresh server: a team, an admin, a sign-in link and a token.

Idempotent. Prints one JSON object: `sign_in_path` signs the admin in once; `enrol_token` enrols an agent of this name,
or is null if one is already enrolled.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from netviz.server.hosts.enrolment import make_token
from netviz.server.hosts.models import Host
from netviz.server.teams import audit
from netviz.server.teams.models import Membership, Role, Team, User
from netviz.server.teams.tokens import make_sign_in_link

TEAM, ADMIN = "Home", "admin"


class Command(BaseCommand):
    """Prepares a fresh server."""

    help = "Makes the first team and its admin where there are none; prints a sign-in path and an enrolment token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agent-name", required=True)
        parser.add_argument("--json", action="store_true", help="kept for readers of scripts: it is always JSON")

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        team, made = Team.objects.get_or_create(name=TEAM)
        admin, new = User.objects.get_or_create(username=ADMIN)
        if new:
            admin.set_unusable_password()
            admin.save()
        Membership.objects.get_or_create(user=admin, team=team, defaults={"role": Role.ADMIN})
        if made:
            audit.record("team-made", team.name, team=team, actor=admin)
        name = options["agent_name"]
        enrolled = Host.objects.filter(team=team, name=name, revoked=None).exists()
        token = None if enrolled else make_token(team, name)
        self.stdout.write(
            json.dumps({"sign_in_path": f"/sign-in/once/{make_sign_in_link(admin)}/", "enrol_token": token})
        )
        self.stdout.flush()  # what cannot be printed is not kept
