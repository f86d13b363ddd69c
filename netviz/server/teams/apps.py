"""The Django app."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Configures the app for teams, members, tokens and the audit log."""

    name = "netviz.server.teams"
    label = "teams"
