"""The app's place in Django."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """Ingest, history, feeds."""

    name = "netviz.server.history"
    label = "history"
