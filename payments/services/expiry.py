"""Time runs out: close the trade at the provider first, and only then give the goods back."""

from __future__ import annotations

import logging
from datetime import datetime

from orders.models import Order
from orders.services import lifecycle
from payments.models import Payment
from payments.providers.interface import GatewayRefusedError, GatewayUnavailableError
from payments.services import attempts

logger = logging.getLogger(__name__)


def expire_overdue(*, at: datetime) -> int:
    """Cancel purchases that were not paid in time; return how many were.

    A provider that says "paid" makes the purchase paid instead. One that does not answer leaves it
    as it is, goods held, until the next sweep; it does not keep the others waiting.
    """
    overdue = Order.objects.filter(
        status=Order.Status.AWAITING_PAYMENT, payment_status=Order.PaymentStatus.NONE, pay_by__lte=at
    )
    purchases = overdue.order_by("purchase_id").values_list("purchase_id", flat=True).distinct()
    return sum(expire(purchase_id=purchase_id, at=at) for purchase_id in list(purchases))


def expire(*, purchase_id: int, at: datetime) -> bool:
    """Cancel one overdue purchase; tell whether it is cancelled now by this call."""
    for payment in Payment.objects.filter(purchase_id=purchase_id, status__in=Payment.OPEN).order_by("pk"):
        try:
            attempts.close(payment=payment, at=at)
        except (GatewayUnavailableError, GatewayRefusedError) as error:
            logger.warning("cannot close payment yet", extra={"payment": payment.out_trade_no, "error": str(error)})
            return False
    return lifecycle.expire(purchase_id=purchase_id, at=at)
