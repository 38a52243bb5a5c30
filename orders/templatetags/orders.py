"""Delivery, as catalogue and cart pages mention it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import Merchant
from accounts.selectors import addresses
from cart.selectors import Content
from core.money import Money
from orders.selectors import delivery

register = template.Library()
CACHE_SECONDS = 60


@register.inclusion_tag("orders/_delivery_promise.html")
def delivery_promise(merchant_id: int) -> dict[str, Any]:
    """Say when a parcel sent today to the shop's own country arrives, and what it costs."""
    key = f"delivery-promise:{merchant_id}:{get_language()}"
    method = cache.get(key)
    if method is None:
        methods = delivery.methods_of(merchant_ids=[merchant_id], currency=settings.CURRENCY)
        method = next((each for each in methods if settings.COUNTRY in each.countries), False)
        cache.set(key, method, CACHE_SECONDS)
    if not method:
        return {"method": None}
    today = timezone.localdate()
    return {
        "method": method,
        "arrives_from": today + timedelta(days=method.days_min),
        "arrives_to": today + timedelta(days=method.days_max),
        "price": Money(method.price, method.currency),
        "free_from": Money(method.free_from, method.currency) if method.free_from is not None else None,
    }


@dataclass(frozen=True)
class EstimatedParcel:
    """What one merchant would send, and how far free delivery of it is."""

    merchant: Merchant
    price: Money
    missing: Money | None  # None when this parcel is free from no sum on

    @property
    def is_free(self) -> bool:
        """Whether the goods have reached free delivery."""
        return self.missing is not None and self.missing.amount <= 0


@dataclass(frozen=True)
class Estimate:
    """Delivery of a cart as far as it is known before the address."""

    option: delivery.DeliveryOption | None
    total: Money
    parcels: Sequence[EstimatedParcel] = ()


@register.simple_tag
def delivery_estimate(content: Content) -> Estimate:
    """Return what the first choice of delivery would cost at home, and how far free delivery is."""
    goods: dict[int, Money] = {}
    merchants: dict[int, Merchant] = {}
    for line in content.bought:
        merchant = merchants.setdefault(line.variant.product.merchant_id, line.variant.product.merchant)
        goods[merchant.pk] = goods.get(merchant.pk, Money.zero(content.currency)) + (
            line.total or Money.zero(content.currency)
        )
    methods = delivery.methods_of(merchant_ids=goods, currency=content.currency) if goods else []
    options = delivery.delivery_options(rows=methods, goods=goods, country=settings.COUNTRY, today=timezone.localdate())
    if not options:
        return Estimate(None, content.total)
    first = options[0]
    parcels = [
        EstimatedParcel(merchants[parcel.merchant_id], parcel.price, _missing(parcel, goods[parcel.merchant_id]))
        for parcel in first.parcels
    ]
    return Estimate(first, content.total + first.price, parcels)


def _missing(parcel: delivery.Parcel, goods: Money) -> Money | None:
    free_from = parcel.method.free_from
    return Money(free_from, goods.currency) - goods if free_from is not None else None


@register.filter
def one_line(address: addresses.Postal) -> str:
    """Write a postal address as readers of the page's language do."""
    return addresses.one_line(address)
