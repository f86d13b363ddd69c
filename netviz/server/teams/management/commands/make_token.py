"""`manage.py make_token USERNAME LABEL [--days N]`: creates a bearer token of the API and prints it once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from netviz.server.limits import TOKEN_DAYS, TOKEN_DAYS_MOST
from netviz.server.teams.models import User
from netviz.server.teams.tokens import make_api_token


class Command(BaseCommand):
    """Creates a bearer token."""

    help = "Creates a bearer token of the API for a user and prints it. It is shown only once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("label", help="a name by which to recognize the token")
        parser.add_argument(
            "--days", type=int, default=TOKEN_DAYS, help=f"days until the token expires (default: {TOKEN_DAYS})"
        )

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= TOKEN_DAYS_MOST:
            raise CommandError(f"--days must be a number from 1 to {TOKEN_DAYS_MOST}.")
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"No active user is named {options['username']!r}.")
        self.stdout.write(make_api_token(user, options["label"], options["days"]))
        self.stdout.flush()  # a token that cannot be printed is not kept
