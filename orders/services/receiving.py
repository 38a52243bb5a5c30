"""Parcels have arrived: the buyer says so, or is silent for long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from orders.models import Order, OrderEvent
from orders.services import lifecycle, mails

Fulfilment = Order.FulfilmentStatus
BATCH = 200


class CannotReceiveError(Exception):
    """Not everything has left yet, the order is over, or the buyer has asked for a return or refund."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


class ExtendedBeforeError(Exception):
    """The buyer has had the one extension."""


@transaction.atomic
def confirm(*, order: Order, at: datetime, actor: User | None = None) -> None:
    """Write that the buyer has everything; that completes the order.

    Raises CannotReceiveError, and changes nothing, when something is still to leave or the order is over.
    """
    locked = _locked(order)
    if not can_be_received(locked):
        raise CannotReceiveError(locked)
    lifecycle.complete(order=locked, kind=OrderEvent.Kind.RECEIVED, actor=actor, at=at)


@transaction.atomic
def extend(*, order: Order, at: datetime, actor: User | None = None) -> datetime:
    """Give the buyer more time before the order counts as received, once; return until when.

    Raises ExtendedBeforeError the second time, CannotReceiveError when nothing waits for a receipt.
    """
    locked = _locked(order)
    if not can_be_received(locked):
        raise CannotReceiveError(locked)
    if locked.is_receipt_extended:
        raise ExtendedBeforeError
    until = extended(locked, at=at)
    lifecycle.set_receive_by(order=locked, until=until, is_extension=True)
    details = {"until": until.isoformat()}
    lifecycle.record(order=locked, kind=OrderEvent.Kind.EXTENDED, actor=actor, details=details, at=at)
    return until


def confirm_due(*, at: datetime) -> int:
    """Complete one batch of orders whose buyers were silent until the end; return how many."""
    due = Order.objects.to_receive().filter(receive_by__lte=at, has_open_case=False).order_by("receive_by", "pk")
    return sum(_confirm_due(order, at) for order in due[:BATCH])


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Ask one batch of buyers whether everything arrived, some days before it counts as received; return how many.

    Orders that left before there was such a day get the whole time from now on.
    """
    waiting = Order.objects.to_receive().select_for_update(skip_locked=True)
    for order in waiting.filter(receive_by=None).order_by("pk")[:BATCH]:
        until = at + timedelta(seconds=settings.RECEIPT_SECONDS)
        lifecycle.set_receive_by(order=order, until=until, is_extension=False)
    soon = at + timedelta(seconds=settings.RECEIPT_REMINDER_SECONDS)
    reminded = list(waiting.filter(receive_by__lte=soon, is_receipt_reminded=False).order_by("receive_by")[:BATCH])
    for order in reminded:
        mails.receipt_reminder(order=order, at=at)
    Order.objects.filter(pk__in=[order.pk for order in reminded]).update(is_receipt_reminded=True)
    return len(reminded)


def extended(order: Order, *, at: datetime) -> datetime:
    """Return until when the buyer would have time with the extension."""
    return (order.receive_by or at) + timedelta(seconds=settings.RECEIPT_EXTENSION_SECONDS)


def can_be_received(order: Order) -> bool:
    """Tell whether the buyer can confirm that everything arrived; what is asked for is settled first."""
    is_on_its_way = order.fulfilment_status in (Fulfilment.SHIPPED, Fulfilment.DELIVERED)
    return order.status == Order.Status.OPEN and is_on_its_way and not order.has_open_case


@transaction.atomic
def _confirm_due(order: Order, at: datetime) -> bool:
    """Complete one order if it is still due now that we hold it: an extension may have been faster."""
    locked = _locked(order)
    if not can_be_received(locked) or locked.receive_by is None or locked.receive_by > at:
        return False
    lifecycle.complete(order=locked, kind=OrderEvent.Kind.RECEIVED, actor=None, at=at)
    return True


def _locked(order: Order) -> Order:
    return next(each for each in lifecycle.lock(order.purchase_id) if each.pk == order.pk)
