"""Tell the catalogue what was sold."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from catalog.services import products
from orders.models import Order, OrderEdit, OrderLine

BATCH = 200


@transaction.atomic
def count_sold(*, at: datetime) -> int:
    """Add one batch of paid orders to the sold figures, each order once; return how many there were."""
    uncounted = Order.objects.filter(is_counted=False, paid_at__isnull=False).order_by("paid_at", "pk")
    orders = list(uncounted.select_for_update(skip_locked=True)[:BATCH].values_list("pk", flat=True))
    Order.objects.filter(pk__in=orders).update(is_counted=True)
    _count(OrderLine.objects.filter(order__in=orders, edit=None), at)
    return len(orders)


@transaction.atomic
def count_added(*, at: datetime) -> int:
    """Add what one batch of changes has put into orders to the sold figures, each once; return how many there were."""
    uncounted = OrderEdit.objects.filter(status=OrderEdit.Status.APPLIED, is_counted=False).order_by("pk")
    edits = list(uncounted.select_for_update(skip_locked=True)[:BATCH].values_list("pk", "order_id"))
    OrderEdit.objects.filter(pk__in=[pk for pk, _order in edits]).update(is_counted=True)
    lines = OrderLine.objects.filter(order__in=[order for _pk, order in edits])
    _count(lines.filter(edit__in=[pk for pk, _order in edits]), at)
    return len(edits)


def _count(lines: QuerySet[OrderLine], at: datetime) -> None:
    units: Counter[int] = Counter()
    for product_id, quantity in lines.values_list("product_id", "quantity"):
        if product_id is not None:
            units[product_id] += quantity
    if units:
        products.count_sales(quantities=units, at=at)
