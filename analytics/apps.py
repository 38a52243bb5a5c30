"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    """Operational figures, reports, exports."""

    name = "analytics"
    verbose_name = _("Operations")
