"""Stock by variant and location: what is there, how long it lasts, and why it is what it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Product, StockLevel, StockMovement, Variant
from catalog.selectors import forecasts, ledger
from core.admin import ReadOnlyInline, ScopedModelAdmin, merchants, operators

PAGE = 50


class MovementInline(ReadOnlyInline):
    """The last movements of a level; its history has them all."""

    model = StockMovement
    merchant_lookup = "level__location__merchant"
    fields = readonly_fields = ("created_at", "kind", "on_hand_change", "allocated_change", "reason", "actor")
    ordering = ("-pk",)
    SHOWN = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the newest movements of the level on this page, with who made them."""
        level_id = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
        own = StockMovement.objects.filter(level_id=int(level_id) if level_id.isdecimal() else None)
        newest = own.order_by("-pk").values("pk")[: self.SHOWN]
        return super().get_queryset(request).filter(pk__in=newest).select_related("actor")


class LowFilter(admin.SimpleListFilter):
    """Goods of which few are left."""

    title = gettext_lazy("left")
    parameter_name = "low"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("1", _("Low on stock")), ("0", _("Sold out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
        """Narrow the list, to what is offered."""
        if self.value() not in ("0", "1"):
            return queryset
        here = StockLevel.objects.filter(variant=OuterRef("variant"), location__is_active=True)
        left = here.order_by().values("variant").annotate(units=Sum(F("on_hand") - F("allocated"))).values("units")
        found = queryset.filter(variant__is_active=True).exclude(variant__product__status=Product.Status.ARCHIVED)
        found = found.exclude(variant__stock_policy=Variant.StockPolicy.UNCOUNTED).annotate(left=Subquery(left))
        limit = 0 if self.value() == "0" else Coalesce("variant__low_stock_units", settings.LOW_STOCK_UNITS)
        return found.filter(left__lte=limit)


@admin.register(StockLevel, site=operators)
@admin.register(StockLevel, site=merchants)
class StockLevelAdmin(ScopedModelAdmin):
    """Stock by variant and location; counted on the product's page."""

    merchant_lookup = "location__merchant"
    list_display = ("variant", "title", "location", "on_hand", "allocated", "available", "sold", "runs_out", "history")
    list_filter = (LowFilter,)
    search_fields = ("variant__sku__exact", "variant__product__title")
    fields = readonly_fields = ("variant", "location", "on_hand", "allocated", "available", "history")
    inlines = (MovementInline,)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return levels with what every page of them names."""
        return super().get_queryset(request).select_related("variant__product", "location")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, each row with how long the variant's stock lasts."""
        shown = super().get_changelist_instance(request)
        ids = {level.variant_id for level in shown.result_list}
        found = forecasts.forecasts(variant_ids=ids, at=timezone.now())
        for level in shown.result_list:
            level.forecast = found[level.variant_id]
        return shown

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show every movement of a level, the newest first, with the balance after it."""
        request.current_app = self.admin_site.name
        level = self.get_object(request, object_id)
        if not self.has_view_permission(request, level):
            raise PermissionDenied
        pages = Paginator(ledger.movements(level), PAGE)
        page = pages.get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Why are there %(count)s?") % {"count": level.on_hand},
            "level": level,
            "forecast": forecasts.forecasts(variant_ids=[level.variant_id], at=timezone.now())[level.variant_id],
            "page": page,
            "entries": ledger.entries(list(page)),
            **(extra_context or {}),
        }
        return render(request, "admin/catalog/stocklevel/history.html", context)

    @admin.display(description=gettext_lazy("product"))
    def title(self, level: StockLevel) -> str:
        """The product's title."""
        return level.variant.product.title

    @admin.display(description=gettext_lazy("sold in 28 days"))
    def sold(self, level: Any) -> int:
        """Units of the variant that orders have taken, at all places."""
        return int(level.forecast.sold)

    @admin.display(description=gettext_lazy("runs out"))
    def runs_out(self, level: Any) -> str:
        """The day on which nothing is left at this pace."""
        day = level.forecast.runs_out_on
        return date_format(day, "DATE_FORMAT") if day else ""

    @admin.display(description=gettext_lazy("history"))
    def history(self, level: StockLevel) -> SafeString:
        """The way to everything that made it what it is."""
        address = reverse("admin:catalog_stocklevel_history", args=[level.pk], current_app=self.admin_site.name)
        return format_html('<a href="{}">{}</a>', address, _("Why?"))

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Levels come with products."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Levels carry a ledger."""
        return False
