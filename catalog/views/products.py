"""The product page."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Product
from catalog.selectors import listings, product_pages, trails
from catalog.selectors.facets import Picks
from core.http import private_page, shared_page

SIMILAR = 4


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product; `?sku=` or options choose the variant, `?preview=1` shows a draft to its merchant."""
    return _preview(request, slug) if "preview" in request.GET else _shown(request, slug)


@shared_page
def _shown(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    found = product_pages.by_slug(slug)
    if found is None:
        raise Http404
    if not found.is_visible_at(now):
        similar = listings.cards(Picks(found.category_id), sort=listings.Sort.RELEVANCE, at=now, size=SIMILAR)
        return render(request, "catalog/gone.html", {"cards": similar.cards}, status=404)
    return _page(request, found, is_preview=False)


@private_page
def _preview(request: HttpRequest, slug: str) -> HttpResponse:
    if not request.user.is_authenticated:
        raise Http404
    found = product_pages.by_slug(slug)
    if found is None or not Product.objects.managed_by(request.user).filter(pk=found.pk).exists():
        raise Http404
    return _page(request, found, is_preview=True)


def _page(request: HttpRequest, found: Product, *, is_preview: bool) -> HttpResponse:
    chosen = {
        name: value for name in request.GET if (value := request.GET.get(name)) and name not in ("sku", "preview")
    }
    page = product_pages.page(product=found, at=timezone.now(), sku=request.GET.get("sku", ""), chosen=chosen)
    trail = trails.trail(found.category)
    context = {
        "page": page,
        "product": found,
        "trail": trail,
        "category_slug": trail.top_slug,
        "is_preview": is_preview,
        "quantity_limit": settings.CART_QUANTITY_LIMIT,
    }
    return render(request, "catalog/product.html", context)
