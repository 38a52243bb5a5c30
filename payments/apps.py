"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Payments, notices and refunds."""

    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Listen to what happens to orders."""
        from payments import receivers  # noqa: F401, PLC0415  models are ready only now
