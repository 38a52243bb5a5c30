"""App configuration."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Reviews by buyers, merchants' replies."""

    name = "reviews"
