"""The app's place in Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, sockets, API."""

    name = "netviz.server.web"
    label = "web"
