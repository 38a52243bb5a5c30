"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Checkout, orders and shipments."""

    name = "orders"
    verbose_name = _("Sales")

    def ready(self) -> None:
        """Listen for logins, which bring a guest's orders to the account, and for stock that somebody waits for."""
        from orders import receivers  # noqa: F401, PLC0415  models are ready only now
