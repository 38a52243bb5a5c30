"""The list of orders to ship as a table for a spreadsheet: one row for each, carrier and tracking number empty."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.selectors import addresses
from orders.models import Order

LIMIT = 1000
NUMBER, CARRIER, TRACKING = _("Order number"), _("Carrier"), _("Tracking number")
COLUMNS: Sequence[str | Promise] = (
    *(NUMBER, _("Full name"), _("Mobile number"), _("Address"), _("SKU and quantity"), _("Note")),
    *(CARRIER, TRACKING),
)


def table(orders: QuerySet[Order]) -> list[list[str]]:
    """Return a head and a row for each order to ship, those that are to leave first before the others; two queries.

    Order numbers stand in groups of four: of twelve digits in a row a spreadsheet makes a rounded number.
    """
    waiting = orders.filter(pk__in=Order.objects.to_pack().values("pk")).prefetch_related("lines")
    found = waiting.order_by(F("ship_by").asc(nulls_last=True), "pk")[:LIMIT]
    return [[str(column) for column in COLUMNS], *(_row(order) for order in found)]


def grouped(number: str) -> str:
    """Return an order number in groups of four digits."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _row(order: Order) -> list[str]:
    lines = sorted(order.lines.all(), key=lambda line: line.position)
    goods = "; ".join(f"{line.sku} × {line.ready_quantity}" for line in lines if line.ready_quantity)
    return [grouped(order.number), order.name, order.phone, addresses.one_line(order), goods, order.note, "", ""]
