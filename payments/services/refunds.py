"""Give money back: the row first, the call after, again and again under one number until it is final."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from core import nudge
from core.money import Money
from orders.models import OrderEvent, Repayment
from orders.services import lifecycle, settling
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
def request(
    *, payment: Payment, amount: Money, reason: Refund.Reason, at: datetime, repayment: Repayment | None = None
) -> Refund:
    """Note that money must go back; a worker does it after the commit.

    repayment: the decision about an order that it carries out; none for money that no order needed.

    Raises TooMuchError when less is left of the payment, or when it did not succeed.
    """
    paid = Payment.objects.select_for_update().get(pk=payment.pk)
    if paid.status != Payment.Status.SUCCEEDED or amount > _left(paid):
        raise TooMuchError(paid)
    count = paid.refunds.count()
    refund = Refund.objects.create(
        payment=payment,
        repayment=repayment,
        number=f"{payment.out_trade_no}-R{count + 1}",
        amount=amount.amount,
        reason=reason,
        due_at=at,
    )
    nudge.on_commit("payments.tasks.execute_refunds")
    return refund


def request_decided(*, at: datetime) -> int:
    """Turn decisions to give an order's money back into refunds of its payments; return how many there were."""
    decided = Repayment.objects.filter(settled_at=None, refunds=None).order_by("pk")
    return sum(_request_decided(repayment.pk, at) for repayment in decided[:BATCH])


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


@transaction.atomic
def _request_decided(repayment_id: int, at: datetime) -> bool:
    """Spread one decision over what is left of its purchase's payments, the oldest first; once, whoever else tries.

    Books that do not allow it are an alarm, and keep nobody else waiting.
    """
    purchase_id = Repayment.objects.values_list("order__purchase_id", flat=True).get(pk=repayment_id)
    lifecycle.lock(purchase_id)
    repayment = Repayment.objects.select_related("order").get(pk=repayment_id)
    if repayment.settled_at or repayment.refunds.exists():
        return False
    kept = Payment.objects.select_for_update().filter(
        purchase=purchase_id, status=Payment.Status.SUCCEEDED, is_surplus=False
    )
    missing, parts = repayment.to_send, []
    for payment in kept.order_by("pk"):
        amount = min(missing, _left(payment))
        if amount:
            parts.append((payment, amount))
            missing -= amount
    if missing:
        logger.error("payments do not cover a refund", extra={"repayment": repayment.key})
        return False
    for payment, amount in parts:
        request(payment=payment, amount=amount, reason=Refund.Reason.ORDER, repayment=repayment, at=at)
    return True


def _left(payment: Payment) -> Money:
    """Return what of a payment has neither gone back nor is on its way."""
    going = payment.refunds.exclude(status=Refund.Status.FAILED).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Money(payment.amount - going, payment.currency)


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
    amount = Money(refund.amount, payment.currency)
    if refund.repayment_id is None:
        lifecycle.note_refund(
            purchase_id=payment.purchase_id,
            amount=amount,
            number=refund.number,
            kind=OrderEvent.Kind.REFUNDED,
            at=at,
        )
    else:
        settling.settle(repayment_id=refund.repayment_id, amount=amount, number=refund.number, at=at)


def _fail(refund: Refund, reason: str) -> None:
    """Leave it to a human: the provider will not give this money back."""
    Refund.objects.filter(pk=refund.pk, status=Refund.Status.REQUESTED).update(
        status=Refund.Status.FAILED, error=reason[:200]
    )
    logger.error("refund failed", extra={"refund": refund.number})
