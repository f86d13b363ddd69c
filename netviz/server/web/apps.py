"""The Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Configures the app for pages, websockets and the API."""

    name = "netviz.server.web"
    label = "web"
