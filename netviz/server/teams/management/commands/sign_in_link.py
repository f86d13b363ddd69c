"""`manage.py sign_in_link USERNAME`: prints the path of a link that signs this user in once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from netviz.server.teams.models import User
from netviz.server.teams.tokens import make_sign_in_link


class Command(BaseCommand):
    """Creates a sign-in link."""

    help = "Prints the path of a link that signs a user in once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default="admin")

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"No active user is named {options['username']!r}.")
        self.stdout.write(f"/sign-in/once/{make_sign_in_link(user)}/")
        self.stdout.flush()  # a link that cannot be printed is not kept
