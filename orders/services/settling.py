"""Money is back: the decision, the order and the case that it was about are brought up to date together."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.money import Money
from orders.models import CaseEntry, ReturnCase
from orders.services import repaying
from orders.services.cases import writing


@transaction.atomic
def settle(*, repayment_id: int, amount: Money, number: str, at: datetime) -> None:
    """Book that a provider has given money of a decision back; `number` is the refund's."""
    repayment = repaying.settle(repayment_id=repayment_id, amount=amount, number=number, at=at)
    if repayment.settled_at is None or repayment.case is None:
        return
    case = writing.lock(repayment.case, ReturnCase.Status.REFUNDING)
    writing.move(case=case, to=ReturnCase.Status.DONE, due_at=None, at=at)
    act = writing.Act(CaseEntry.Side.CLOCK, at)
    writing.note(case=case, kind=CaseEntry.Kind.REFUNDED, act=act, amount=repayment.amount, is_mailed=False)
