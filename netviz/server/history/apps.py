"""The Django app."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """Configures the app that stores the history of hosts."""

    name = "netviz.server.history"
    label = "history"
