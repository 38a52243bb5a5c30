"""App configuration."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Behaviour log: append-only, plain ids."""

    name = "tracking"
