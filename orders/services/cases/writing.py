"""What every step of a case has in common: its locks, its state, its thread, its mail.

Lock order: purchase, orders, the case, then whatever the step locks, stock levels last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from orders.models import CaseEntry, Order, OrderEvent, ReturnCase
from orders.services import lifecycle
from orders.services.cases import mails

Status, Kind, Side = ReturnCase.Status, CaseEntry.Kind, CaseEntry.Side


class WrongStageError(Exception):
    """The case is at another stage, for which this step is not: somebody, or the clock, was faster."""

    def __init__(self, case: ReturnCase) -> None:
        super().__init__(f"{case.number}: {case.status}")
        self.case = case


@dataclass(frozen=True)
class Act:
    """Who acts on a case, on which side, when; and the words that go with it."""

    side: CaseEntry.Side
    at: datetime
    actor: User | None = None
    text: str = ""


def lock(case: ReturnCase, *stages: ReturnCase.Status) -> ReturnCase:
    """Return the case, locked together with its order; raise WrongStageError when it is at none of the stages."""
    orders = lifecycle.lock(case.order.purchase_id)
    locked = ReturnCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    locked.order = next(order for order in orders if order.pk == locked.order_id)
    if locked.status not in stages:
        raise WrongStageError(locked)
    return locked


def move(*, case: ReturnCase, to: ReturnCase.Status, due_at: datetime | None, at: datetime) -> None:
    """Bring a locked case to a stage, which ends by itself at `due_at`."""
    was_open = case.is_open
    case.status = to
    case.due_at = due_at
    case.finished_at = None if case.is_open else at
    case.version += 1
    case.save()
    if was_open != case.is_open:
        flag(case.order)
    if was_open and not case.is_open:
        lifecycle.record(order=case.order, kind=OrderEvent.Kind.CASE_CLOSED, at=at, details=_details(case))


def opened(*, case: ReturnCase, act: Act) -> None:
    """Write into the order's timeline that a case is open."""
    flag(case.order)
    lifecycle.record(
        order=case.order, kind=OrderEvent.Kind.CASE_OPENED, at=act.at, actor=act.actor, details=_details(case)
    )


def flag(order: Order) -> None:
    """Keep on the order whether a case of it is open."""
    lifecycle.set_has_open_case(order=order, has_open_case=order.cases.open().exists())


def note(
    *, case: ReturnCase, kind: CaseEntry.Kind, act: Act, amount: Decimal | None = None, is_mailed: bool = True
) -> CaseEntry:
    """Add an entry to a case's thread, and mail it to the other side."""
    entry = CaseEntry.objects.create(
        case=case, side=act.side, kind=kind, text=act.text, amount=amount, actor=act.actor, created_at=act.at
    )
    if is_mailed:
        mails.entry(entry=entry, at=act.at)
    return entry


def _details(case: ReturnCase) -> dict[str, str]:
    return {"case": str(case), "kind": case.kind}
