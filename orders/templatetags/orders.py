"""Delivery, as catalogue and cart pages mention it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts.selectors import addresses
from cart import http as cart_http
from cart.selectors import Content
from catalog.models import Category, Product, Variant
from catalog.selectors.ledger import Entry
from orders.selectors import delivery, estimating, freight_words, movements
from orders.selectors.freight import FreightQuote

register = template.Library()
CACHE_SECONDS = 60


@register.inclusion_tag("orders/_delivery_promise.html")
def delivery_promise(merchant_id: int, variant: Variant | str = "") -> dict[str, Any]:
    """Say when a parcel sent today to the shop's own country arrives, and what it costs with a piece of a variant."""
    key = f"delivery-way:{merchant_id}:{get_language()}"
    way = cache.get(key)
    if way is None:
        ways = delivery.ways_of(merchant_ids=[merchant_id], currency=settings.CURRENCY)
        way = next((each for each in ways if settings.COUNTRY in each.countries), False)
        cache.set(key, way, CACHE_SECONDS)
    if not way:
        return {"promise": None}
    today = timezone.localdate()
    chosen = variant if isinstance(variant, Variant) else None  # a template says "" for what is not there
    return {
        "arrives_from": today + timedelta(days=way.method.days_min),
        "arrives_to": today + timedelta(days=way.method.days_max),
        "promise": estimating.promise(way=way, variant=chosen, country=settings.COUNTRY),
    }


@register.filter
def of_key(found: Mapping[int, object], key: int) -> object:
    """Return what belongs to a key; nothing when there is nothing."""
    return found.get(key)


@register.filter
def with_orders(entries: Sequence[Entry]) -> list[tuple[Entry, movements.OrderOfMovement | None]]:
    """Return entries of the stock's ledger, each with the order it was for."""
    orders = movements.orders_of(entry.movement for entry in entries)
    return [(entry, orders.get(entry.movement.pk)) for entry in entries]


@register.simple_tag(takes_context=True)
def delivery_estimate(context: template.Context, content: Content) -> estimating.Estimate:
    """Return what the first choice of delivery would cost at ?province=, at the default address or at home."""
    destination = _destination(context["request"]) if content.bought else delivery.Destination(settings.COUNTRY)
    return estimating.estimate(content=content, destination=destination, today=timezone.localdate())


@register.inclusion_tag("orders/_shipping_promise.html")
def shipping_promise(product: Product) -> dict[str, Any]:
    """Say how soon after payment a product leaves."""
    return {"hours": product.ships_within_hours or settings.SHIP_WITHIN_HOURS}


def _destination(request: HttpRequest) -> delivery.Destination:
    """Return the province that was asked for, or else the shopper's default address, or else the shop's country."""
    province = request.GET.get("province", "")
    if settings.COUNTRY == "CN" and province in addresses.province_names():
        return delivery.Destination(settings.COUNTRY, province)
    user = cart_http.user_of(request)
    home = addresses.default(user=user) if user else None
    return delivery.Destination(home.country, home.province) if home else delivery.Destination(settings.COUNTRY)


@register.inclusion_tag("orders/_province_choice.html")
def province_choice(destination: delivery.Destination) -> dict[str, Any]:
    """Return the provinces to estimate delivery for, and the one that it is estimated for now."""
    return {"provinces": addresses.province_names().items(), "province": destination.province}


@register.filter
def destination_name(destination: delivery.Destination) -> str:
    """Return what a destination is called: its province, or its country."""
    return freight_words.place(destination.country, destination.province)


@register.filter
def freight_brief(found: FreightQuote) -> str:
    """Return in one line why a parcel costs what it costs."""
    return freight_words.brief(found)


@register.inclusion_tag("orders/_return_promise.html")
def return_promise(category: Category) -> dict[str, Any]:
    """Say, before it is bought, how long a product of a category can be sent back without a reason."""
    return {"days": settings.RETURN_DAYS if category.return_days is None else category.return_days}


@register.filter
def one_line(address: addresses.Postal) -> str:
    """Write a postal address as readers of the page's language do."""
    return addresses.one_line(address)
