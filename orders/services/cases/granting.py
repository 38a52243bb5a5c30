"""What an approved case does: money goes back, units that have not left are free again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from core.money import Money
from orders.models import CaseEntry, Order, Repayment, ReturnCase, ReturnLine
from orders.selectors import refundable
from orders.services import lifecycle, repaying
from orders.services.cases import writing
from orders.services.cases.writing import Act

Status, Kind, Entry = ReturnCase.Status, ReturnCase.Kind, CaseEntry.Kind


def grant(*, case: ReturnCase, act: Act) -> None:
    """Give a locked case what it asks for: its money at once, or the goods may be sent back first."""
    if case.kind in (Kind.RETURN, Kind.EXCHANGE):
        due_at = act.at + timedelta(seconds=settings.CASE_SEND_SECONDS)
        writing.move(case=case, to=Status.AWAITING_GOODS, due_at=due_at, at=act.at)
        return
    if case.kind == Kind.CANCELLATION:
        _cancel_units(case, act)
    else:
        repay(case=case, act=act)


def repay(*, case: ReturnCase, act: Act) -> None:
    """Decide that the case's amount goes back, and wait for it; a case about nothing is done."""
    decision = _decision(case)
    made = repaying.decide(order=case.order, decision=decision, actor=act.actor, at=act.at, case=case)
    writing.move(case=case, to=Status.REFUNDING if made else Status.DONE, due_at=None, at=act.at)


def _cancel_units(case: ReturnCase, act: Act) -> None:
    """Take units out of an order that have not left; an order of which nothing is left ends."""
    units = {row.line_id: row.quantity for row in case.lines.all()}
    lines = list(case.order.lines.order_by("pk"))
    is_everything = case.order.fulfilment_status == Order.FulfilmentStatus.NONE and all(
        line.unshipped_quantity == units.get(line.pk, 0) for line in lines
    )
    if is_everything:  # delivery too, though another request may have taken the first units
        case.amount = refundable.left(case.order).amount
    repay(case=case, act=act)
    if is_everything:
        lifecycle.cancel(orders=[case.order], reason=Order.CancelReason.BUYER, at=act.at, actor=act.actor)
    lifecycle.cancel_units(order=case.order, units=units, actor=act.actor, at=act.at, is_told=not is_everything)


def _decision(case: ReturnCase) -> repaying.Decision:
    """Spread the case's amount over its lines by what was paid for their units; what exceeds them is for delivery."""
    order = case.order
    rows = list(case.lines.select_related("line").order_by("line"))
    full = [refundable.of_units(row.line, row.quantity, order.currency) for row in rows]
    amount = min(case.money, refundable.left(order))
    lines_total = min(amount, Money.total(full, order.currency))
    parts = lines_total.split([each.amount for each in full])
    shares = [_share(row, part) for row, part in zip(rows, parts, strict=True)]
    is_cancelled = case.kind == Kind.CANCELLATION
    return repaying.Decision(
        key=f"case-{case.number}",
        reason=Repayment.Reason.CANCELLED if is_cancelled else Repayment.Reason.RETURN,
        shares=shares,
        delivery=min(amount - lines_total, refundable.left_of_delivery(order)),
    )


def _share(row: ReturnLine, amount: Money) -> repaying.Share:
    return repaying.Share(row.line, row.quantity, amount)
