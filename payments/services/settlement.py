"""Apply what a provider says to a payment and its purchase: the one place where money becomes "paid".

Lock order: purchase, its orders, the payment. Every path (notice, query, close) ends here, and saying
the same thing twice, late or out of order changes nothing it should not.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from orders.models import OrderEvent
from orders.services import editing, lifecycle
from payments.models import Payment, ProviderEvent, Refund
from payments.providers import registry
from payments.providers.interface import TradeState, TradeStatus
from payments.services import refunds

logger = logging.getLogger(__name__)

Verdict = ProviderEvent.Verdict
_REASONS = {
    lifecycle.Outcome.SURPLUS: Refund.Reason.SURPLUS,
    lifecycle.Outcome.TOO_LATE: Refund.Reason.TOO_LATE,
}
_ENDS = {TradeStatus.CLOSED: Payment.Status.CLOSED, TradeStatus.FAILED: Payment.Status.FAILED}


@transaction.atomic
def apply(*, payment_id: int, state: TradeState, at: datetime) -> ProviderEvent.Verdict:
    """Bring a payment to a state the provider has confirmed; return what came of it.

    Success counts only when account, number, amount and currency are exactly ours.
    """
    purchase_id = Payment.objects.values_list("purchase_id", flat=True).get(pk=payment_id)
    lifecycle.lock(purchase_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if state.account != registry.get(payment.provider).account() or state.out_trade_no != payment.out_trade_no:
        logger.error("payment for another account", extra={"payment": payment.out_trade_no})
        return Verdict.FOREIGN
    if state.status in _ENDS:
        return _end(payment, _ENDS[state.status], at)
    if state.status != TradeStatus.SUCCEEDED:
        return Verdict.NO_CHANGE
    if state.money != payment.money:
        _review(payment, state, at)
        return Verdict.MISMATCH
    if payment.status == Payment.Status.SUCCEEDED:
        return Verdict.NO_CHANGE
    _succeed(payment, state, at)
    return Verdict.APPLIED


def _end(payment: Payment, status: Payment.Status, at: datetime) -> ProviderEvent.Verdict:
    """Close an open attempt; one that succeeded stays so, whatever comes later."""
    if not payment.is_open:
        return Verdict.NO_CHANGE
    payment.status = status
    payment.finished_at = at
    payment.save(update_fields=["status", "finished_at"])
    return Verdict.APPLIED


def _review(payment: Payment, state: TradeState, at: datetime) -> None:
    logger.error("payment does not fit", extra={"payment": payment.out_trade_no})
    details = {
        "payment": payment.out_trade_no,
        "expected": f"{payment.amount} {payment.currency}",
        "received": f"{state.money.amount} {state.money.currency}" if state.money else "",
    }
    lifecycle.hold_for_review(purchase_id=payment.purchase_id, details=details, at=at)


def _succeed(payment: Payment, state: TradeState, at: datetime) -> None:
    if payment.edit_id:
        outcome = editing.receive_payment(edit_id=payment.edit_id, at=at)
    else:
        outcome = lifecycle.receive_payment(purchase_id=payment.purchase_id, at=at)
    payment.status = Payment.Status.SUCCEEDED
    payment.is_surplus = outcome != lifecycle.Outcome.ACCEPTED
    payment.provider_trade_no = state.trade_no
    payment.finished_at = at
    payment.save(update_fields=["status", "is_surplus", "provider_trade_no", "finished_at"])
    if payment.is_surplus:
        refund = refunds.request(payment=payment, amount=payment.money, reason=_REASONS[outcome], at=at)
        lifecycle.note_refund(
            purchase_id=payment.purchase_id,
            amount=payment.money,
            number=refund.number,
            kind=OrderEvent.Kind.SURPLUS,
            at=at,
        )
