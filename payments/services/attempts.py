"""Attempts to pay: open one at a provider, ask what became of it, close it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import translation

from orders.models import Order, OrderEdit, Purchase
from orders.selectors import edits
from orders.services import lifecycle
from payments.models import Payment
from payments.providers import registry
from payments.providers.interface import (
    GatewayRefusedError,
    GatewayUnavailableError,
    Provider,
    TradeOrder,
    TradeState,
    TradeStatus,
)
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


def open_attempt(
    *, purchase: Purchase, provider_code: str, subject: str, at: datetime, edit: OrderEdit | None = None
) -> Payment:
    """Return a payment the shopper can make now, with its payment page.

    edit: a change of one of its orders, when it is that whose difference is paid.
    An open attempt at the same provider is used again; one at another provider is closed first, if that
    provider answers: should both be paid, the second payment goes back.
    Raises NotPayableError; GatewayUnavailableError when the provider does not answer (try again);
    UnknownProviderError.
    """
    provider = registry.get(provider_code)
    others = Payment.objects.filter(purchase=purchase, edit=edit, status__in=Payment.OPEN)
    for other in others.exclude(provider=provider_code):
        _close_if_possible(other, at)
    payment = _prepare(purchase, provider_code, edit, at)
    if payment.pay_url:
        return payment
    presented = provider.create(_trade_order(payment, subject, purchase.language), at=at)
    Payment.objects.filter(pk=payment.pk, status=Payment.Status.CREATED).update(
        status=Payment.Status.PRESENTED, pay_url=presented.pay_url
    )
    payment.refresh_from_db()
    return payment


def ask(*, payment: Payment, at: datetime) -> bool:
    """Ask the provider what became of a payment and apply it; close it when its time is over.

    False, and no change, when the provider does not answer.
    """
    Payment.objects.filter(pk=payment.pk).update(queried_at=at)
    try:
        if payment.expires_at + QUERY_AFTER <= at:
            close(payment=payment, at=at)
            return True
        state = _provider(payment).query(payment.out_trade_no, at=at)
    except GatewayUnavailableError as error:
        logger.warning("provider unavailable", extra={"payment": payment.out_trade_no, "error": str(error)})
        return False
    except GatewayRefusedError as error:
        logger.error("query refused", extra={"payment": payment.out_trade_no, "error": error.code})  # noqa: TRY400  no traceback
        return True
    if state.status != TradeStatus.UNKNOWN:
        settlement.apply(payment_id=payment.pk, state=state, at=at)
    return True


def ask_open(*, at: datetime) -> None:
    """Ask about payments that have been open for a while: their notices may have been lost.

    Those that wait for a human are left out: the provider has said all it knows.
    """
    due = Payment.objects.filter(
        Q(queried_at=None) | Q(queried_at__lte=at - QUERY_PAUSE),
        ~Exists(Order.objects.filter(purchase=OuterRef("purchase"), payment_status=Order.PaymentStatus.NEEDS_REVIEW)),
        status__in=Payment.OPEN,
        created_at__lte=at - QUERY_AFTER,
    ).order_by(F("queried_at").asc(nulls_first=True), "pk")
    silent: set[str] = set()  # the next sweep goes on with those that have waited longest
    for payment in due[:QUERY_BATCH]:
        if payment.provider not in silent and not ask(payment=payment, at=at):
            silent.add(payment.provider)


def close_cancelled(*, at: datetime) -> None:
    """Close the trades of cancelled purchases and of changes that were withdrawn, so that nobody pays for nothing.

    A provider that is silent is asked again.
    """
    cancelled = Order.objects.filter(purchase=OuterRef("purchase"), status=Order.Status.CANCELLED)
    is_over = Q(Exists(cancelled)) | Q(edit__status=OrderEdit.Status.WITHDRAWN)
    for payment in Payment.objects.filter(is_over, status__in=Payment.OPEN).order_by("pk")[:QUERY_BATCH]:
        _close_if_possible(payment, at)


def close(*, payment: Payment, at: datetime) -> None:
    """Make sure a payment cannot be made any more; one that was made meanwhile is booked.

    Raises GatewayUnavailableError when the provider does not answer, GatewayRefusedError when it will not:
    nothing is known then.
    """
    provider = _provider(payment)
    state = provider.close(payment.out_trade_no, at=at)
    if state.status == TradeStatus.UNKNOWN:  # the provider has never heard of it
        state = TradeState(TradeStatus.CLOSED, provider.account(), payment.out_trade_no)
    settlement.apply(payment_id=payment.pk, state=state, at=at)


def _provider(payment: Payment) -> Provider:
    """Return the provider of a payment; one that has lost its keys is as good as down."""
    try:
        return registry.get(payment.provider)
    except registry.UnknownProviderError as error:
        raise GatewayUnavailableError(payment.provider) from error


def _close_if_possible(payment: Payment, at: datetime) -> None:
    try:
        close(payment=payment, at=at)
    except (GatewayUnavailableError, GatewayRefusedError) as error:
        logger.warning("payment left open", extra={"payment": payment.out_trade_no, "error": str(error)})


@transaction.atomic
def _prepare(purchase: Purchase, provider_code: str, edit: OrderEdit | None, at: datetime) -> Payment:
    """Return the attempt to go on with, made when there is none."""
    orders = lifecycle.lock(purchase.pk)
    for order in orders:
        if not (_is_unpaid(order, at) if edit is None else _can_be_edited(order, edit, at)):
            raise NotPayableError(order)
    attempts = list(Payment.objects.select_for_update().filter(purchase=purchase).order_by("pk"))
    for attempt in attempts:
        if attempt.is_open and attempt.provider == provider_code and attempt.edit_id == (edit.pk if edit else None):
            return attempt
    return Payment.objects.create(
        purchase=purchase,
        edit=edit,
        provider=provider_code,
        out_trade_no=f"{orders[0].number}-P{len(attempts) + 1}",
        amount=edit.difference.amount if edit else purchase.total,
        currency=purchase.currency,
        expires_at=edit.pay_by if edit else purchase.pay_by,
    )


def _is_unpaid(order: Order, at: datetime) -> bool:
    is_waiting = order.status == Order.Status.AWAITING_PAYMENT and order.pay_by > at
    return is_waiting and order.payment_status == Order.PaymentStatus.NONE


def _can_be_edited(order: Order, edit: OrderEdit, at: datetime) -> bool:
    """Tell whether the difference of a change can be paid; other orders of the purchase do not matter."""
    return order.pk != edit.order_id or edits.payable(order, at=at) == edit


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
