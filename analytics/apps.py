"""App configuration."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Operational figures, reports, exports."""

    name = "analytics"
