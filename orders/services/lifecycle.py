"""The only writer of an order's states. Each change takes the row locks, and leaves an entry in the timeline.

Lock order: purchase, its orders by primary key, then whatever the caller locks, stock levels last.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.models import Variant
from catalog.services import stock
from core.money import Money
from orders import events
from orders.models import Allocation, Order, OrderEvent, OrderLine, Purchase
from orders.services import mails

logger = logging.getLogger(__name__)

Status, PaymentStatus, FulfilmentStatus = Order.Status, Order.PaymentStatus, Order.FulfilmentStatus
Kind = OrderEvent.Kind


class Outcome(StrEnum):
    """What money that arrived was good for."""

    ACCEPTED = "accepted"
    SURPLUS = "surplus"  # the purchase was paid already
    TOO_LATE = "too late"  # the purchase was cancelled and its goods are gone


def lock(purchase_id: int) -> list[Order]:
    """Lock a purchase and its orders, and return the orders; call inside a transaction."""
    Purchase.objects.select_for_update().get(pk=purchase_id)
    return list(Order.objects.select_for_update().filter(purchase_id=purchase_id).order_by("pk"))


@transaction.atomic
def receive_payment(*, purchase_id: int, at: datetime) -> Outcome:
    """Book the full price of a purchase as paid, if the purchase still needs it.

    A purchase that ran out of time is opened again when all its goods can still be had.
    """
    orders = lock(purchase_id)
    if all(order.status == Status.AWAITING_PAYMENT for order in orders):
        _mark_paid(orders, Kind.PAID, at)
        return Outcome.ACCEPTED
    if all(order.cancel_reason == Order.CancelReason.UNPAID for order in orders):
        try:
            lines = OrderLine.objects.filter(order__in=orders).select_related("variant").order_by("pk")
            allocate(lines=lines, attempt="late")
        except stock.OutOfStockError:
            return Outcome.TOO_LATE
        _mark_paid(orders, Kind.REOPENED, at)
        return Outcome.ACCEPTED
    is_over = all(order.status == Status.CANCELLED for order in orders)
    return Outcome.TOO_LATE if is_over else Outcome.SURPLUS


@transaction.atomic
def hold_for_review(*, purchase_id: int, details: dict[str, Any], at: datetime) -> None:
    """Mark an unpaid purchase for a human: money came that does not fit. Paid ones stay as they are."""
    for order in lock(purchase_id):
        if order.status != Status.AWAITING_PAYMENT or order.payment_status == PaymentStatus.NEEDS_REVIEW:
            continue
        order.payment_status = PaymentStatus.NEEDS_REVIEW
        order.save(update_fields=["payment_status"])
        record(order=order, kind=Kind.PAYMENT_REVIEW, at=at, is_public=False, details=details)


@transaction.atomic
def expire(*, purchase_id: int, at: datetime) -> bool:
    """Cancel a purchase that was not paid in time and release its goods; tell whether that was so.

    Called twice: no change. The caller has closed the trades at the providers.
    """
    orders = lock(purchase_id)
    if not all(_is_overdue(order, at) for order in orders):
        return False
    for order in orders:
        order.status = Status.CANCELLED
        order.cancel_reason = Order.CancelReason.UNPAID
        order.cancelled_at = at
        order.save(update_fields=["status", "cancel_reason", "cancelled_at"])
        record(order=order, kind=Kind.EXPIRED, at=at)
        mails.cancelled(order=order, at=at)
        events.order_cancelled.publish(order_id=order.pk)
    _release(orders)
    return True


@transaction.atomic
def note_refund(*, purchase_id: int, amount: Money, number: str, kind: OrderEvent.Kind, at: datetime) -> None:
    """Write into the timelines that money which no order needed goes back, or is back.

    The first order of the purchase carries the entry; the sums of the orders never held that money.
    """
    order = lock(purchase_id)[0]
    details = {"amount": str(amount.amount), "currency": amount.currency, "refund": number}
    record(order=order, kind=kind, at=at, details=details)
    if kind == Kind.REFUNDED:
        mails.refunded(order=order, amount=str(amount.amount), number=number, at=at)


def note_shipment(
    *, order: Order, is_complete: bool, actor: User | None, details: dict[str, Any], at: datetime
) -> None:
    """Write that a parcel left; the caller holds the order's lock and has checked that it may leave."""
    order.fulfilment_status = FulfilmentStatus.SHIPPED if is_complete else FulfilmentStatus.PARTLY_SHIPPED
    if is_complete:
        order.shipped_at = at
    order.save(update_fields=["fulfilment_status", "shipped_at"])
    record(order=order, kind=Kind.SHIPPED, at=at, actor=actor, details=details)


def record(
    *,
    order: Order,
    kind: OrderEvent.Kind,
    at: datetime,
    is_public: bool = True,
    actor: User | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry to an order's timeline."""
    OrderEvent.objects.create(
        order=order, kind=kind, created_at=at, is_public=is_public, actor=actor, details=details or {}
    )


def allocate(*, lines: Iterable[OrderLine], attempt: str) -> None:
    """Hold the goods of these lines; raise OutOfStockError when they cannot all be had.

    attempt: makes the ledger's keys of a second allocation differ from those of the first.
    """
    by_key = {
        f"line-{line.pk}-{attempt}": line
        for line in lines
        if line.variant and line.variant.stock_policy == Variant.StockPolicy.DENY
    }
    holds = stock.allocate(
        demands=[stock.Demand(line.variant_id, line.quantity, key) for key, line in by_key.items() if line.variant_id]
    )
    Allocation.objects.bulk_create(
        Allocation(line=by_key[hold.key], level_id=hold.level_id, quantity=hold.quantity) for hold in holds
    )


def _mark_paid(orders: Sequence[Order], kind: OrderEvent.Kind, at: datetime) -> None:
    for order in orders:
        order.status = Status.OPEN
        order.payment_status = PaymentStatus.PAID
        order.paid_total = order.total
        order.paid_at = at
        order.cancel_reason = ""
        order.cancelled_at = None
        order.save(update_fields=["status", "payment_status", "paid_total", "paid_at", "cancel_reason", "cancelled_at"])
        record(order=order, kind=kind, at=at)
        mails.confirmed(order=order, at=at)
        events.order_paid.publish(order_id=order.pk)
        transaction.on_commit(partial(logger.info, "order paid", extra={"order": order.number}))


def _is_overdue(order: Order, at: datetime) -> bool:
    is_waiting = order.status == Status.AWAITING_PAYMENT and order.payment_status == PaymentStatus.NONE
    return is_waiting and order.pay_by <= at


def _release(orders: Sequence[Order]) -> None:
    """Give back what the orders hold."""
    held = list(Allocation.objects.filter(line__order__in=orders, quantity__gt=0).order_by("level_id", "pk"))
    holds = [stock.Hold(each.level_id, each.quantity, f"allocation-{each.pk}") for each in held]
    Allocation.objects.filter(pk__in=[each.pk for each in held]).update(quantity=0)
    stock.release(holds=holds)
