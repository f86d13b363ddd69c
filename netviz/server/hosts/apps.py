"""The Django app."""

from django.apps import AppConfig


class HostsConfig(AppConfig):
    """Hosts and enrolment."""

    name = "netviz.server.hosts"
    label = "hosts"
