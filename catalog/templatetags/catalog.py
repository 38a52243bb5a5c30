"""Product cards and pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.models import Merchant
from accounts.selectors import has_several_merchants
from catalog.models import Picture, ProductCard
from catalog.selectors import pictures
from catalog.selectors.languages import pick
from catalog.selectors.prices import Quote
from core import money as amounts
from core.money import Money

register = template.Library()
CARD_SECONDS = 3600
NEW_DAYS = 30
EAGER_CARDS = 4
SIZES = "(min-width: 1280px) 290px, (min-width: 608px) 31vw, 46vw"
WIDTHS = (320, 640)
LAZY = mark_safe(' loading="lazy"')
FIRST = mark_safe(' fetchpriority="high"')


@register.simple_tag
def product_cards(cards: Sequence[ProductCard], is_first: bool = False) -> SafeString:  # noqa: FBT001,FBT002  a template tag
    """Return the cards as list items. Each is kept as HTML under a hash of what it shows.

    is_first: these are the first pictures of the page, which the browser should load at once.
    """
    language = get_language() or settings.LANGUAGE_CODE
    new_since = timezone.now() - timedelta(days=NEW_DAYS)
    keys = {
        card.pk: _key(card, language, is_new=bool(card.publish_at and card.publish_at > new_since)) for card in cards
    }
    found = cache.get_many(keys.values())
    made: dict[str, str] = {}
    shown = []
    for place, card in enumerate(cards):
        key = keys[card.pk]
        html = found.get(key)
        if html is None:
            html = made[key] = _rendered(card, language, is_new=key.endswith(":new"))
        shown.append(_eager(html, place) if is_first and place < EAGER_CARDS else html)
    if made:
        cache.set_many(made, CARD_SECONDS)
    return mark_safe("".join(shown))  # noqa: S308  rendered by our template, with escaping


@register.simple_tag
def picture(name: str, alt: str = "", width: int = 160, *, is_lazy: bool = True) -> SafeString:
    """Return a small square picture in one size, as lists and lines show it."""
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="{}"{}>',
        pictures.url(name, width, "webp"),
        width,
        width,
        alt,
        LAZY if is_lazy else "",
    )


@register.simple_tag
def picture_url(name: str, width: int, suffix: str) -> str:
    """Return the address of one derivative."""
    return pictures.url(name, width, suffix)


@register.simple_tag
def responsive_picture(found: Picture, alt: str = "", *, is_first: bool = False) -> SafeString:
    """Return a product's large picture: AVIF, WebP, and JPEG for the rest."""
    return format_html(
        '<picture><source type="image/avif" srcset="{}"><source type="image/webp" srcset="{}">'
        '<img src="{}" width="800" height="{}" alt="{}"{}></picture>',
        pictures.url(found.name, 800, "avif"),
        pictures.url(found.name, 800, "webp"),
        pictures.url(found.name, 640, "jpg"),
        round(800 * found.height / found.width),
        alt,
        FIRST if is_first else LAZY,
    )


def _rendered(card: ProductCard, language: str, *, is_new: bool) -> str:
    now = Money(card.price, card.currency) if card.is_priced else None
    before = Money(card.was_price, card.currency) if card.was_price is not None else None
    context = {
        "card": card,
        "title": pick(card.titles, language),
        "url": reverse("catalog:product", args=[card.slug]),
        "now": now,
        "before": before,
        "percent_off": Quote(now, before).percent_off if now else 0,
        "is_new": is_new,
        "picture": _sources(card.picture),
        "sizes": SIZES,
    }
    return str(get_template("catalog/_card.html").render(context))


def _sources(found: Mapping[str, object] | None) -> dict[str, str] | None:
    if not found:
        return None
    name = str(found["name"])
    sets = {
        suffix: ", ".join(f"{pictures.url(name, width, suffix)} {width}w" for width in WIDTHS)
        for suffix in ("avif", "webp")
    }
    return sets | {"plain": pictures.url(name, 640, "jpg")}


def _eager(html: str, place: int) -> str:
    return html.replace(' loading="lazy"', ' fetchpriority="high"' if place == 0 else "", 1)


def _key(card: ProductCard, language: str, *, is_new: bool) -> str:
    return f"card:{card.pk}:{card.version}:{language}:{_template_digest()}{':new' if is_new else ''}"


@lru_cache(maxsize=1)
def _template_digest() -> str:
    """Return a hash of the card's template: a new release must not show old cards."""
    path = Path(settings.BASE_DIR) / "templates" / "catalog" / "_card.html"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@register.simple_tag(takes_context=True)
def without_value(context: template.Context, name: str, value: str) -> str:
    """Return this listing's address with one picked value taken out."""
    query = context["request"].GET.copy()
    kept = [each for each in query.pop(name, []) if each != value]
    query.setlist(name, kept)
    for paging in ("page", "after"):
        query.pop(paging, None)
    return f"?{query.urlencode()}" if query.urlencode() else str(context["request"].path)


@register.simple_tag
def save_amount(quote: Quote) -> str:
    """Return how much a reduced price saves, as text."""
    if quote.regular is None:
        return ""
    return str(amounts.written(quote.regular - quote.price, get_language() or "en"))


@register.inclusion_tag("catalog/_sold_by.html")
def sold_by(merchant: Merchant) -> dict[str, object]:
    """Say who sells, once there are several merchants."""
    return {"merchant": merchant, "is_shown": has_several_merchants()}
