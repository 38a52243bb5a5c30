"""Orders: read, and shipped. No state and no amount is a field; what happens goes through the services."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import addresses
from core import money
from core.admin import ScopedInline, ScopedModelAdmin, merchants, operators
from core.http import see_other
from orders.admin.ship_form import ShipForm
from orders.models import Order, OrderEvent, OrderLine, Shipment
from orders.selectors import stages
from orders.services import shipping

_CANNOT_BE_SHIPPED = gettext_lazy("This order cannot be shipped: it is not paid, is cancelled, or has left already.")


class _ReadOnlyInline(ScopedInline, admin.TabularInline[Any, Order]):
    """Rows that tell what happened."""

    merchant_lookup = "order__merchant"
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Rows come by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays so."""
        return False


class LineInline(_ReadOnlyInline):
    """What was bought."""

    model = OrderLine
    fields = readonly_fields = ("sku", "title", "options", "unit_price", "quantity", "total", "shipped_quantity")
    ordering = ("position",)


class ShipmentInline(_ReadOnlyInline):
    """Parcels."""

    model = Shipment
    fields = readonly_fields = ("shipped_at", "carrier", "tracking_number", "contents", "shipped_by")
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return parcels with what is in them."""
        return super().get_queryset(request).prefetch_related("lines__line")

    @admin.display(description=gettext_lazy("In this parcel"))
    def contents(self, shipment: Shipment) -> str:
        """Titles, options and units."""
        return "; ".join(
            f"{' · '.join(filter(None, (each.line.title, each.line.options)))} × {each.quantity}"
            for each in shipment.lines.all()
        )


class EventInline(_ReadOnlyInline):
    """The timeline."""

    model = OrderEvent
    fields = readonly_fields = ("created_at", "kind", "what", "actor", "is_public")
    ordering = ("pk",)

    @admin.display(description=gettext_lazy("details"))
    def what(self, event: OrderEvent) -> str:
        """Numbers and amounts of what happened."""
        return " · ".join(str(value) for value in event.details.values() if isinstance(value, str | int) and value)


class StageFilter(admin.SimpleListFilter):
    """Where orders stand, in the buyer's words."""

    title = gettext_lazy("status")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [(stage, stages.LABELS[stage].tab) for stage in stages.CONDITIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """Narrow the list."""
        condition = next((each for stage, each in stages.CONDITIONS.items() if stage == self.value()), None)
        return queryset.filter(condition) if condition else queryset


@admin.register(Order, site=operators)
@admin.register(Order, site=merchants)
class OrderAdmin(ScopedModelAdmin):
    """Orders."""

    list_display = ("number", "age", "name", "stage", "units", "shown_total", "city", "tracking", "merchant")
    list_filter = (StageFilter, "payment_status", "merchant")
    list_select_related = ("merchant",)
    search_fields = (
        "number__exact",
        "email__iexact",
        "name__istartswith",
        "phone__exact",
        "shipments__tracking_number__exact",
        "lines__sku__exact",
    )
    search_help_text = gettext_lazy("Number, email, name, telephone, tracking number or SKU")
    ordering = ("-pk",)
    inlines = (LineInline, ShipmentInline, EventInline)
    change_form_template = "admin/orders/order/change_form.html"
    SECTIONS = (
        (None, ("number", "stage", "payment_status", "fulfilment_status", "placed_at", "pay_by", "paid_at", "note")),
        (gettext_lazy("Buyer"), ("email", "language", "address")),
        (
            gettext_lazy("Amounts"),
            ("items_total", "discount_total", "delivery_total", "total", "paid_total", "refunded_total", "currency"),
        ),
        (gettext_lazy("Delivery"), ("delivery_name", "delivery_from", "delivery_to")),
    )
    fieldsets = tuple((name, {"fields": fields}) for name, fields in SECTIONS)
    readonly_fields = tuple(field for _name, fields in SECTIONS for field in fields)

    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return orders with what the list shows; units by subquery, which no join of a search multiplies."""
        lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
        units = Subquery(lines.annotate(units=Sum("quantity")).values("units"))
        return super().get_queryset(request).annotate(unit_count=units).prefetch_related("shipments")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Find what was typed as a whole: names in any case, numbers however they are grouped."""
        escaped = search_term.replace("\\", r"\\").replace('"', r"\"")
        phrase = f'"{escaped}"' if search_term else ""
        found, has_duplicates = super().get_search_results(request, queryset, phrase)
        number = shipping.tracking_number(search_term)
        if number and number != search_term and any(each.isdigit() for each in number):
            other, has_more = super().get_search_results(request, queryset, number)
            found, has_duplicates = found | other, has_duplicates or has_more
        return found, has_duplicates

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which an order is shipped."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_ship"
        return [
            path("<int:order_id>/ship/", self.admin_site.admin_view(self.ship_view), name=name),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, *parents: Any) -> bool:
        """Orders are placed in the shop."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders are books."""
        return False

    def ship_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Choose lines and quantities, carrier and number, and send the parcel."""
        request.current_app = self.admin_site.name
        order = self.get_queryset(request).filter(pk=order_id).first()
        if order is None:
            raise Http404
        if not self.has_change_permission(request, order):
            raise PermissionDenied
        if request.method != "POST" and not shipping.can_be_shipped(order):
            messages.error(request, _CANNOT_BE_SHIPPED)
            return see_other(reverse(f"{self.admin_site.name}:orders_order_change", args=[order.pk]))
        form = ShipForm(request.POST or None, order=order)
        if request.method == "POST" and form.is_valid() and self._ship(request, order, form):
            return see_other(reverse(f"{self.admin_site.name}:orders_order_change", args=[order.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ship order %(number)s") % {"number": order.number},
            "opts": self.opts,
            "order": order,
            "address": self.address(order),
            "form": form,
        }
        return render(request, "admin/orders/order/ship.html", context, status=422 if form.errors else 200)

    def _ship(self, request: HttpRequest, order: Order, form: ShipForm) -> bool:
        """Send the parcel; false, with the reason in the form, when it may not leave."""
        try:
            shipping.ship(
                order=order,
                label=shipping.Label(form.cleaned_data["carrier"], form.cleaned_data["tracking_number"]),
                quantities=form.quantities(),
                actor=cast("User", request.user),
                at=timezone.now(),
            )
        except shipping.CannotShipError:
            form.add_error(None, _CANNOT_BE_SHIPPED)
            return False
        except shipping.WrongQuantityError:
            form.add_error(None, _("The quantities do not fit what is left to ship."))
            return False
        messages.success(request, _("Order %(number)s shipped.") % {"number": order.number})
        return True

    @admin.display(description=gettext_lazy("age"), ordering="placed_at")
    def age(self, order: Order) -> str:
        """How long ago it was placed."""
        return timesince(order.placed_at, depth=1)

    @admin.display(description=gettext_lazy("status"))
    def stage(self, order: Order) -> SafeString:
        """Where it stands, in the buyer's words and in colour."""
        label = stages.LABELS[stages.stage(order)]
        return format_html('<span class="stage {}">{}</span>', label.tone, label.tab)

    @admin.display(description=gettext_lazy("items"))
    def units(self, order: Order) -> int:
        """Units in it."""
        return int(order.unit_count or 0)  # type: ignore[attr-defined]  # annotated above

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def shown_total(self, order: Order) -> str:
        """What it costs."""
        return str(money.written(order.money, "en"))

    @admin.display(description=gettext_lazy("tracking"))
    def tracking(self, order: Order) -> str:
        """Tracking numbers of its parcels."""
        return ", ".join(shipment.tracking_number for shipment in order.shipments.all())

    @admin.display(description=gettext_lazy("address"))
    def address(self, order: Order) -> SafeString:
        """Where it goes."""
        return format_html("{} {}<br>{}", order.name, order.phone, addresses.one_line(order))
