"""Deliveries a merchant waits for: entered, moved, received."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from accounts.models import User
from catalog.models import ExpectedDelivery
from catalog.services import stock
from core import shared


class ReceivedBeforeError(Exception):
    """The delivery has come already."""


@transaction.atomic
def save(*, delivery: ExpectedDelivery) -> None:
    """Note a delivery, or what has changed about it; pages say from then on when it is sent on."""
    delivery.save()
    shared.outdate_on_commit()


def receive_all(*, deliveries: Iterable[ExpectedDelivery], reason: str, actor: User | None, at: datetime) -> int:
    """Put deliveries on the shelf, each by itself; return how many had not come before."""
    count = 0
    for delivery in deliveries:
        with suppress(ReceivedBeforeError):
            receive(delivery=delivery, reason=reason, actor=actor, at=at)
            count += 1
    return count


@transaction.atomic
def receive(*, delivery: ExpectedDelivery, reason: str, actor: User | None, at: datetime) -> None:
    """Put a delivery on the shelf, once: who waits gets it first. Raises ReceivedBeforeError."""
    locked = ExpectedDelivery.objects.select_for_update().get(pk=delivery.pk)
    if locked.received_at is not None:
        raise ReceivedBeforeError
    locked.received_at = at
    locked.save(update_fields=["received_at"])
    stock.adjust(
        variant=locked.variant,
        location=locked.location,
        change=locked.units,
        key=f"expected:{locked.pk}",
        reason=reason,
        actor=actor,
    )
    shared.outdate_on_commit()
