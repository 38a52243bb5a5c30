"""What buyers see of their orders."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.http import private_page
from orders import http
from orders.models import Order, OrderEvent
from orders.selectors import actions, delivery, edits, late, parcels, stages


@require_safe
@private_page
@http.shows_no_order
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order to its buyer: where it stands, what is in it, where the parcels are."""
    found = http.order_or_404(request, number)
    stage, now = stages.stage(found), timezone.now()
    events = list(found.events.filter(is_public=True).order_by("-pk"))
    has_changes = any(event.kind == OrderEvent.Kind.CHANGE_PROPOSED for event in events)
    lines = list(found.lines.select_related("product").order_by("position"))
    context = {
        "order": found,
        "late": late.of_lines(found, lines),
        "stage": stage,
        "label": stages.LABELS[stage],
        "lines": lines,
        "parcels": parcels.of_order(found),
        "events": events,
        "event_kinds": OrderEvent.Kind,
        "is_overdue": stage == stages.Stage.TO_PAY and found.pay_by <= now,
        "is_late": found.ship_by is not None and found.ship_by < now,
        "others": _paid_together(found) if stage == stages.Stage.TO_PAY else [],
        "cases": list(found.cases.order_by("-pk")),
        "edit": edits.payable(found, at=now) if has_changes else None,
        "may_act": http.may_act(request, found),
        "offers": actions.offers(found, at=now),
    }
    return render(request, "orders/order.html", context)


@require_safe
@private_page
@http.shows_no_order
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm a purchase; safe to reload, and honest while the payment is still on its way."""
    found = http.order_or_404(request, number)
    if found.status == Order.Status.CANCELLED:
        return redirect(found)
    orders = list(
        Order.objects.filter(purchase=found.purchase_id)
        .annotate(delivery_shown=delivery.shown_name())
        .prefetch_related("lines")
        .order_by("pk")
    )
    context = {"order": found, "orders": orders, "is_paid": found.paid_at is not None, "purchase": found.purchase}
    return render(request, "orders/thanks.html", context)


def _paid_together(order: Order) -> list[Order]:
    """Return the other orders of the same purchase; one payment is for them all."""
    if order.total == order.purchase.total:
        return []
    return list(Order.objects.filter(purchase=order.purchase_id).exclude(pk=order.pk).order_by("pk"))
