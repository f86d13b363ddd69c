"""The Django app."""

from django.apps import AppConfig


class HostsConfig(AppConfig):
    """Configures the app for hosts and enrolment."""

    name = "netviz.server.hosts"
    label = "hosts"
