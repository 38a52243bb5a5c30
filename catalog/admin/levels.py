"""Stock by variant and location: what is there, how long it lasts, and why it is what it is."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from catalog.admin.transfer_form import TransferForm
from catalog.models import Product, StockLevel, StockLocation, StockMovement, Variant
from catalog.selectors import forecasts, ledger, places
from core.admin import (
    ReadOnlyInline,
    ScopedModelAdmin,
    managed_merchant_ids,
    merchants,
    operators,
    own_merchant_ids,
)
from core.http import see_other

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


class PlaceFilter(admin.RelatedFieldListFilter):
    """By place, of the own ones."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the places the user may see."""
        own = StockLocation.objects.select_related("merchant").order_by("merchant", "priority", "pk")
        if model_admin._is_operator(request):  # noqa: SLF001  our own base
            return [(place.pk, f"{place} · {place.merchant}") for place in own]
        return [(place.pk, str(place)) for place in own.filter(merchant__in=own_merchant_ids(request))]


@admin.register(StockLevel, site=operators)
@admin.register(StockLevel, site=merchants)
class StockLevelAdmin(ScopedModelAdmin):
    """Stock by variant and location; counted on the product's page."""

    merchant_lookup = "location__merchant"
    list_display = (
        "variant",
        "title",
        "location",
        "on_hand",
        "allocated",
        "available",
        "backordered",
        "sold",
        "runs_out",
        "history",
    )
    list_filter = (LowFilter,)
    change_list_template = "admin/catalog/stocklevel/change_list.html"
    search_fields = ("variant__sku__exact", "variant__product__title")
    fields = readonly_fields = ("variant", "location", "on_hand", "allocated", "available", "backordered", "history")
    inlines = (MovementInline,)
    ordering = ("-pk",)

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which units are moved to another place."""
        view = self.admin_site.admin_view(self.transfer_view)
        return [path("transfer/", view, name="catalog_stocklevel_transfer"), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; the place's only once there are several."""
        return self._without_place(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: StockLevel | None = None) -> Any:
        """Return the fields; the place's only once there are several."""
        return self._without_place(request, self.fields)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters; the place's only once there are several."""
        own = super().get_list_filter(request)
        return [*own, ("location", PlaceFilter)] if self._shows_places(request) else own

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with a way to move units once there is somewhere to."""
        can_transfer = self._shows_places(request) and self.has_change_permission(request)
        return super().changelist_view(request, {"can_transfer": can_transfer, **(extra_context or {})})

    def transfer_view(self, request: HttpRequest) -> HttpResponse:
        """Move units from one place to another."""
        request.current_app = self.admin_site.name
        if not self.has_change_permission(request) or not self._shows_places(request):
            raise PermissionDenied
        ids = None if self._is_operator(request) else managed_merchant_ids(request)
        initial = {"token": uuid.uuid4(), "sku": request.GET.get("sku", ""), "source": request.GET.get("source", "")}
        form = TransferForm(request.POST or None, merchant_ids=ids, initial=initial)
        if request.method == "POST" and form.is_valid() and form.move(actor=cast("User", request.user)):
            text = _("%(count)s × %(sku)s moved from %(source)s to %(target)s.")
            moved = form.cleaned_data
            names = {"sku": moved["sku"], "source": moved["source"], "target": moved["target"]}
            messages.success(request, text % {"count": moved["units"], **names})
            return see_other(reverse("admin:catalog_stocklevel_changelist", current_app=self.admin_site.name))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Move stock"), "form": form}
        status = 422 if form.errors else 200
        return render(request, "admin/catalog/stocklevel/transfer.html", context, status=status)

    def _shows_places(self, request: HttpRequest) -> bool:
        """Whether there is more than one place; asked once for each request."""
        found: bool | None = getattr(request, "shows_places", None)
        if found is None:
            found = places.are_several(None if self._is_operator(request) else own_merchant_ids(request))
            request.shows_places = found  # type: ignore[attr-defined]  # ours, for this request only
        return found

    def _without_place(self, request: HttpRequest, names: Any) -> Any:
        return names if self._shows_places(request) else [name for name in names if name != "location"]

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
            "shows_places": self._shows_places(request),
            "can_transfer": self._shows_places(request) and self.has_change_permission(request, level),
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

    @admin.display(description=gettext_lazy("available"))
    def available(self, level: StockLevel) -> int:
        """Units that can still be sold."""
        return level.available

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
