"""When somebody is silent: each stage of a case ends by itself, with an outcome that is known before.

| stage | silent | after | outcome |
|---|---|---|---|
| requested | the shop | 48 hours | approved; a cancellation after half an hour, or a day once packing has begun |
| approved, goods to be sent back | the buyer | 7 days | closed |
| goods on their way back | the shop | 10 days | the money goes back, nothing is put on the shelf |
| goods being inspected | the shop | 48 hours | the money goes back, nothing is put on the shelf |
| replacement to be sent | the shop | 7 days | the money goes back, what was held is free |
| replacement on its way | the buyer | 10 days | done |
| being decided by the platform | the platform | 3 days | granted |
| declined | the buyer | 7 days | stays declined for good |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core.money import Money
from orders.models import CaseEntry, ReturnCase
from orders.selectors import claims
from orders.services import holding
from orders.services.cases import granting, writing
from orders.services.cases.writing import Act

Status, Kind, Entry, Side = ReturnCase.Status, ReturnCase.Kind, CaseEntry.Kind, CaseEntry.Side
BATCH = 200


def act_on_due(*, at: datetime) -> int:
    """Bring one batch of cases whose time is over to their outcome; return how many there were."""
    due = ReturnCase.objects.filter(due_at__lte=at).select_related("order").order_by("due_at", "pk")
    return sum(_act(case, at) for case in due[:BATCH])


@transaction.atomic
def _act(case: ReturnCase, at: datetime) -> bool:
    """Bring one case to its outcome, if it is still due now that we hold it."""
    locked = writing.lock(case, *Status)
    if locked.due_at is None or locked.due_at > at:
        return False
    _OUTCOMES[Status(locked.status)](locked, Act(Side.CLOCK, at))
    return True


def _answered_by_silence(case: ReturnCase, act: Act) -> None:
    """Approve; a cancellation that was asked for just before packing began waits for an answer first."""
    until = case.opened_at + timedelta(seconds=settings.CANCELLATION_ANSWER_SECONDS)
    if case.kind == Kind.CANCELLATION and case.order.picked_at is not None and until > act.at:
        writing.move(case=case, to=Status.REQUESTED, due_at=until, at=act.at)
        return
    writing.note(case=case, kind=Entry.APPROVED, act=act, amount=case.amount)
    granting.grant(case=case, act=act)


def _given_up(case: ReturnCase, act: Act) -> None:
    writing.move(case=case, to=Status.CLOSED, due_at=None, at=act.at)
    writing.note(case=case, kind=Entry.CLOSED, act=act)


def _refunded(case: ReturnCase, act: Act) -> None:
    """Give the money back; an exchange that did not come about is worth what its units cost."""
    if case.kind == Kind.EXCHANGE:
        holding.release(orders=[case.order], case=case)
        case.amount = _worth(case).amount
    writing.note(case=case, kind=Entry.APPROVED, act=act, amount=case.amount)
    granting.repay(case=case, act=act)


def _arrived(case: ReturnCase, act: Act) -> None:
    writing.move(case=case, to=Status.DONE, due_at=None, at=act.at)
    writing.note(case=case, kind=Entry.DONE, act=act, is_mailed=False)


def _final(case: ReturnCase, act: Act) -> None:
    case.is_final = True
    writing.move(case=case, to=Status.REJECTED, due_at=None, at=act.at)


def _worth(case: ReturnCase) -> Money:
    """Return what was paid for the units of a case."""
    rows = list(case.lines.select_related("line"))
    free = [claims.Claim(row.line, row.quantity, case.order.money, is_unsent=False) for row in rows]
    return claims.most(case.order, free, {row.line_id: row.quantity for row in rows}, has_delivery=False)


_OUTCOMES: dict[ReturnCase.Status, Callable[[ReturnCase, Act], None]] = {
    Status.REQUESTED: _answered_by_silence,
    Status.ESCALATED: _answered_by_silence,
    Status.AWAITING_GOODS: _given_up,
    Status.SENT: _refunded,
    Status.RECEIVED: _refunded,
    Status.REPLACING: _refunded,
    Status.REPLACED: _arrived,
    Status.REJECTED: _final,
}
