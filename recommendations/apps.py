"""App configuration."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """Neighbours from views, carts, purchases and content."""

    name = "recommendations"
