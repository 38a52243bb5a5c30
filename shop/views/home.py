"""The home page, and the visitor's preferences."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalog.selectors import content, listings
from catalog.selectors.facets import Picks
from catalog.selectors.listings import Sort
from core import shared
from core.http import safe_next, same_origin, see_other, shared_page

CATEGORIES = 6
NEW_CARDS = 8
BEST_CARDS = 8
YEAR = 31_536_000


@require_safe
@shared_page
def home(request: HttpRequest) -> HttpResponse:
    """Show the banner, the categories, what is new and what sells best."""
    now = timezone.now()
    context = {
        "banner": content.banner(now),
        "categories": content.top_categories()[:CATEGORIES],
        "new": listings.cards(Picks(), sort=Sort.NEWEST, at=now, size=NEW_CARDS).cards,
        "best": listings.cards(Picks(), sort=Sort.BEST_SELLING, at=now, size=BEST_CARDS).cards,
        "tab": "home",
    }
    return render(request, "shop/home.html", context)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Show browsers that ask at the old place the way to the icon."""
    return redirect(static("icon.svg"))


@require_POST
@same_origin
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the appearance the visitor prefers, in a cookie, and go back."""
    theme = request.POST.get("theme", "")
    response = see_other(safe_next(request, default=reverse("home")))
    if theme in shared.THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=settings.IS_HTTPS)
    else:
        response.delete_cookie("theme")
    return response
