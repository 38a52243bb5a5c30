"""Delivery, as catalogue and cart pages mention it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from cart.selectors import Content
from core.money import Money
from orders.models import DeliveryMethod
from orders.provinces import PROVINCES
from orders.selectors import delivery

register = template.Library()
CACHE_SECONDS = 60


@register.inclusion_tag("orders/_delivery_promise.html")
def delivery_promise(merchant_id: int) -> dict[str, Any]:
    """Say when a parcel sent today arrives, and what it costs."""
    key = f"delivery-promise:{merchant_id}:{get_language()}"
    method = cache.get(key)
    if method is None:
        methods = DeliveryMethod.objects.filter(merchant_id=merchant_id, is_active=True, currency=settings.CURRENCY)
        method = methods.order_by("position", "pk").first() or False
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
class Estimate:
    """Delivery of a cart as far as it is known before the address."""

    option: delivery.DeliveryOption | None
    total: Money
    missing: Money | None  # to free delivery; None when there is none, or parcels of several merchants

    @property
    def is_free(self) -> bool:
        """Whether the cart has reached free delivery."""
        return self.missing is not None and self.missing.amount <= 0


@register.simple_tag
def delivery_estimate(content: Content) -> Estimate:
    """Return what the first choice of delivery would cost at home, and how far free delivery is."""
    goods: dict[int, Money] = {}
    for line in content.bought:
        merchant_id = line.variant.product.merchant_id
        goods[merchant_id] = goods.get(merchant_id, Money.zero(content.currency)) + (
            line.total or Money.zero(content.currency)
        )
    methods = delivery.methods_of(merchant_ids=goods, currency=content.currency) if goods else []
    options = delivery.delivery_options(rows=methods, goods=goods, country=settings.COUNTRY, today=timezone.localdate())
    if not options:
        return Estimate(None, content.total, None)
    first = options[0]
    free_from = first.parcels[0].method.free_from
    is_simple = len(first.parcels) == 1 and free_from is not None
    missing = Money(free_from, content.currency) - content.total if is_simple and free_from is not None else None
    return Estimate(first, content.total + first.price, missing)


@register.filter
def province(name: str) -> str:
    """Return a Chinese province as readers of the page's language call it; any other name as it is."""
    return str(dict(PROVINCES).get(name, name))
