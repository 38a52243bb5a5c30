"""Where a merchant's stock is."""

from __future__ import annotations

from accounts.models import Merchant
from catalog.models import StockLocation


def main(merchant: Merchant) -> StockLocation:
    """Return the merchant's first location, made when there is none."""
    found = StockLocation.objects.filter(merchant=merchant, is_active=True).order_by("priority", "pk").first()
    return found or StockLocation.objects.create(merchant=merchant, name="Main")
