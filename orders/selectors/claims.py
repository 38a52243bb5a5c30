"""What of an order can still be asked for: units that have not left, units that arrived, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Sum

from core.money import Money
from orders.models import Order, OrderLine, ReturnCase, ReturnLine
from orders.selectors import refundable

Kind, Reason = ReturnCase.Kind, ReturnCase.Reason
SHOPS_FAULT = (Reason.QUALITY, Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM, Reason.DAMAGED)


@dataclass(frozen=True)
class Claim:
    """Units of a line that nobody has asked for or got back yet; `price` is of all of them together.

    is_unsent: they have not left the house, so they can be cancelled, but neither returned nor exchanged.
    """

    line: OrderLine
    quantity: int
    price: Money
    is_unsent: bool


def of_order(order: Order, lines: Sequence[OrderLine], *, besides: ReturnCase | None = None) -> list[Claim]:
    """Return what can be asked for, line by line; lines of which nothing is left are not in it.

    besides: a case that would be changed, so its own units are free.
    """
    if order.status not in (Order.Status.OPEN, Order.Status.COMPLETED):
        return []
    asked = _asked_for((line.pk for line in lines), besides)
    claims = []
    for line in lines:
        for is_unsent in (True, False):
            quantity = _units(line, is_unsent=is_unsent) - asked.get((line.pk, is_unsent), 0)
            if quantity > 0:
                price = refundable.of_units(line, quantity, order.currency)
                claims.append(Claim(line, quantity, min(price, refundable.left(order)), is_unsent))
    return claims


def are_free(case: ReturnCase) -> bool:
    """Tell whether the units of a case that is not open have not gone back, nor are in another case, meanwhile."""
    lines = list(case.order.lines.order_by("position"))
    is_unsent = case.kind == Kind.CANCELLATION
    free = {each.line.pk: each.quantity for each in of_order(case.order, lines) if each.is_unsent == is_unsent}
    return all(row.quantity <= free.get(row.line_id, 0) for row in case.lines.all())


def is_in_time(order: Order, line: OrderLine, reason: str, *, at: datetime) -> bool:
    """Tell whether a line that has left can be asked for with this reason now.

    Before the order is completed there is no hurry. A product that was sold as not returnable can be sent back only
    for what the shop has done wrong.
    """
    days = settings.RETURN_DAYS if line.return_days is None else line.return_days
    if reason in (Reason.NO_REASON, Reason.NOT_WANTED):
        return days > 0 and _is_before_end(order, days, at)
    return _is_before_end(order, max(days, settings.RETURN_DAYS), at)


def is_returnable(order: Order, line: OrderLine, *, at: datetime) -> bool:
    """Tell whether a line that has left can be asked for with any reason now."""
    return any(is_in_time(order, line, reason, at=at) for reason in Reason)


def most(order: Order, claims: Iterable[Claim], units: Mapping[int, int], *, has_delivery: bool) -> Money:
    """Return the most that units of claims, by line id, can be asked to cost; with delivery, if it may be in it."""
    amounts = (
        min(refundable.of_units(claim.line, units[claim.line.pk], order.currency), claim.price)
        for claim in claims
        if units.get(claim.line.pk)
    )
    amount = Money.total(amounts, order.currency)
    if has_delivery:
        amount += refundable.left_of_delivery(order)
    return min(amount, refundable.left(order))


def _is_before_end(order: Order, days: int, at: datetime) -> bool:
    return order.completed_at is None or at <= order.completed_at + timedelta(days=days)


def _units(line: OrderLine, *, is_unsent: bool) -> int:
    """Return units that have not gone back: those still in the house, or those that have left."""
    if is_unsent:
        return line.unshipped_quantity
    return line.shipped_quantity - (line.repaid_quantity - line.cancelled_quantity)


def _asked_for(line_ids: Iterable[int], besides: ReturnCase | None) -> dict[tuple[int, bool], int]:
    """Return the units in open cases, by line and whether they are unsent."""
    rows = (
        ReturnLine.objects.filter(line__in=list(line_ids), case__status__in=ReturnCase.OPEN)
        .exclude(case=besides)
        .values_list("line", "case__kind")
        .annotate(units=Sum("quantity"))
        .order_by()
    )
    asked: dict[tuple[int, bool], int] = {}
    for line_id, kind, units in rows:
        key = (line_id, kind == Kind.CANCELLATION)
        asked[key] = asked.get(key, 0) + units
    return asked
