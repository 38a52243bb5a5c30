"""Two of the shop change one order, or one changes it while it leaves or is paid for: one wins, the other is told."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import StockLevel, Variant
from orders.models import Order, OrderEdit, Repayment
from orders.selectors import edits
from orders.services import editing, lifecycle, shipping
from tests import books, make
from tests.crowd import ROW_LOCK, Crossing, at_once, caught

pytestmark = pytest.mark.django_db(transaction=True)
LABEL = shipping.Label("SF", "SF1234567890")
AFTER_THE_LINES = 'FROM "orders_orderline"'
AFTER_THE_ORDER = 'FROM "orders_order" WHERE'
REFUSALS = (editing.MovedOnError, editing.CannotEditError, shipping.CannotShipError, shipping.WrongQuantityError)


@pytest.fixture
def paid() -> Order:
    return make.paid_order(make.cart(make.only_variant(make.product(stock=10)), quantity=2), at=timezone.now())


def propose(order: Order, *, out: int = 1, added: Variant | None = None) -> Any:
    """Return the act of confirming a change as it is shown now."""
    lines, now = list(order.lines.all()), timezone.now()
    change = edits.Change({lines[0].pk: out}, {added.pk: 1} if added else {})
    plan = edits.plan(order=order, lines=lines, change=change, at=now)
    wish = editing.Proposal(change, edits.version(order, lines), plan.difference, uuid.uuid4())
    return partial(editing.propose, order=order, proposal=wish, actor=None, at=now)


def race(*acts: Any, after: str, without: Any = ()) -> list[Any]:
    crossing = Crossing(after, are_kept_apart=not without, without=without)
    results = at_once(*(caught(each, *REFUSALS) for each in acts), crossing=crossing)
    return [each for each in results if isinstance(each, Exception)]


def test_two_changes_confirmed_at_once_are_one_change(paid):
    refused = race(propose(paid), propose(paid), after=AFTER_THE_LINES)

    assert [type(each) for each in refused] == [editing.MovedOnError]
    assert (paid.lines.get().cancelled_quantity, Repayment.objects.count()) == (1, 1)
    assert books.findings() == []


def test_control_without_the_lock_both_are_made_though_each_saw_the_order_without_the_other(paid):
    refused = race(propose(paid), propose(paid), after=AFTER_THE_LINES, without=[ROW_LOCK])

    assert refused == []
    assert OrderEdit.objects.count() == 2


def test_units_leave_or_are_taken_out_never_both(paid):
    ship = partial(shipping.ship, order=paid, label=LABEL, at=timezone.now())

    refused = race(propose(paid), ship, after=AFTER_THE_ORDER)

    line = paid.lines.get()
    assert (line.shipped_quantity, line.cancelled_quantity) in [(2, 0), (1, 1)]
    assert len(refused) == (1 if line.shipped_quantity == 2 else 0)
    assert books.findings() == []


def test_a_difference_that_is_paid_while_the_order_leaves_changes_it_or_goes_back(paid):
    cup = make.only_variant(make.product(price="12.00", stock=1))
    edit = propose(paid, added=cup)()
    pay = partial(editing.receive_payment, edit_id=edit.pk, at=timezone.now())
    ship = partial(shipping.ship, order=paid, label=LABEL, at=timezone.now())
    crossing = Crossing(AFTER_THE_ORDER, are_kept_apart=True)

    outcome, _parcel = at_once(caught(pay, *REFUSALS), caught(ship, *REFUSALS), crossing=crossing)

    edit.refresh_from_db()
    is_made = outcome == lifecycle.Outcome.ACCEPTED
    assert edit.status == ("APPLIED" if is_made else "WITHDRAWN")
    assert paid.lines.count() == (2 if is_made else 1)
    assert StockLevel.objects.get(variant=cup).on_hand == (0 if is_made else 1)


def test_a_change_that_is_paid_and_withdrawn_at_once_is_one_of_them(paid):
    cup = make.only_variant(make.product(price="12.00", stock=1))
    edit = propose(paid, added=cup)()
    pay = partial(editing.receive_payment, edit_id=edit.pk, at=timezone.now())
    withdraw = partial(editing.withdraw, edit=edit, actor=None, at=timezone.now())
    crossing = Crossing(AFTER_THE_ORDER, are_kept_apart=True)

    outcome, is_withdrawn = at_once(caught(pay, *REFUSALS), caught(withdraw, *REFUSALS), crossing=crossing)

    assert is_withdrawn == (outcome == lifecycle.Outcome.TOO_LATE)
    edit.refresh_from_db()
    assert edit.status == ("WITHDRAWN" if is_withdrawn else "APPLIED")
