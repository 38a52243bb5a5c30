"""App configuration."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search documents, ranking, suggestions."""

    name = "search"
