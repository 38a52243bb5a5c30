"""Listings: all products, and those of a category."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.filters import ListingFilter, listing_filter
from catalog.models import Category
from catalog.selectors import facets, listings, trails
from catalog.selectors.listings import Sort
from core import money
from core.http import shared_page
from core.money import Money

SORTS = [
    (Sort.RELEVANCE, _("Relevance")),
    (Sort.BEST_SELLING, _("Best selling")),
    (Sort.NEWEST, _("Newest")),
    (Sort.PRICE_UP, _("Price: low to high")),
    (Sort.PRICE_DOWN, _("Price: high to low")),
]


@dataclass(frozen=True)
class Position:
    """Where in a listing the address points: page number for people, cursor for exactness."""

    sort: Sort
    page: int
    after: str


@require_safe
@shared_page
def products(request: HttpRequest) -> HttpResponse:
    """Show all products."""
    return _listing(request, None, {})


@require_safe
@shared_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the products of a category and of those below it."""
    found = get_object_or_404(Category, slug=slug, is_visible=True)
    trail = trails.trail(found)
    return _listing(request, found, {"category": found, "trail": trail, "category_slug": trail.top_slug})


def _listing(request: HttpRequest, category: Category | None, context: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    form = listing_filter(request.GET)
    picks = form.picks(category.pk if category else None)
    position = _position(request)
    found = facets.counts(picks, at=now)
    total = found[facets.TOTAL]
    pages = min(-(-total // listings.PAGE_SIZE), listings.PAGE_LIMIT) or 1
    if position.page > pages:
        raise Http404
    page = _slice(picks, position, now)
    context |= (
        _paging(position, page, total, pages)
        | _filters(form, picks, found)
        | {
            "cards": page.cards,
            "total": total,
            "sorts": SORTS,
            "sort": position.sort,
            "is_indexed": not request.GET or set(request.GET) == {"page"},
            "tab": "products",
        }
    )
    return render(request, "catalog/listing.html", context)


def _position(request: HttpRequest) -> Position:
    """Return the place the address names; an unknown order is the first one, a bad page number is 404."""
    number = request.GET.get("page", "1")
    if not re.fullmatch(r"[0-9]{1,9}", number) or not 1 <= int(number) <= listings.PAGE_LIMIT:
        raise Http404
    try:
        sort = Sort(request.GET.get("sort", Sort.RELEVANCE))
    except ValueError:
        sort = Sort.RELEVANCE
    return Position(sort, int(number), request.GET.get("after", "") if number != "1" else "")


def _slice(picks: facets.Picks, position: Position, at: datetime) -> listings.Slice:
    try:
        return listings.cards(picks, sort=position.sort, at=at, page=position.page, after=position.after)
    except listings.BadCursorError as error:
        raise Http404 from error


def _paging(position: Position, page: listings.Slice, total: int, pages: int) -> dict[str, Any]:
    """Return where in the listing the page stands, and the way on."""
    return {
        "seen": min((position.page - 1) * listings.PAGE_SIZE + len(page.cards), total),
        "page_number": position.page,
        "pages": _window(position.page, pages),
        "next_page": position.page + 1 if page.next_cursor and position.page < pages else None,
        "next_cursor": page.next_cursor,
    }


def _filters(form: ListingFilter, picks: facets.Picks, found: dict[str, int]) -> dict[str, Any]:
    """Return what can be chosen, what is, and what was typed."""
    bounds = _bounds(picks)
    return {
        "form": form,
        "groups": facets.groups(picks, found),
        "picks": picks,
        "pick_count": sum(len(chosen) for chosen in picks.values.values()) + len(bounds),
        "bounds": bounds,
        "price_values": _price_values(form),
        "currency_symbol": money.unit_name(settings.CURRENCY, get_language() or "en"),
    }


def _price_values(form: ListingFilter) -> dict[str, str]:
    """Return what was typed into the price fields."""
    return {name: value for name in ("price_min", "price_max") if (value := form.data.get(name, "").strip())}


def _bounds(picks: facets.Picks) -> dict[str, Money]:
    """Return the bounds of the price that hold."""
    typed = {"price_min": picks.price_min, "price_max": picks.price_max}
    return {name: Money(value, settings.CURRENCY) for name, value in typed.items() if value is not None}


def _window(current: int, last: int) -> list[int | None]:
    """Return the page numbers to show; None stands for a gap."""
    wanted = sorted({1, *range(max(1, current - 1), min(last, current + 1) + 1), last})
    shown: list[int | None] = []
    for number in wanted:
        if shown and number - (shown[-1] or 0) > 1:
            shown.append(None)
        shown.append(number)
    return shown
