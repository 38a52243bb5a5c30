"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CartConfig(AppConfig):
    """Carts."""

    name = "cart"
    verbose_name = _("Carts")

    def ready(self) -> None:
        """Listen for logins, which bring a visitor's cart to the account."""
        from cart import receivers  # noqa: F401, PLC0415  models are ready only now
