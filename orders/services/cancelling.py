"""Orders that end before anything of them has left the house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from orders.models import Order, Repayment
from orders.services import lifecycle, repaying

Status, Reason = Order.Status, Order.CancelReason


class CannotCancelError(Exception):
    """The order has left, is over, or its money is being looked at; `order` tells."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


@transaction.atomic
def cancel_unpaid(*, purchase_id: int, reason: Order.CancelReason, at: datetime, actor: User | None = None) -> None:
    """Cancel all orders of a purchase that nobody has paid; its goods can be had by others at once.

    One payment is for all of them, so they end together. A payment that arrives later opens a purchase again that its
    buyer cancelled, if the goods are still there, and goes back otherwise.
    Raises CannotCancelError, and changes nothing, when one of them is not waiting for its payment any more.
    """
    orders = lifecycle.lock(purchase_id)
    for order in orders:
        if not is_unpaid(order):
            raise CannotCancelError(order)
    lifecycle.cancel(orders=orders, reason=reason, at=at, actor=actor)


@transaction.atomic
def cancel_paid(*, order: Order, reason: Order.CancelReason, at: datetime, actor: User | None = None) -> None:
    """Cancel a paid order of which nothing has left: its goods are released, all its money goes back.

    Raises CannotCancelError, and changes nothing, when a parcel was faster or the order is over.
    """
    orders = lifecycle.lock(order.purchase_id)
    locked = next(each for each in orders if each.pk == order.pk)
    if not is_paid_and_here(locked):
        raise CannotCancelError(locked)
    repay_all(order=locked, key=f"cancel-{locked.number}", actor=actor, at=at)
    lifecycle.cancel(orders=[locked], reason=reason, at=at, actor=actor)


def repay_all(*, order: Order, key: str, actor: User | None, at: datetime) -> None:
    """Decide that all that is left of a locked order's money goes back, because it is cancelled."""
    lines = list(order.lines.order_by("pk"))
    decision = repaying.whole(order=order, lines=lines, key=key, reason=Repayment.Reason.CANCELLED)
    repaying.decide(order=order, decision=decision, actor=actor, at=at)


def is_unpaid(order: Order) -> bool:
    """Tell whether an order waits for its payment, and nothing of it has come."""
    return order.status == Status.AWAITING_PAYMENT and order.payment_status == Order.PaymentStatus.NONE


def is_paid_and_here(order: Order) -> bool:
    """Tell whether an order is paid, nothing of it has left, and no request about it waits for an answer."""
    if order.has_open_case:
        return False
    return order.status == Status.OPEN and order.fulfilment_status == Order.FulfilmentStatus.NONE


def paid_together(order: Order) -> Sequence[Order]:
    """Return the other orders of the same purchase."""
    return list(Order.objects.filter(purchase=order.purchase_id).exclude(pk=order.pk).order_by("pk"))
