"""The Django app."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """Stored history of hosts."""

    name = "netviz.server.history"
    label = "history"
