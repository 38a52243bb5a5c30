"""Money that the shop gives back of its own accord: for delivery, or for nothing in particular."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.money import Money
from orders.models import Order, Repayment
from orders.services import lifecycle, repaying


class NotPaidError(Exception):
    """Nothing was paid, so nothing can go back."""


@transaction.atomic
def give(
    *, order: Order, delivery: Money, other: Money, token: uuid.UUID, actor: User | None, at: datetime
) -> Repayment | None:
    """Decide that money goes back; the form's token makes a second press the same decision.

    Raises NotPaidError, and repaying.TooMuchError when more than is left would go back; nothing is changed then.
    """
    locked = next(each for each in lifecycle.lock(order.purchase_id) if each.pk == order.pk)
    key = f"goodwill-{token}"
    found = Repayment.objects.filter(order=locked, key=key).first()
    if found is not None:
        return found
    if locked.paid_at is None:
        raise NotPaidError
    decision = repaying.Decision(key=key, reason=Repayment.Reason.GOODWILL, delivery=delivery, other=other)
    return repaying.decide(order=locked, decision=decision, actor=actor, at=at)
