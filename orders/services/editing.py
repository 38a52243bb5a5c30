"""The only writer of changes to paid orders: proposed by staff, done once the buyer has paid the difference.

What costs nothing more is done at once, and the rest of the money goes back. Nothing is held for a change that waits
for its payment: when goods are gone by then, or the order has moved on, the payment goes back by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from accounts.models import User
from catalog.selectors import options, pictures, returns
from catalog.services import stock
from core.money import Money
from orders.models import Order, OrderEdit, OrderEditLine, OrderEvent, OrderLine, Repayment
from orders.selectors import edits
from orders.services import holding, lifecycle, mails, repaying

Status, Kind = OrderEdit.Status, OrderEvent.Kind
BATCH = 100


class CannotEditError(Exception):
    """The order has left, is over, waits for an answer to its buyer, or has a change that waits already."""


class MovedOnError(Exception):
    """The order, or what the change costs, is not what was shown."""


@dataclass(frozen=True)
class Proposal:
    """A change as staff have seen and confirmed it.

    seen_version: of the order (`edits.version`). seen_difference: what it was said to cost. token: of the form.
    """

    change: edits.Change
    seen_version: str
    seen_difference: Money
    token: uuid.UUID
    note: str = ""


@transaction.atomic
def propose(*, order: Order, proposal: Proposal, actor: User | None, at: datetime) -> OrderEdit:
    """Write a change down: done at once when it costs nothing more, else proposed to the buyer.

    The same form sent again finds the same change.
    Raises CannotEditError, MovedOnError, edits.CannotPlanError, stock.OutOfStockError; nothing is changed then.
    """
    locked = _lock(order)
    found = OrderEdit.objects.filter(order=locked, token=proposal.token).first()
    if found is not None:
        return found
    if not edits.is_editable(locked) or edits.proposed(locked):
        raise CannotEditError
    lines = list(locked.lines.select_related("variant").order_by("position"))
    if edits.version(locked, lines) != proposal.seen_version:
        raise MovedOnError
    plan = edits.plan(order=locked, lines=lines, change=proposal.change, at=at)
    if plan.difference != proposal.seen_difference:
        raise MovedOnError
    edit = _write(plan, proposal, actor, at)
    if plan.difference.amount > 0:
        _note(edit, Kind.CHANGE_PROPOSED, actor, at)
        mails.change_proposed(edit=edit, at=at)
    else:
        _apply(edit, lines, paid=Money.zero(locked.currency), actor=actor, at=at)
    return edit


@transaction.atomic
def receive_payment(*, edit_id: int, at: datetime) -> lifecycle.Outcome:
    """Do a change whose difference has been paid, if it can still be done."""
    edit = OrderEdit.objects.select_related("order").get(pk=edit_id)
    order = _lock(edit.order)
    edit = OrderEdit.objects.get(pk=edit_id)
    edit.order = order
    if edit.status == Status.APPLIED:
        return lifecycle.Outcome.SURPLUS
    if edit.status == Status.WITHDRAWN:
        return lifecycle.Outcome.TOO_LATE
    lines = list(order.lines.select_related("variant").order_by("position"))
    try:
        with transaction.atomic():
            _apply(edit, lines, paid=edit.difference, actor=None, at=at)
    except (CannotEditError, stock.OutOfStockError, repaying.TooMuchError):  # the odd cent of a discount went back
        _end(OrderEdit.objects.get(pk=edit_id), order, Status.WITHDRAWN, None, at)
        return lifecycle.Outcome.TOO_LATE
    return lifecycle.Outcome.ACCEPTED


@transaction.atomic
def withdraw(*, edit: OrderEdit, actor: User | None, at: datetime) -> bool:
    """Take a proposed change back; false, and no change, when it does not wait any more."""
    order = _lock(edit.order)
    locked = OrderEdit.objects.get(pk=edit.pk)
    if locked.status != Status.PROPOSED:
        return False
    _end(locked, order, Status.WITHDRAWN, actor, at)
    return True


def expire_due(*, at: datetime) -> int:
    """End proposed changes that were not paid in time; return how many were looked at."""
    due = list(OrderEdit.objects.filter(status=Status.PROPOSED, pay_by__lte=at).order_by("pay_by", "pk")[:BATCH])
    for edit in due:
        _expire(edit, at)
    return len(due)


@transaction.atomic
def _expire(edit: OrderEdit, at: datetime) -> None:
    order = _lock(edit.order)
    locked = OrderEdit.objects.get(pk=edit.pk)
    if locked.status == Status.PROPOSED:
        _end(locked, order, Status.EXPIRED, None, at)


def _lock(order: Order) -> Order:
    return next(each for each in lifecycle.lock(order.purchase_id) if each.pk == order.pk)


def _write(plan: edits.Plan, proposal: Proposal, actor: User | None, at: datetime) -> OrderEdit:
    edit = OrderEdit.objects.create(
        order=plan.order,
        token=proposal.token,
        taken_out=plan.taken_out.amount,
        added=plan.added.amount,
        note=proposal.note,
        actor=actor,
        proposed_at=at,
        pay_by=at + timedelta(seconds=settings.EDIT_PAY_SECONDS),
    )
    removals = [OrderEditLine(edit=edit, line=each.line, **_amounts(each)) for each in plan.removals]
    additions = [OrderEditLine(edit=edit, variant=each.variant, **_amounts(each)) for each in plan.additions]
    OrderEditLine.objects.bulk_create([*removals, *additions])
    return edit


def _amounts(part: edits.Removal | edits.Addition) -> dict[str, Any]:
    return {"quantity": part.quantity, "amount": part.amount.amount}


def _apply(edit: OrderEdit, lines: Sequence[OrderLine], *, paid: Money, actor: User | None, at: datetime) -> None:
    """Do a change of a locked order; raise CannotEditError or stock.OutOfStockError when it cannot be done now."""
    order = edit.order
    rows = list(edit.rows())
    removed = [row for row in rows if row.line_id]
    units = {row.line_id: row.quantity for row in removed if row.line_id}
    if not edits.is_editable(order) or not edits.are_here(order, lines, units):
        raise CannotEditError
    stock.lock(variant_ids=_variant_ids(rows))
    added = _add_lines(edit, [row for row in rows if row.variant_id], position=len(lines))
    lifecycle.note_added(order=order, added=Money(edit.added, order.currency), paid=paid)
    if removed:
        by_id = {line.pk: line for line in lines}
        shares = [
            repaying.Share(by_id[row.line_id], row.quantity, Money(row.amount, order.currency))
            for row in removed
            if row.line_id
        ]
        credited = Money(min(edit.taken_out, edit.added), order.currency)
        decision = repaying.Decision(f"edit-{edit.token}", Repayment.Reason.EDIT, shares, credited=credited)
        repaying.decide(order=order, decision=decision, actor=actor, at=at)
        lifecycle.cancel_units(order=order, units=units, actor=actor, at=at, is_told=False)
    holding.allocate(lines=added, attempt="added")
    edit.status, edit.ended_at = Status.APPLIED, at
    edit.save(update_fields=["status", "ended_at"])
    _note(edit, Kind.CHANGED, actor, at)
    mails.changed(edit=edit, at=at)


def _variant_ids(rows: Sequence[OrderEditLine]) -> list[int]:
    found = [row.variant_id or (row.line.variant_id if row.line else None) for row in rows]
    return [pk for pk in found if pk]


def _add_lines(edit: OrderEdit, rows: Sequence[OrderEditLine], *, position: int) -> list[OrderLine]:
    """Write lines with copies of all they show, in the order's language."""
    variants = [row.variant for row in rows if row.variant]
    days = returns.return_days(variant.product_id for variant in variants)
    shown = pictures.of_variants(variants)
    with translation.override(edit.order.language):
        known = options.labels(variant.options for variant in variants)
        lines = [
            OrderLine(
                order=edit.order,
                edit=edit,
                position=position + place,
                product_id=row.variant.product_id,
                variant=row.variant,
                sku=row.variant.sku,
                title=row.variant.product.title,
                options=options.written(row.variant.options, known),
                picture_name=shown.get(row.variant.pk, ""),
                unit_price=row.amount / row.quantity,
                quantity=row.quantity,
                total=row.amount,
                return_days=days[row.variant.product_id],
            )
            for place, row in enumerate(rows)
            if row.variant
        ]
    return OrderLine.objects.bulk_create(lines)


def _end(edit: OrderEdit, order: Order, status: OrderEdit.Status, actor: User | None, at: datetime) -> None:
    edit.order = order
    edit.status, edit.ended_at = status, at
    edit.save(update_fields=["status", "ended_at"])
    _note(edit, Kind.CHANGE_ENDED, actor, at)


def _note(edit: OrderEdit, kind: OrderEvent.Kind, actor: User | None, at: datetime) -> None:
    lines = ", ".join(str(row) for row in edit.rows())
    details = {"lines": lines, "difference": str(edit.difference.amount), "currency": edit.order.currency}
    lifecycle.record(order=edit.order, kind=kind, at=at, actor=actor, details=details)
