"""Until when an order is to leave."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from orders.models import Order

Fulfilment = Order.FulfilmentStatus


def is_to_ship(order: Order) -> bool:
    """Tell whether something of it has still to leave."""
    is_here = order.fulfilment_status in (Fulfilment.NONE, Fulfilment.PARTLY_SHIPPED)
    return order.status == Order.Status.OPEN and is_here


def is_late(order: Order, *, at: datetime) -> bool:
    """Tell whether something should have left before now."""
    return is_to_ship(order) and order.ship_by is not None and order.ship_by < at


def late(*, at: datetime) -> Q:
    """Return what orders to ship that are late have in common."""
    return Q(ship_by__lt=at)


def today(*, at: datetime) -> Q:
    """Return what orders to ship have in common that are to leave before the day is over, late ones too."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    return Q(ship_by__lt=timezone.make_aware(datetime.combine(tomorrow, time.min)))
