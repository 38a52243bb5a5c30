"""Stock locations, price lists, imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.shown import CardSourceAdmin, KeptInUseAdmin
from catalog.models import ImportRun, PriceList, Product, StockLocation, Variant
from core.admin import ScopedModelAdmin, merchants, operators


@admin.register(StockLocation, site=operators)
@admin.register(StockLocation, site=merchants)
class StockLocationAdmin(CardSourceAdmin, ScopedModelAdmin):
    """Places that hold stock."""

    list_display = ("name", "merchant", "priority", "is_active")
    card_fields = ("is_active",)

    def products_of(self, rows: Sequence[StockLocation]) -> QuerySet[Product]:
        """Return the products of which there is stock at these places."""
        variants = Variant.objects.filter(stock_levels__location__in=rows)
        return Product.objects.filter(pk__in=variants.values("product"))


@admin.register(PriceList, site=operators)
@admin.register(PriceList, site=merchants)
class PriceListAdmin(KeptInUseAdmin, CardSourceAdmin, ScopedModelAdmin):
    """Price lists; one with prices is switched off, not deleted."""

    list_display = ("name", "merchant", "kind", "currency", "is_active")
    list_filter = ("kind", "currency")
    card_fields = ("kind", "currency", "is_active")
    in_use_text = _("“%(name)s” holds prices, so it cannot be deleted: untick Active instead.")

    def products_of(self, rows: Sequence[PriceList]) -> QuerySet[Product]:
        """Return the products that have a price in these lists."""
        variants = Variant.objects.filter(prices__price_list__in=rows)
        return Product.objects.filter(pk__in=variants.values("product"))

    def in_use(self, rows: Sequence[PriceList]) -> QuerySet[PriceList]:
        """Return those of these lists that have prices."""
        return PriceList.objects.filter(pk__in=[row.pk for row in rows], prices__isnull=False).distinct()


@admin.register(ImportRun, site=operators)
@admin.register(ImportRun, site=merchants)
class ImportRunAdmin(ScopedModelAdmin):
    """Imports of product files."""

    list_display = (
        "file_name",
        "merchant",
        "started_at",
        "finished_at",
        "rows_created",
        "rows_updated",
        "rows_refused",
    )

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Imports are started by command."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A report is read."""
        return False
