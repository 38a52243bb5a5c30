"""Packing begins: the orders on a printed pick list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from orders.models import Order
from orders.services import lifecycle


@transaction.atomic
def begin(*, order_ids: Sequence[int], actor: User | None, at: datetime) -> int:
    """Mark orders as being packed; return how many are so from now on.

    Only paid ones of which something has to leave. One whose buyer has asked to cancel it waits for the answer; one
    that was marked before stays as it is.
    """
    orders = list(Order.objects.select_for_update().filter(pk__in=order_ids).order_by("pk"))
    waiting = set(Order.objects.to_pack().filter(pk__in=order_ids).values_list("pk", flat=True))
    begun = [order for order in orders if order.pk in waiting and order.picked_at is None]
    for order in begun:
        lifecycle.mark_picked(order=order, actor=actor, at=at)
    return len(begun)
