"""The Django app."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Teams, members, tokens, audit."""

    name = "netviz.server.teams"
    label = "teams"
