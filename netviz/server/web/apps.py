"""The Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, sockets, API."""

    name = "netviz.server.web"
    label = "web"
