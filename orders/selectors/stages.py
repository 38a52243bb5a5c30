"""What a buyer is told about an order: a pure function of its three states and of open cases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import Order

Fulfilment = Order.FulfilmentStatus


class Stage(StrEnum):
    """Where the buyer stands."""

    TO_PAY = "to-pay"
    IN_REVIEW = "in-review"
    TO_SHIP = "to-ship"
    TO_RECEIVE = "to-receive"
    TO_REVIEW = "to-review"
    AFTER_SALE = "after-sale"
    COMPLETED = "completed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Label:
    """How a stage is called in tabs and lists, and what the order's page says first."""

    tab: str | Promise
    headline: str | Promise
    tone: str


LABELS = {
    Stage.TO_PAY: Label(_("To pay"), _("Waiting for payment"), "pay"),
    Stage.IN_REVIEW: Label(_("To pay"), _("We are checking your payment"), "pay"),
    Stage.TO_SHIP: Label(_("To ship"), _("We are packing your order"), "ship"),
    Stage.TO_RECEIVE: Label(_("To receive"), _("On its way to you"), "way"),
    Stage.TO_REVIEW: Label(_("To review"), _("Received"), "done"),
    Stage.AFTER_SALE: Label(_("Returns"), _("Return or refund requested"), "pay"),
    Stage.COMPLETED: Label(_("Completed"), _("Completed"), "done"),
    Stage.CLOSED: Label(_("Cancelled"), _("Cancelled"), "done"),
}


CONDITIONS: dict[Stage, Q] = {
    Stage.TO_PAY: Q(status=Order.Status.AWAITING_PAYMENT),
    Stage.TO_SHIP: Q(status=Order.Status.OPEN, fulfilment_status__in=[Fulfilment.NONE, Fulfilment.PARTLY_SHIPPED]),
    Stage.TO_RECEIVE: Q(status=Order.Status.OPEN, fulfilment_status__in=[Fulfilment.SHIPPED, Fulfilment.DELIVERED]),
    Stage.TO_REVIEW: Q(status=Order.Status.COMPLETED, is_to_review=True),
    Stage.COMPLETED: Q(status=Order.Status.COMPLETED, is_to_review=False),
    Stage.CLOSED: Q(status=Order.Status.CANCELLED),
}


def stage(order: Order) -> Stage:
    """Return where the buyer of this order stands."""
    if order.has_open_case:
        return Stage.AFTER_SALE
    if order.status == Order.Status.CANCELLED:
        return Stage.CLOSED
    if order.status == Order.Status.AWAITING_PAYMENT:
        is_checked = order.payment_status == Order.PaymentStatus.NEEDS_REVIEW
        return Stage.IN_REVIEW if is_checked else Stage.TO_PAY
    if order.status == Order.Status.COMPLETED:
        return Stage.TO_REVIEW if order.is_to_review else Stage.COMPLETED
    if order.fulfilment_status in (Fulfilment.NONE, Fulfilment.PARTLY_SHIPPED):
        return Stage.TO_SHIP
    return Stage.TO_RECEIVE
