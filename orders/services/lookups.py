"""A guest looks an order up: number and email, then a code that is mailed there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from core import codes, nudge
from orders.models import Lookup, Order
from orders.services import mails

BATCH = 50
KEPT_HOURS = 24
MAILS_PER_DAY = 10  # for one order


@transaction.atomic
def ask(*, number: str, email: str, at: datetime) -> Lookup:
    """Note that somebody wants to see an order; a worker mails the code if there is such an order."""
    lookup = Lookup.objects.create(number=number, email=email, asked_at=at)
    nudge.on_commit("orders.tasks.answer_lookups")
    return lookup


@transaction.atomic
def answer(*, at: datetime) -> int:
    """Mail the codes that are waited for, one batch; return how many look-ups were answered."""
    waiting = Lookup.objects.select_for_update(skip_locked=True).filter(is_answered=False).order_by("pk")
    batch = list(waiting[:BATCH])
    for lookup in batch:
        order = Order.objects.filter(number=lookup.number, email__iexact=lookup.email).first()
        if order is not None and _mailed(order) < MAILS_PER_DAY:
            code = codes.new()
            lookup.code_hash = _hash(lookup.pk, code)
            mails.access_code(order=order, lookup_id=lookup.pk, code=code, minutes=codes.MINUTES, at=at)
        lookup.is_answered = True
        lookup.save(update_fields=["is_answered", "code_hash"])
    return len(batch)


def redeem(*, lookup_id: int, code: str, at: datetime) -> Order | None:
    """Return the order that a code opens; None for a wrong, used or old code, and after five tries."""
    own = Lookup.objects.filter(pk=lookup_id)
    if not codes.redeem(own, digest=_hash(lookup_id, code), at=at):
        return None
    return Order.objects.select_related("purchase").get(number=own.get().number)


def delete_old(*, at: datetime) -> int:
    """Delete look-ups that are a day old; return how many."""
    return Lookup.objects.filter(asked_at__lt=at - timedelta(hours=KEPT_HOURS)).delete()[0]


def _mailed(order: Order) -> int:
    """Return how many codes were asked for an order within the time that look-ups are kept."""
    return Lookup.objects.filter(number=order.number, is_answered=True, email__iexact=order.email).count()


def _hash(lookup_id: int, code: str) -> str:
    return codes.digest(purpose="orders.lookup", owner_id=lookup_id, code=code)
