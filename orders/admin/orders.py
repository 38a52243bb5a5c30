"""Orders: read, and shipped. No state and no amount is a field; what happens goes through the services."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import addresses
from core import money
from core.admin import ReadOnlyInline, merchants, operators
from core.http import see_other
from core.templatetags.kaishi import moment
from orders.admin.batch import BatchPages
from orders.admin.closing import ClosingPages
from orders.admin.editing import EditingPages
from orders.admin.parcels import ParcelPages
from orders.admin.prints import PrintPages
from orders.admin.ship_form import ShipForm
from orders.admin.telephone import TelephonePages
from orders.models import Order, OrderEdit, OrderEvent, OrderLine, Repayment, ReturnCase, Shipment
from orders.selectors import deadlines, stages
from orders.services import mails, shipping

_CANNOT_BE_SHIPPED = gettext_lazy("This order cannot be shipped: it is not paid, is cancelled, or has left already.")


class _OrderInline(ReadOnlyInline):
    """Rows that tell what is in an order and what happened to it."""

    merchant_lookup = "order__merchant"


class LineInline(_OrderInline):
    """What was bought."""

    model = OrderLine
    fields = readonly_fields = (
        *("sku", "title", "options", "unit_price", "quantity", "total"),
        *("shipped_quantity", "cancelled_quantity", "repaid_quantity", "repaid_amount"),
    )
    ordering = ("position",)


class ShipmentInline(_OrderInline):
    """Parcels."""

    model = Shipment
    fields = readonly_fields = ("shipped_at", "carrier", "tracking_number", "contents", "shipped_by", "links")
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return parcels with what is in them."""
        return super().get_queryset(request).prefetch_related("lines__line")

    @admin.display(description="")
    def links(self, shipment: Shipment) -> SafeString:
        """What can be done with it."""
        return ParcelPages(Order, self.admin_site).parcel_links(shipment)

    @admin.display(description=gettext_lazy("In this parcel"))
    def contents(self, shipment: Shipment) -> str:
        """Titles, options and units."""
        return "; ".join(
            f"{' · '.join(filter(None, (each.line.title, each.line.options)))} × {each.quantity}"
            for each in shipment.lines.all()
        )


class CaseInline(_OrderInline):
    """What the buyer has asked for."""

    model = ReturnCase
    fields = readonly_fields = ("link", "kind", "reason", "status", "amount", "opened_at", "due_at")
    ordering = ("pk",)

    @admin.display(description=gettext_lazy("case"))
    def link(self, case: ReturnCase) -> SafeString:
        """The way to the case."""
        address = reverse("admin:orders_returncase_change", args=[case.pk], current_app=self.admin_site.name)
        return format_html('<a href="{}">{}</a>', address, case)


class RepaymentInline(_OrderInline):
    """Money that goes back."""

    model = Repayment
    fields = readonly_fields = ("decided_at", "reason", "amount", "delivery_amount", "settled_at", "actor")
    ordering = ("pk",)


class EditInline(_OrderInline):
    """Changes after it was paid."""

    model = OrderEdit
    fields = readonly_fields = ("proposed_at", "what", "difference", "status", "pay_by", "actor", "withdraw")
    ordering = ("pk",)

    @admin.display(description=gettext_lazy("change"))
    def what(self, edit: OrderEdit) -> str:
        """What is taken out and put in."""
        return ", ".join(str(row) for row in edit.rows())

    @admin.display(description=gettext_lazy("difference"))
    def difference(self, edit: OrderEdit) -> str:
        """What the buyer pays; below zero what goes back."""
        return str(money.written(edit.difference, "en"))

    @admin.display(description="")
    def withdraw(self, edit: OrderEdit) -> SafeString | str:
        """The button that takes it back while it waits for its payment."""
        if edit.status != OrderEdit.Status.PROPOSED:
            return ""
        names = [edit.order_id, edit.pk]
        address = reverse("admin:orders_order_withdraw", args=names, current_app=self.admin_site.name)
        return format_html('<button class="button" form="withdraw" formaction="{}">{}</button>', address, _("Withdraw"))


class EventInline(_OrderInline):
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


class DeadlineFilter(admin.SimpleListFilter):
    """What is to leave now; the one that is to leave first is shown first."""

    title = gettext_lazy("deadline")
    parameter_name = "deadline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("late", _("Late")), ("today", _("Ship today"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """Narrow the list."""
        conditions = {"late": deadlines.late, "today": deadlines.today}
        condition = conditions.get(self.value() or "")
        if condition is None:
            return queryset
        return queryset.filter(stages.CONDITIONS[stages.Stage.TO_SHIP], condition(at=timezone.now()))


@admin.register(Order, site=operators)
@admin.register(Order, site=merchants)
class OrderAdmin(BatchPages, PrintPages, ParcelPages, ClosingPages, EditingPages, TelephonePages):
    """Orders."""

    actions = ("print_pick_list", "print_packing_slips", "download_to_ship")
    list_display = (
        *("number", "age", "deadline", "name", "stage", "units", "shown_total", "city", "tracking"),
        "merchant",
    )
    list_filter = (StageFilter, DeadlineFilter, "payment_status", "merchant")
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
    inlines = (LineInline, ShipmentInline, CaseInline, EditInline, RepaymentInline, EventInline)
    change_form_template = "admin/orders/order/change_form.html"
    SECTIONS = (
        (
            None,
            (
                "number",
                "stage",
                "payment_status",
                "fulfilment_status",
                "placed_at",
                "pay_by",
                "paid_at",
                "note",
                "pay_link",
            ),
        ),
        (gettext_lazy("Buyer"), ("email", "language", "address")),
        (
            gettext_lazy("Amounts"),
            (
                *("items_total", "discount_total", "delivery_total", "total", "added_total", "paid_total"),
                *("credited_total", "repayments_total", "refunded_total", "currency"),
            ),
        ),
        (
            gettext_lazy("Delivery"),
            ("deadline", "urged_at", "picked_at", "delivery_name", "delivery_from", "delivery_to"),
        ),
    )
    fieldsets = tuple((name, {"fields": fields}) for name, fields in SECTIONS)
    readonly_fields = tuple(field for _name, fields in SECTIONS for field in fields)

    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return orders with what the list shows; units by subquery, which no join of a search multiplies."""
        lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
        units = Subquery(lines.annotate(units=Sum("quantity")).values("units"))
        sent = Prefetch("shipments", queryset=Shipment.objects.sent().order_by("pk"))
        return super().get_queryset(request).annotate(unit_count=units).prefetch_related(sent)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; where what is to leave is listed, tracking numbers are typed into the list."""
        names = super().get_list_display(request)
        if not self._is_shipping_list(request):
            return names
        return ["tracking_field" if name == "tracking" else name for name in names]

    def _is_shipping_list(self, request: HttpRequest) -> bool:
        """Tell whether what is to leave is listed, to somebody who may send it."""
        is_asked = request.GET.get("stage") == stages.Stage.TO_SHIP or DeadlineFilter.parameter_name in request.GET
        return is_asked and self.has_change_permission(request)

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the newest first; what is to leave first where deadlines are asked for."""
        return ("ship_by", "pk") if DeadlineFilter.parameter_name in request.GET else self.ordering

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

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list with the carriers to choose from."""
        carriers = Shipment.Carrier.choices if self._is_shipping_list(request) else []
        return super().changelist_view(request, {**(extra_context or {}), "carriers": carriers})

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
        order = self.changeable_order(request, order_id)
        if request.method != "POST" and not shipping.can_be_shipped(order):
            messages.error(request, _CANNOT_BE_SHIPPED)
            return see_other(self.page_of(order))
        form = ShipForm(request.POST or None, order=order)
        if request.method == "POST" and form.is_valid() and self._ship(request, order, form):
            return see_other(self.page_of(order))
        title = _("Ship order %(number)s") % {"number": order.number}
        context = self.context(request, title=title, order=order, address=self.address(order), form=form)
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

    @admin.display(description=gettext_lazy("ship by"), ordering="ship_by")
    def deadline(self, order: Order) -> SafeString | str:
        """Until when it is to leave while something of it is here, whether that is over, and whether the buyer asks."""
        if order.ship_by is None or not deadlines.is_to_ship(order):
            return ""
        now = timezone.now()
        is_late = deadlines.is_late(order, at=now)
        left = _("%(time)s late") % {"time": timesince(order.ship_by, now, depth=1)} if is_late else ""
        words = [left or timeuntil(order.ship_by, now, depth=1), _("buyer asks") if order.urged_at else ""]
        tone, text = "pay" if is_late else "ship" if order.urged_at else "done", " · ".join(filter(None, words))
        return format_html('<span class="stage {}" title="{}">{}</span>', tone, moment(order.ship_by), text)

    @admin.display(description=gettext_lazy("link to the order"))
    def pay_link(self, order: Order) -> str:
        """What its buyer was mailed, for who asks how to pay; it shows the order, and pays once a code confirms it."""
        return mails.link(order) if order.status == Order.Status.AWAITING_PAYMENT else ""

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

    @admin.display(description=gettext_lazy("tracking"))
    def tracking_field(self, order: Order) -> SafeString | str:
        """A field for the number of the parcel that takes all that is left; "Ship" below the list sends them."""
        if not deadlines.is_to_ship(order):
            return self.tracking(order)
        label = _("Tracking number of %(number)s") % {"number": order.number}
        field = '<input name="track-{}" form="ship-listed" aria-label="{}" maxlength="60" size="18" autocomplete="off">'
        return format_html(field, order.number, label)

    @admin.display(description=gettext_lazy("address"))
    def address(self, order: Order) -> SafeString:
        """Where it goes."""
        return format_html("{} {}<br>{}", order.name, order.phone, addresses.one_line(order))
