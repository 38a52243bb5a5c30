"""A buyer takes an order that is over out of the own list; nothing else changes."""

from __future__ import annotations

from accounts.models import User
from orders.models import Order
from orders.selectors import own


class StillOpenError(Exception):
    """The order is not over; who hid it would forget it."""


def hide(*, user: User, order: Order) -> None:
    """Take an order out of its buyer's list; called twice: no change. Raises StillOpenError before it is over."""
    if not Order.objects.visible_to(user).filter(pk=order.pk, status__in=own.OVER).update(is_hidden=True):
        raise StillOpenError


def show(*, user: User, order: Order) -> None:
    """Put an order back into its buyer's list; called twice: no change."""
    Order.objects.visible_to(user).filter(pk=order.pk).update(is_hidden=False)
