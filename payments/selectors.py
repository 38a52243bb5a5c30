"""What the shop keeps about a buyer's payments, for the buyer to take away."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from payments.models import Payment, Refund

PAYMENT = (
    *("purchase", "provider", "out_trade_no", "provider_trade_no", "amount", "currency", "refunded", "status"),
    *("created_at", "finished_at"),
)
REFUND = ("number", "payment__out_trade_no", "amount", "reason", "status", "created_at")


def records(*, user: User) -> dict[str, list[dict[str, Any]]]:
    """Return rows by the name of their table; two queries."""
    payments = Payment.objects.filter(purchase__user=user).order_by("pk")
    refunds = Refund.objects.filter(payment__purchase__user=user).order_by("pk")
    return {"payments": list(payments.values(*PAYMENT)), "refunds": list(refunds.values(*REFUND))}
