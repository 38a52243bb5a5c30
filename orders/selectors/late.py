"""What an order's lines wait for, as the buyer reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orders.models import Backorder, Order, OrderLine


@dataclass(frozen=True)
class Late:
    """Units of a line that were not there when it was bought.

    waiting: how many are not there yet; 0 when all have come. expected_on: when they come, if that is known.
    """

    waiting: int
    expected_on: date | None
    is_part: bool


def of_lines(order: Order, lines: Sequence[OrderLine]) -> dict[int, Late]:
    """Return what is, or was, waited for, by line id; of lines of which something has still to leave."""
    is_over = order.status in (Order.Status.CANCELLED, Order.Status.COMPLETED)
    left = {line.pk: line for line in lines if line.unshipped_quantity and not is_over}
    found: dict[int, Late] = {}
    for row in Backorder.objects.filter(line__order=order, given_up_at=None).order_by("pk"):
        if row.line_id not in left:
            continue
        line, before = left[row.line_id], found.get(row.line_id)
        days = [each for each in (before and before.expected_on, None if row.filled_at else row.promised_on) if each]
        part = 0 < line.waiting_quantity < line.unshipped_quantity
        found[row.line_id] = Late(line.waiting_quantity, max(days, default=None), part)
    return found
