"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Payments, notices and refunds."""

    name = "payments"
    verbose_name = _("Payments")
