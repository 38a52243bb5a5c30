"""Tell the catalogue what was sold."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction

from catalog.services import products
from orders.models import Order, OrderLine

BATCH = 200


@transaction.atomic
def count_sold(*, at: datetime) -> int:
    """Add one batch of paid orders to the sold figures, each order once; return how many there were."""
    uncounted = Order.objects.filter(is_counted=False, paid_at__isnull=False).order_by("paid_at", "pk")
    orders = list(uncounted.select_for_update(skip_locked=True)[:BATCH].values_list("pk", flat=True))
    units: Counter[int] = Counter()
    for product_id, quantity in OrderLine.objects.filter(order__in=orders).values_list("product_id", "quantity"):
        if product_id is not None:
            units[product_id] += quantity
    Order.objects.filter(pk__in=orders).update(is_counted=True)
    if units:
        products.count_sales(quantities=units, at=at)
    return len(orders)
