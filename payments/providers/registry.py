"""The providers this shop is configured for."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.providers.interface import Provider
from payments.providers.paylab import PaylabProvider

NAMES: dict[str, str | Promise] = {"paylab": _("Test payment")}
EXPLANATIONS: dict[str, str | Promise] = {"paylab": _("Opens the payment laboratory; no real money moves")}


class UnknownProviderError(LookupError):
    """No provider of this code is configured."""


def offered(currency: str) -> list[Provider]:
    """Return the providers that have their keys and take this currency, in the order they are shown."""
    return [provider for provider in _configured() if provider.capabilities.supports(currency)]


def get(code: str) -> Provider:
    """Return a configured provider; raise UnknownProviderError for any other code."""
    for provider in _configured():
        if provider.code == code:
            return provider
    raise UnknownProviderError(code)


def _configured() -> list[Provider]:
    keys = (settings.PAYLAB_URL, settings.PAYLAB_APP_ID, settings.PAYLAB_PRIVATE_KEY, settings.PAYLAB_PUBLIC_KEY)
    if not all(keys):
        return []
    return [PaylabProvider(*keys, timeout_seconds=settings.PAYMENT_GATEWAY_TIMEOUT_SECONDS)]
