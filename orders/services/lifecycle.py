"""The only writer of an order's states. Each change takes the row locks, and leaves an entry in the timeline.

Lock order: purchase, its orders by primary key, then whatever the caller locks, stock levels last.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from catalog.services import stock
from core.money import Money
from orders import events
from orders.models import Order, OrderEvent, OrderLine, Purchase
from orders.services import backorders, holding, mails

logger = logging.getLogger(__name__)

Status, PaymentStatus, FulfilmentStatus = Order.Status, Order.PaymentStatus, Order.FulfilmentStatus
Kind = OrderEvent.Kind
_PAID = ["status", "payment_status", "paid_total", "paid_at", "ship_by", "cancel_reason", "cancelled_at"]


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

    A purchase that ran out of time, or that its buyer cancelled before paying after all, is opened again when all its
    goods can still be had.
    """
    orders = lock(purchase_id)
    if all(order.status == Status.AWAITING_PAYMENT for order in orders):
        _mark_paid(orders, Kind.PAID, at)
        return Outcome.ACCEPTED
    if all(_may_be_reopened(order) for order in orders):
        try:
            lines = OrderLine.objects.filter(order__in=orders).select_related("variant").order_by("pk")
            holding.allocate_again(lines=list(lines))
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
    cancel(orders=orders, reason=Order.CancelReason.UNPAID, kind=Kind.EXPIRED, at=at)
    return True


def cancel(
    *,
    orders: Sequence[Order],
    reason: Order.CancelReason,
    at: datetime,
    kind: OrderEvent.Kind = Kind.CANCELLED,
    actor: User | None = None,
) -> None:
    """Cancel orders of one purchase and release what they hold; tell the buyer.

    The caller holds their locks and has checked that they may end: nothing of them has left the house.
    """
    for order in orders:
        order.status = Status.CANCELLED
        order.cancel_reason = reason
        order.cancelled_at = at
        order.save(update_fields=["status", "cancel_reason", "cancelled_at"])
        record(order=order, kind=kind, at=at, actor=actor, details={"reason": reason.value})
        mails.cancelled(order=order, at=at)
        events.order_cancelled.publish(order_id=order.pk)
    holding.release(orders=orders)


def complete(*, order: Order, kind: OrderEvent.Kind, actor: User | None, at: datetime) -> None:
    """Write that everything has arrived: the order is over, and may be reviewed; the caller holds its lock."""
    order.fulfilment_status = FulfilmentStatus.RECEIVED
    order.status = Status.COMPLETED
    order.completed_at = at
    order.is_to_review = True
    days = order.lines.aggregate(most=Max("return_days"))["most"] or 0
    order.return_by = at + timedelta(days=max(days, settings.RETURN_DAYS))
    order.save(update_fields=["fulfilment_status", "status", "completed_at", "is_to_review", "return_by"])
    record(order=order, kind=kind, at=at, actor=actor)
    events.order_completed.publish(order_id=order.pk)


def set_receive_by(*, order: Order, until: datetime, is_extension: bool) -> None:
    """Set the moment from which an order counts as received; the caller holds its lock."""
    order.receive_by = until
    order.is_receipt_extended = order.is_receipt_extended or is_extension
    order.save(update_fields=["receive_by", "is_receipt_extended"])


def cancel_units(*, order: Order, units: Mapping[int, int], actor: User | None, at: datetime, is_told: bool) -> None:
    """Take units out of a locked order that have not left, by line id, and release what was held for them.

    What is left of the order may have left whole by that. is_told: leave an entry in the timeline.
    """
    backorders.lock(lines=order.lines.order_by("pk"))
    lines = list(order.lines.order_by("pk"))
    holds = []
    for line in lines:
        if quantity := units.get(line.pk, 0):
            line.cancelled_quantity += quantity
            line.save(update_fields=["cancelled_quantity"])
            # a parcel that is taken back fills the allocation again: only the count of cancelled units never returns
            holds += holding.take_out(line=line, quantity=quantity, key=f"cancelled-{line.cancelled_quantity}")
    is_complete = not any(line.unshipped_quantity for line in lines)
    if order.status == Status.OPEN and is_complete and order.fulfilment_status == FulfilmentStatus.PARTLY_SHIPPED:
        _complete_shipping(order, at)
    if is_told:
        skus = [f"{line.sku} × {units[line.pk]}" for line in lines if units.get(line.pk)]
        record(order=order, kind=Kind.LINES_CANCELLED, at=at, actor=actor, details={"lines": ", ".join(skus)})
    stock.release(holds=holds)


def set_has_open_case(*, order: Order, has_open_case: bool) -> None:
    """Keep on a locked order whether one of its cases is open."""
    order.has_open_case = has_open_case
    order.save(update_fields=["has_open_case"])


def mark_picked(*, order: Order, actor: User | None, at: datetime) -> None:
    """Write that packing of a locked order has begun."""
    order.picked_at = at
    order.save(update_fields=["picked_at"])
    record(order=order, kind=Kind.PICKED, at=at, actor=actor, is_public=False)


def note_repayment(*, order: Order, amount: Money, delivery: Money, credited: Money) -> None:
    """Add to what goes back of an order, and of its delivery; the caller holds its lock.

    credited: what of it stays in the order, as if it had been paid out and paid in again.
    """
    order.repayments_total += amount.amount
    order.repaid_delivery += delivery.amount
    order.paid_total += credited.amount
    order.refunded_total += credited.amount
    order.credited_total += credited.amount
    order.save(update_fields=["repayments_total", "repaid_delivery", "paid_total", "refunded_total", "credited_total"])


def note_added(*, order: Order, added: Money, paid: Money) -> None:
    """Add goods to what a locked order costs, and what was paid for them to what was paid."""
    order.items_total += added.amount
    order.total += added.amount
    order.added_total += added.amount
    order.paid_total += paid.amount
    order.save(update_fields=["items_total", "total", "added_total", "paid_total"])


@transaction.atomic
def note_refunded(*, purchase_id: int, order_id: int, amount: Money, number: str, at: datetime) -> None:
    """Book that money of an order is back where it came from; `number` is the refund's."""
    order = next(each for each in lock(purchase_id) if each.pk == order_id)
    order.refunded_total += amount.amount
    is_whole = order.refunded_total == order.paid_total
    order.payment_status = PaymentStatus.REFUNDED if is_whole else PaymentStatus.PARTLY_REFUNDED
    order.save(update_fields=["refunded_total", "payment_status"])
    details = {"amount": str(amount.amount), "currency": amount.currency, "refund": number}
    record(order=order, kind=Kind.REFUNDED, at=at, details=details)
    mails.order_refunded(order=order, amount=str(amount.amount), number=number, at=at)


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
    if is_complete:
        _complete_shipping(order, at)
    else:
        order.fulfilment_status = FulfilmentStatus.PARTLY_SHIPPED
        order.save(update_fields=["fulfilment_status"])
    record(order=order, kind=Kind.SHIPPED, at=at, actor=actor, details=details)


def note_unshipped(
    *, order: Order, has_other_parcels: bool, actor: User | None, details: dict[str, Any], at: datetime
) -> None:
    """Write that a parcel has not left after all; the caller holds the order's lock and has checked that it may be.

    The time to confirm receipt begins with the last parcel, so it is over, and so is its extension.
    """
    order.fulfilment_status = FulfilmentStatus.PARTLY_SHIPPED if has_other_parcels else FulfilmentStatus.NONE
    order.shipped_at = order.receive_by = None
    order.is_receipt_extended = order.is_receipt_reminded = False
    order.save(
        update_fields=["fulfilment_status", "shipped_at", "receive_by", "is_receipt_extended", "is_receipt_reminded"]
    )
    record(order=order, kind=Kind.UNSHIPPED, at=at, actor=actor, details=details)


def note_delivered(*, order: Order, delivered_at: datetime, actor: User | None, at: datetime) -> None:
    """Write that all parcels of a locked order are delivered; its buyer has the whole time to look at the goods.

    That time never ends earlier than was said before, and never in the past.
    """
    order.fulfilment_status = FulfilmentStatus.DELIVERED
    until = max(order.receive_by or at, delivered_at + timedelta(seconds=settings.RECEIPT_SECONDS))
    if until > at:
        order.receive_by = until
    order.save(update_fields=["fulfilment_status", "receive_by"])
    record(order=order, kind=Kind.DELIVERED, at=at, actor=actor, details={"delivered_at": delivered_at.isoformat()})


def urge(*, order: Order, since: datetime, at: datetime) -> bool:
    """Note that the buyer asks when it leaves, unless that was done after `since`; tell whether it was noted.

    An order that is not paid, or of which something has left, or that is asked back, is not urged.
    """
    waiting = Order.objects.filter(
        Q(urged_at=None) | Q(urged_at__lte=since),
        pk=order.pk,
        status=Status.OPEN,
        fulfilment_status=FulfilmentStatus.NONE,
        has_open_case=False,
    )
    return bool(waiting.update(urged_at=at))


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


def _complete_shipping(order: Order, at: datetime) -> None:
    """Write that all that will leave has left; from now on the buyer has time to say that it arrived."""
    order.fulfilment_status = FulfilmentStatus.SHIPPED
    order.shipped_at = at
    order.receive_by = at + timedelta(seconds=settings.RECEIPT_SECONDS)
    order.save(update_fields=["fulfilment_status", "shipped_at", "receive_by"])


def _mark_paid(orders: Sequence[Order], kind: OrderEvent.Kind, at: datetime) -> None:
    for order in orders:
        order.status = Status.OPEN
        order.payment_status = PaymentStatus.PAID
        order.paid_total = order.total
        order.paid_at = at
        order.ship_by = _leaves_by(order, at)
        order.cancel_reason = ""
        order.cancelled_at = None
        order.save(update_fields=_PAID)
        record(order=order, kind=kind, at=at)
        mails.confirmed(order=order, at=at)
        events.order_paid.publish(order_id=order.pk)
        transaction.on_commit(partial(logger.info, "order paid", extra={"order": order.number}))


def _leaves_by(order: Order, at: datetime) -> datetime:
    """Return until when an order that is paid now is to leave; what is waited for, not before it has come."""
    day = backorders.promised_until(order)
    begins_at = timezone.make_aware(datetime.combine(day, time())) if day else at
    return max(at, begins_at) + timedelta(hours=order.ships_within_hours or settings.SHIP_WITHIN_HOURS)


def _may_be_reopened(order: Order) -> bool:
    """Tell whether money that comes late opens it again: nobody paid it, and it was not the shop that ended it."""
    is_unpaid = order.status == Status.CANCELLED and order.paid_at is None
    return is_unpaid and order.cancel_reason != Order.CancelReason.SHOP


def _is_overdue(order: Order, at: datetime) -> bool:
    is_waiting = order.status == Status.AWAITING_PAYMENT and order.payment_status == PaymentStatus.NONE
    return is_waiting and order.pay_by <= at
