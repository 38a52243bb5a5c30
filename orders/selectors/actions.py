"""What a buyer can do with an order now: a pure function of the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Order

Status, Fulfilment = Order.Status, Order.FulfilmentStatus
URGE_PAUSE = timedelta(days=1)


class Action(StrEnum):
    """An action, as the view's name calls it."""

    PAY = "payments:pay"
    ADDRESS = "orders:address"
    RECEIVE = "orders:received"
    EXTEND = "orders:extend"
    CANCEL = "orders:cancel"
    RETURN = "orders:return"
    REORDER = "orders:reorder"
    URGE = "orders:urge"
    TRACK = "orders:order"


@dataclass(frozen=True)
class Offer:
    """An action with the words of its button, and whether it is the one to press now."""

    action: Action
    label: str | Promise
    is_main: bool = False
    fragment: str = ""  # the part of the page it leads to


PAY = Offer(Action.PAY, _("Pay now"), is_main=True)
ADDRESS = Offer(Action.ADDRESS, _("Change address"))
CANCEL = Offer(Action.CANCEL, _("Cancel order"))
CANCEL_AND_REFUND = Offer(Action.CANCEL, _("Cancel and refund"))
RETURN = Offer(Action.RETURN, _("Return or refund"))
RECEIVE = Offer(Action.RECEIVE, _("Confirm receipt"), is_main=True)
EXTEND = Offer(Action.EXTEND, _("Extend receipt"))
URGE = Offer(Action.URGE, _("Remind us"))
TRACK = Offer(Action.TRACK, _("Track"), fragment="#tracking")
REORDER = Offer(Action.REORDER, pgettext_lazy("an order", "Buy again"))


def offers(order: Order, *, at: datetime) -> list[Offer]:
    """Return what the buyer can do, the most likely first."""
    if order.status == Status.AWAITING_PAYMENT:
        return _unpaid(order, at)
    if order.status == Status.OPEN:
        return _open(order, at)
    is_returnable = order.return_by is not None and at <= order.return_by and not order.has_open_case
    return [REORDER, RETURN] if order.status == Status.COMPLETED and is_returnable else [REORDER]


def _unpaid(order: Order, at: datetime) -> list[Offer]:
    if order.payment_status != Order.PaymentStatus.NONE:
        return []
    return [PAY, CANCEL] if order.pay_by > at else [REORDER]


def _open(order: Order, at: datetime) -> list[Offer]:
    """Return what can be done with what is paid; a request that is open comes first."""
    if order.fulfilment_status == Fulfilment.NONE:
        return _waiting(order, at)
    if order.has_open_case:
        return [TRACK]
    if order.fulfilment_status == Fulfilment.PARTLY_SHIPPED:
        return [TRACK, RETURN]
    return [RECEIVE, TRACK, RETURN] if order.is_receipt_extended else [RECEIVE, TRACK, EXTEND, RETURN]


def _waiting(order: Order, at: datetime) -> list[Offer]:
    if order.has_open_case:
        return []
    is_urged = order.urged_at is not None and at < order.urged_at + URGE_PAUSE
    first = [ADDRESS] if order.picked_at is None else []
    return [*first, CANCEL_AND_REFUND] if is_urged else [*first, URGE, CANCEL_AND_REFUND]
