"""App configuration."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Money, numbers, events, HTTP helpers."""

    name = "core"
