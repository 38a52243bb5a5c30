"""Goods on their way back: sent by the buyer, received and inspected by the shop, put on the shelf, replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from catalog.services import stock
from core.money import Money
from orders.models import CaseEntry, ReturnCase, ReturnLine, Shipment
from orders.services import holding, shipping
from orders.services.cases import granting, writing
from orders.services.cases.writing import Act

Status, Kind, Entry = ReturnCase.Status, ReturnCase.Kind, CaseEntry.Kind


class WrongCountError(Exception):
    """Inspection must say of every unit what it is: sellable, damaged or missing."""


class TooMuchError(Exception):
    """More would go back than the buyer has asked for."""


class LessNeedsReasonError(Exception):
    """Who gives less back than was asked for has to say why."""


@dataclass(frozen=True)
class Inspected:
    """What became of the units of a line."""

    sellable: int
    damaged: int = 0
    missing: int = 0


@transaction.atomic
def send(*, case: ReturnCase, label: shipping.Label, act: Act) -> None:
    """Note that the buyer has sent the goods back; raise WrongStageError when nobody waits for them."""
    locked = writing.lock(case, Status.AWAITING_GOODS)
    locked.carrier, locked.tracking_number = label.carrier, label.tracking_number
    due_at = act.at + timedelta(seconds=settings.CASE_GOODS_SECONDS)
    writing.move(case=locked, to=Status.SENT, due_at=due_at, at=act.at)
    writing.note(case=locked, kind=Entry.SENT, act=act)


@transaction.atomic
def receive(*, case: ReturnCase, act: Act) -> None:
    """Note that the goods have arrived at the shop, which now has to inspect them."""
    locked = writing.lock(case, Status.SENT)
    due_at = act.at + timedelta(seconds=settings.CASE_ANSWER_SECONDS)
    writing.move(case=locked, to=Status.RECEIVED, due_at=due_at, at=act.at)
    writing.note(case=locked, kind=Entry.RECEIVED, act=act)


@transaction.atomic
def inspect(*, case: ReturnCase, found: Mapping[int, Inspected], act: Act, amount: Money | None = None) -> None:
    """Write what came back: sellable units go on the shelf, once; then the money goes back, or another one is sent.

    found: by return line id, every unit of each. amount: None for what was asked for; less wants a reason.
    Raises WrongStageError, WrongCountError, TooMuchError, LessNeedsReasonError, stock.OutOfStockError when the other
    one cannot be had; nothing is changed then.
    """
    locked = writing.lock(case, Status.RECEIVED)
    rows = list(locked.lines.select_related("line__order__merchant", "line__variant").order_by("pk"))
    _count(rows, found)
    locked.is_restocked = True
    stock.lock(variant_ids=[pk for row in rows for pk in (row.line.variant_id, row.wanted_id) if pk])
    if locked.kind == Kind.EXCHANGE:
        due_at = act.at + timedelta(seconds=settings.CASE_SEND_SECONDS)
        writing.move(case=locked, to=Status.REPLACING, due_at=due_at, at=act.at)
        writing.note(case=locked, kind=Entry.INSPECTED, act=act)
        holding.hold_for_case(case=locked, rows=rows)
    else:
        locked.amount = _amount(locked, amount, act).amount
        writing.note(case=locked, kind=Entry.INSPECTED, act=act, amount=locked.amount)
        granting.repay(case=locked, act=act)
    _restock(locked, rows, act)


@transaction.atomic
def replace(*, case: ReturnCase, label: shipping.Label, act: Act) -> Shipment:
    """Send the other one; what was held for it leaves the house."""
    locked = writing.lock(case, Status.REPLACING)
    due_at = act.at + timedelta(seconds=settings.RECEIPT_SECONDS)
    writing.move(case=locked, to=Status.REPLACED, due_at=due_at, at=act.at)
    writing.note(case=locked, kind=Entry.REPLACED, act=act, is_mailed=False)
    return shipping.send_replacement(case=locked, label=label, actor=act.actor, at=act.at)


@transaction.atomic
def finish(*, case: ReturnCase, act: Act) -> None:
    """Note that the other one has arrived."""
    locked = writing.lock(case, Status.REPLACED)
    writing.move(case=locked, to=Status.DONE, due_at=None, at=act.at)
    writing.note(case=locked, kind=Entry.DONE, act=act, is_mailed=False)


def _count(rows: list[ReturnLine], found: Mapping[int, Inspected]) -> None:
    if set(found) != {row.pk for row in rows}:
        raise WrongCountError
    for row in rows:
        each = found[row.pk]
        counts = (each.sellable, each.damaged, each.missing)
        if min(counts) < 0 or sum(counts) != row.quantity:
            raise WrongCountError
        row.sellable, row.damaged, row.missing = counts
        row.save(update_fields=["sellable", "damaged", "missing"])


def _amount(case: ReturnCase, amount: Money | None, act: Act) -> Money:
    if amount is None or amount == case.money:
        return case.money
    if amount > case.money or amount.amount < 0 or amount != amount.rounded():
        raise TooMuchError
    if not act.text.strip():
        raise LessNeedsReasonError
    return amount


def _restock(case: ReturnCase, rows: list[ReturnLine], act: Act) -> None:
    """Put sellable units on the shelf of the merchant's first location; uncounted variants have none."""
    returned = [
        stock.Returned(row.line.variant.pk, row.sellable, f"case-{case.number}-{row.pk}")
        for row in rows
        if row.sellable and row.line.variant is not None and row.line.variant.is_counted
    ]
    stock.take_back(returned=returned, merchant=case.order.merchant, actor=act.actor, reason=str(case))
