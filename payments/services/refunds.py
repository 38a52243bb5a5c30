"""Give money back: the row first, the call after, again and again under one number until it is final."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from core import nudge
from core.money import Money
from orders.models import OrderEvent
from orders.services import lifecycle
from payments.models import Payment, Refund
from payments.providers import registry
from payments.providers.interface import (
    GatewayRefusedError,
    GatewayUnavailableError,
    RefundOrder,
    RefundStatus,
)

logger = logging.getLogger(__name__)

BATCH = 50
PAUSES = (30, 60, 300, 900, 3600)  # seconds before asking again; the last one repeats for ever


class TooMuchError(Exception):
    """More would go back than came in; `payment` is the one that cannot give it."""

    def __init__(self, payment: Payment) -> None:
        super().__init__(payment.out_trade_no)
        self.payment = payment


@transaction.atomic
def request(*, payment: Payment, amount: Money, reason: Refund.Reason, at: datetime) -> Refund:
    """Note that money must go back; a worker does it after the commit.

    Raises TooMuchError when less is left of the payment, or when it did not succeed.
    """
    paid = Payment.objects.select_for_update().get(pk=payment.pk)
    earlier = paid.refunds.exclude(status=Refund.Status.FAILED).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if paid.status != Payment.Status.SUCCEEDED or amount > paid.money - Money(earlier, paid.currency):
        raise TooMuchError(paid)
    count = paid.refunds.count()
    refund = Refund.objects.create(
        payment=payment,
        number=f"{payment.out_trade_no}-R{count + 1}",
        amount=amount.amount,
        reason=reason,
        due_at=at,
    )
    nudge.on_commit("payments.tasks.execute_refunds")
    return refund


def execute_due(*, at: datetime) -> int:
    """Ask providers to execute the refunds that are due; return how many were tried."""
    due = Refund.objects.filter(status=Refund.Status.REQUESTED, due_at__lte=at).order_by("due_at", "pk")
    count = 0
    for refund in due.select_related("payment")[:BATCH]:
        pause = timedelta(seconds=PAUSES[min(refund.attempts, len(PAUSES) - 1)])
        claimed = Refund.objects.filter(pk=refund.pk, due_at=refund.due_at, status=Refund.Status.REQUESTED).update(
            due_at=at + pause, attempts=F("attempts") + 1
        )
        if claimed:
            _execute(refund, at)
            count += 1
    return count


def _execute(refund: Refund, at: datetime) -> None:
    payment = refund.payment
    order = RefundOrder(
        number=refund.number,
        out_trade_no=payment.out_trade_no,
        money=Money(refund.amount, payment.currency),
        paid=payment.money,
    )
    try:
        state = registry.get(payment.provider).refund(order, at=at)
    except (GatewayUnavailableError, registry.UnknownProviderError) as error:  # keys that are missing come back
        Refund.objects.filter(pk=refund.pk).update(error=str(error)[:200])
        return
    except GatewayRefusedError as error:
        _fail(refund, error.code)
        return
    if state.status == RefundStatus.SUCCEEDED:
        _succeed(refund, at)
    elif state.status == RefundStatus.FAILED:
        _fail(refund, "refused")


@transaction.atomic
def _succeed(refund: Refund, at: datetime) -> None:
    lifecycle.lock(refund.payment.purchase_id)
    payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
    done = Refund.objects.filter(pk=refund.pk, status=Refund.Status.REQUESTED).update(
        status=Refund.Status.SUCCEEDED, finished_at=at, error=""
    )
    if not done:
        return
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + refund.amount)
    lifecycle.note_refund(
        purchase_id=payment.purchase_id,
        amount=Money(refund.amount, payment.currency),
        number=refund.number,
        kind=OrderEvent.Kind.REFUNDED,
        at=at,
    )


def _fail(refund: Refund, reason: str) -> None:
    """Leave it to a human: the provider will not give this money back."""
    Refund.objects.filter(pk=refund.pk, status=Refund.Status.REQUESTED).update(
        status=Refund.Status.FAILED, error=reason[:200]
    )
    logger.error("refund failed", extra={"refund": refund.number})
