"""A buyer who waits asks the shop to hurry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from orders.models import Order, OrderEvent
from orders.selectors.actions import URGE_PAUSE
from orders.services import lifecycle, mails


class CannotUrgeError(Exception):
    """The order is not paid, something of it has left, it is asked back, or the shop was asked within a day."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


@transaction.atomic
def urge(*, order: Order, at: datetime, actor: User | None = None) -> None:
    """Ask the shop to send an order, once a day: those who handle orders get a mail.

    Raises CannotUrgeError, and changes nothing, when it is too early, too late or too often.
    """
    if not lifecycle.urge(order=order, since=at - URGE_PAUSE, at=at):
        raise CannotUrgeError(order)
    order.refresh_from_db()
    lifecycle.record(order=order, kind=OrderEvent.Kind.URGED, actor=actor, at=at)
    mails.urged(order=order, at=at)
