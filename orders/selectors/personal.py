"""What the shop keeps about a buyer in checkouts and orders, for the buyer to take away."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from orders.models import (
    CaseEntry,
    Checkout,
    Order,
    OrderEdit,
    OrderEvent,
    OrderLine,
    Purchase,
    Repayment,
    ReturnCase,
    Shipment,
    ShipmentEvent,
)

ADDRESS = ("country", "name", "phone", "province", "city", "district", "street", "postcode")
PURCHASE = ("id", "email", "language", "currency", "total", "payment_provider", "placed_at", "pay_by")
ORDER = (
    *("number", "purchase", "merchant_name", "email", "language", *ADDRESS, "note", "currency"),
    *("items_total", "discount_total", "delivery_total", "total", "paid_total", "refunded_total", "delivery_name"),
    *("status", "payment_status", "fulfilment_status", "cancel_reason", "placed_at", "paid_at", "shipped_at"),
    *("completed_at", "cancelled_at", "ship_by", "urged_at"),
)
LINE = ("order__number", "sku", "title", "options", "quantity", "unit_price")
EVENT = ("order__number", "kind", "details", "created_at")
SHIPMENT = ("order__number", "carrier", "tracking_number", "shipped_at", "undone_at")
TRACKING = ("shipment__order__number", "shipment__tracking_number", "kind", "happened_at", "place", "text")
REPAYMENT = ("order__number", "reason", "amount", "decided_at", "settled_at")
EDIT = ("order__number", "status", "taken_out", "added", "note", "proposed_at", "ended_at")
CASE = ("number", "order__number", "kind", "reason", "status", "explanation", "amount", "opened_at", "tracking_number")
ENTRY = ("case__number", "side", "kind", "text", "amount", "created_at")
CHECKOUT = ("email", *ADDRESS, "delivery_code", "payment_provider", "note", "updated_at")


def records(*, user: User) -> dict[str, list[dict[str, Any]]]:
    """Return rows by the name of their table; eleven queries."""
    return {
        "purchases": list(Purchase.objects.filter(user=user).order_by("pk").values(*PURCHASE)),
        "orders": list(Order.objects.visible_to(user).order_by("pk").values(*ORDER)),
        "order_lines": list(OrderLine.objects.filter(order__user=user).order_by("pk").values(*LINE)),
        "order_events": list(OrderEvent.objects.filter(order__user=user, is_public=True).order_by("pk").values(*EVENT)),
        "shipments": list(Shipment.objects.filter(order__user=user).order_by("pk").values(*SHIPMENT)),
        "shipment_events": list(
            ShipmentEvent.objects.filter(shipment__order__user=user).order_by("happened_at", "pk").values(*TRACKING)
        ),
        "repayments": list(Repayment.objects.filter(order__user=user).order_by("pk").values(*REPAYMENT)),
        "order_changes": list(OrderEdit.objects.filter(order__user=user).order_by("pk").values(*EDIT)),
        "return_cases": list(ReturnCase.objects.filter(order__user=user).order_by("pk").values(*CASE)),
        "case_entries": list(CaseEntry.objects.filter(case__order__user=user).order_by("pk").values(*ENTRY)),
        "checkouts": list(Checkout.objects.filter(cart__user=user).order_by("pk").values(*CHECKOUT)),
    }
