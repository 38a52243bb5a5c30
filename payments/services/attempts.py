"""Attempts to pay: open one at a provider, ask what became of it, close it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation

from orders.models import Order, Purchase
from orders.services import lifecycle
from payments.models import Payment
from payments.providers import registry
from payments.providers.interface import GatewayUnavailableError, TradeOrder, TradeState, TradeStatus
from payments.services import settlement

logger = logging.getLogger(__name__)

QUERY_AFTER = timedelta(seconds=60)
QUERY_PAUSE = timedelta(seconds=45)
QUERY_BATCH = 100


class NotPayableError(Exception):
    """The purchase is paid, cancelled, overdue or under review; `status` is its first order's."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


def open_attempt(*, purchase: Purchase, provider_code: str, subject: str, at: datetime) -> Payment:
    """Return a payment the shopper can make now, with its payment page.

    An open attempt at the same provider is used again; one at another provider is closed first.
    Raises NotPayableError; GatewayUnavailableError when the provider does not answer (try again);
    UnknownProviderError.
    """
    provider = registry.get(provider_code)
    payment, others = _prepare(purchase, provider_code, at)
    for other in others:
        close(payment=other, at=at)
    if payment.pay_url:
        return payment
    presented = provider.create(_trade_order(payment, subject, purchase.language), at=at)
    Payment.objects.filter(pk=payment.pk, status=Payment.Status.CREATED).update(
        status=Payment.Status.PRESENTED, pay_url=presented.pay_url
    )
    payment.refresh_from_db()
    return payment


def ask(*, payment: Payment, at: datetime) -> bool:
    """Ask the provider what became of a payment and apply it; false, and no change, when it does not answer."""
    Payment.objects.filter(pk=payment.pk).update(queried_at=at)
    try:
        state = registry.get(payment.provider).query(payment.out_trade_no, at=at)
    except GatewayUnavailableError as error:
        logger.warning("provider unavailable", extra={"payment": payment.out_trade_no, "error": str(error)})
        return False
    if state.status != TradeStatus.UNKNOWN:
        settlement.apply(payment_id=payment.pk, state=state, at=at)
    return True


def ask_open(*, at: datetime) -> None:
    """Ask about payments that have been open for a while: their notices may have been lost."""
    due = Payment.objects.filter(
        Q(queried_at=None) | Q(queried_at__lte=at - QUERY_PAUSE),
        status__in=Payment.OPEN,
        created_at__lte=at - QUERY_AFTER,
    ).order_by(F("queried_at").asc(nulls_first=True), "pk")
    for payment in due[:QUERY_BATCH]:
        if not ask(payment=payment, at=at):
            return  # the next sweep goes on with those that have waited longest


def close(*, payment: Payment, at: datetime) -> None:
    """Make sure a payment cannot be made any more; one that was made meanwhile is booked.

    Raises GatewayUnavailableError when the provider does not answer: nothing is known then.
    """
    provider = registry.get(payment.provider)
    state = provider.close(payment.out_trade_no, at=at)
    if state.status == TradeStatus.UNKNOWN:  # the provider has never heard of it
        state = TradeState(TradeStatus.CLOSED, provider.account(), payment.out_trade_no)
    settlement.apply(payment_id=payment.pk, state=state, at=at)


@transaction.atomic
def _prepare(purchase: Purchase, provider_code: str, at: datetime) -> tuple[Payment, list[Payment]]:
    """Return the attempt to go on with, made when there is none, and open attempts elsewhere."""
    orders = lifecycle.lock(purchase.pk)
    for order in orders:
        is_unpaid = order.status == Order.Status.AWAITING_PAYMENT and order.pay_by > at
        if not is_unpaid or order.payment_status != Order.PaymentStatus.NONE:
            raise NotPayableError(order)
    attempts = list(Payment.objects.select_for_update().filter(purchase=purchase).order_by("pk"))
    others = [each for each in attempts if each.is_open and each.provider != provider_code]
    for attempt in attempts:
        if attempt.is_open and attempt.provider == provider_code:
            return attempt, others
    payment = Payment.objects.create(
        purchase=purchase,
        provider=provider_code,
        out_trade_no=f"{orders[0].number}-P{len(attempts) + 1}",
        amount=purchase.total,
        currency=purchase.currency,
        expires_at=purchase.pay_by,
    )
    return payment, others


def _trade_order(payment: Payment, subject: str, language: str) -> TradeOrder:
    with translation.override(language):
        return_path = reverse("payments:return", args=[payment.uuid])
    return TradeOrder(
        out_trade_no=payment.out_trade_no,
        money=payment.money,
        subject=subject,
        return_url=settings.SITE_URL + return_path,
        notify_url=settings.PAYMENT_NOTIFY_URL + reverse("notify", args=[payment.provider]),
        expires_at=payment.expires_at,
        language=language,
    )
