"""A paid order is changed: what is taken out goes back or pays for what is added; a difference is paid first."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from catalog.models import Product, StockLevel, Variant
from catalog.services import prices, stock
from core.money import Money
from orders.models import Order, OrderEdit, OrderEvent, Repayment
from orders.selectors import edits, refundable
from orders.services import cancelling, editing, goodwill, lifecycle, repaying, sales, shipping
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import LABEL, yuan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cup() -> Variant:
    """A cup for CN¥12, of which four are there."""
    return make.only_variant(make.product("Cup", price="12.00", stock=4))


def proposal(order: Order, *, out: int = 0, added: dict[int, int] | None = None, **fields: Any) -> editing.Proposal:
    """Return what staff confirm who take units out of the first line, and add others, as it is shown now."""
    lines = list(order.lines.order_by("position"))
    change = edits.Change({lines[0].pk: out}, added or {})
    plan = edits.plan(order=order, lines=lines, change=change, at=NOW)
    made = editing.Proposal(change, edits.version(order, lines), plan.difference, uuid.uuid4())
    return replace(made, **fields)


def change(order: Order, **fields: Any) -> OrderEdit:
    """Make a change as it is shown now."""
    order.refresh_from_db()
    edit = editing.propose(order=order, proposal=proposal(order, **fields), actor=None, at=NOW)
    order.refresh_from_db()
    return edit


def give(order: Order, amount: str) -> None:
    """Give money back for nothing in particular."""
    nothing = Money.zero("CNY")
    goodwill.give(order=order, delivery=nothing, other=yuan(amount), token=uuid.uuid4(), actor=None, at=NOW)


def sums(order: Order) -> dict[str, Decimal]:
    """Return an order's amounts that are not zero."""
    order.refresh_from_db()
    names = ("items_total", "total", "added_total", "paid_total", "credited_total", "repayments_total")
    return {name: getattr(order, name) for name in (*names, "refunded_total") if getattr(order, name)}


def lines(order: Order) -> list[tuple[str, int, int, int]]:
    """Return title, units, units that are cancelled, and units that are held."""
    return [
        (line.title, line.quantity, line.cancelled_quantity, sum(each.quantity for each in line.allocations.all()))
        for line in order.lines.order_by("position")
    ]


def test_taking_units_out_gives_their_money_back_and_frees_them(paid):
    edit = change(paid, out=1)

    assert (edit.status, edit.difference.amount) == ("APPLIED", Decimal("-10.00"))
    assert lines(paid) == [("Teapot", 3, 1, 2)]
    assert sums(paid) == {"items_total": 30, "total": 38, "paid_total": 38, "repayments_total": 10}
    decision = Repayment.objects.get()
    assert [decision.reason, decision.amount, decision.credited_amount, decision.settled_at] == ["EDIT", 10, 0, None]
    assert list(paid.events.order_by("-pk").values_list("kind", flat=True)[:2]) == ["CHANGED", "REFUND_DECIDED"]
    assert books.mails("order_changed") == [f"order_changed:{edit.pk}"]


def test_a_change_that_costs_more_waits_for_its_payment_and_changes_nothing_before(paid, cup):
    before = (sums(paid), lines(paid))

    edit = change(paid, added={cup.pk: 2})

    assert (edit.status, edit.difference, edit.pay_by) == (
        *("PROPOSED", Money(Decimal(24), "CNY")),
        NOW + timedelta(seconds=settings.EDIT_PAY_SECONDS),
    )
    assert (sums(paid), lines(paid)) == before
    assert books.mails("order_change") == [f"order_change:{edit.pk}"]
    assert edits.payable(paid, at=NOW) == edit

    outcome = editing.receive_payment(edit_id=edit.pk, at=NOW)

    assert outcome == lifecycle.Outcome.ACCEPTED
    assert lines(paid) == [("Teapot", 3, 0, 3), ("Cup", 2, 0, 2)]
    assert sums(paid) == {"items_total": 54, "total": 62, "added_total": 24, "paid_total": 62}
    assert books.mails("order_changed") == [f"order_changed:{edit.pk}"]


def test_what_is_replaced_pays_for_what_comes_and_only_the_difference_is_paid(paid, cup):
    edit = change(paid, out=1, added={cup.pk: 1})
    assert edit.difference == Money(Decimal(2), "CNY")

    editing.receive_payment(edit_id=edit.pk, at=NOW)

    assert lines(paid) == [("Teapot", 3, 1, 2), ("Cup", 1, 0, 1)]
    assert sums(paid) == {
        "items_total": 42,
        "total": 50,
        "added_total": 12,
        "paid_total": 50,
        "credited_total": 10,
        "repayments_total": 10,
        "refunded_total": 10,
    }
    assert refundable.left(paid) == Money(Decimal(40), "CNY")  # 38 and 2 came in, nothing went out
    decision = Repayment.objects.get()
    assert [decision.amount, decision.credited_amount, decision.settled_at] == [10, 10, NOW]
    assert not paid.events.filter(kind="REFUND_DECIDED").exists()


def test_a_cheaper_replacement_is_credited_and_the_rest_goes_back(paid):
    cheap = make.only_variant(make.product("Spoon", price="3.00", stock=2))

    edit = change(paid, out=1, added={cheap.pk: 1})

    assert [edit.status, edit.difference.amount] == ["APPLIED", -7]
    assert sums(paid) == {
        "items_total": 33,
        "total": 41,
        "added_total": 3,
        "paid_total": 41,
        "credited_total": 3,
        "repayments_total": 10,
        "refunded_total": 3,
    }
    decision = Repayment.objects.get()
    assert [decision.amount, decision.credited_amount, decision.to_send.amount] == [10, 3, 7]
    assert [decision.settled_amount, decision.settled_at] == [3, None]


def test_an_even_exchange_moves_no_money(paid):
    other = make.only_variant(make.product("Bowl", price="10.00", stock=1))

    edit = change(paid, out=1, added={other.pk: 1})

    assert [edit.status, edit.difference.amount] == ["APPLIED", 0]
    assert Repayment.objects.get().settled_at == NOW
    assert paid.payment_status == "PAID"


def test_a_changed_order_can_be_cancelled_and_gives_back_what_came_in(paid, cup):
    edit = change(paid, out=1, added={cup.pk: 1})
    editing.receive_payment(edit_id=edit.pk, at=NOW)
    paid.refresh_from_db()

    cancelling.cancel_paid(order=paid, reason=Order.CancelReason.SHOP, at=NOW)

    decision = Repayment.objects.get(reason="CANCELLED")
    assert decision.to_send == Money(Decimal(40), "CNY")
    assert sums(paid)["repayments_total"] == 50
    assert list(StockLevel.objects.values_list("on_hand", "allocated").order_by("pk")) == [(5, 0), (4, 0)]


def test_the_same_form_twice_is_one_change(paid):
    wish = proposal(paid, out=1)

    first = editing.propose(order=paid, proposal=wish, actor=None, at=NOW)
    second = editing.propose(order=paid, proposal=wish, actor=None, at=NOW)

    assert (first, OrderEdit.objects.count(), Repayment.objects.count()) == (second, 1, 1)
    assert lines(paid) == [("Teapot", 3, 1, 2)]


@pytest.mark.parametrize("how", ["shipped", "changed", "price"])
def test_what_is_not_as_it_was_shown_is_refused_and_nothing_happens(paid, cup, how):
    wish = proposal(paid, out=1, added={cup.pk: 1})
    if how == "shipped":
        shipping.ship(order=paid, label=LABEL, quantities={paid.lines.get().pk: 1}, at=NOW)
    elif how == "changed":
        change(paid, out=1)
    else:
        prices.set_base(variant=cup, amount=Decimal("13.00"), currency="CNY")
    before = (sums(paid), lines(paid), OrderEdit.objects.count())

    with pytest.raises(editing.MovedOnError):
        editing.propose(order=paid, proposal=wish, actor=None, at=NOW)

    assert (sums(paid), lines(paid), OrderEdit.objects.count()) == before


def test_what_cannot_be_changed_is_refused_and_nothing_happens(paid, cup):
    unpaid = make.order(make.cart(cup))
    asked = make.paid_order(make.cart(cup))
    wish = proposal(asked, out=0, added={cup.pk: 1})
    make.case(asked)
    wishes = [(unpaid, replace(wish, seen_version="")), (asked, wish)]

    for order, each in wishes:
        with pytest.raises(editing.CannotEditError):
            editing.propose(order=order, proposal=each, actor=None, at=NOW)

    assert OrderEdit.objects.count() == 0


def test_one_change_waits_at_a_time_until_it_is_withdrawn(paid, cup):
    edit = change(paid, added={cup.pk: 1})
    paid.refresh_from_db()
    with pytest.raises(editing.CannotEditError):
        change(paid, out=1)

    assert [editing.withdraw(edit=edit, actor=None, at=NOW) for _ in range(2)] == [True, False]

    assert change(paid, out=1).status == "APPLIED"
    assert list(OrderEdit.objects.order_by("pk").values_list("status", flat=True)) == ["WITHDRAWN", "APPLIED"]
    assert paid.events.filter(kind="CHANGE_ENDED").count() == 1


def test_a_plan_says_why_it_cannot_be(paid, cup):
    lines = list(paid.lines.all())
    other = make.only_variant(make.product(merchant=make.merchant()))
    unpriced = make.only_variant(make.product(price=None))
    wrong: list[tuple[edits.Change, type[edits.CannotPlanError]]] = [
        (edits.Change({}, {}), edits.NothingChangedError),
        (edits.Change({lines[0].pk: 3}, {}), edits.NothingLeftError),
        (edits.Change({lines[0].pk: 4}, {cup.pk: 1}), edits.UnitsGoneError),
        (edits.Change({lines[0].pk: -1}, {cup.pk: 1}), edits.UnitsGoneError),
        (edits.Change({lines[0].pk + 1: 1}, {}), edits.UnitsGoneError),
        (edits.Change({}, {other.pk: 1}), edits.NotForSaleError),
        (edits.Change({}, {unpriced.pk: 1}), edits.NotForSaleError),
    ]

    for each, reason in wrong:
        with pytest.raises(reason):
            edits.plan(order=paid, lines=lines, change=each, at=NOW)


def test_what_is_not_in_stock_is_not_added_for_nothing(paid):
    gone = make.only_variant(make.product("Rare", price="5.00", stock=1))
    before = (sums(paid), lines(paid))

    with pytest.raises(stock.OutOfStockError):
        change(paid, out=2, added={gone.pk: 2})

    assert (sums(paid), lines(paid), OrderEdit.objects.count(), Repayment.objects.count()) == (*before, 0, 0)


@pytest.mark.parametrize("why", ["gone", "shipped", "withdrawn", "cancelled"])
def test_money_for_a_change_that_cannot_be_any_more_is_too_late(paid, cup, why):
    edit = change(paid, out=1, added={cup.pk: 4})
    if why == "gone":
        make.paid_order(make.cart(cup))
    elif why == "shipped":
        shipping.ship(order=paid, label=LABEL, at=NOW)
    elif why == "withdrawn":
        editing.withdraw(edit=edit, actor=None, at=NOW)
    else:
        cancelling.cancel_paid(order=paid, reason=Order.CancelReason.SHOP, at=NOW)
    before = (sums(paid), lines(paid))

    outcome = editing.receive_payment(edit_id=edit.pk, at=NOW)

    assert outcome == lifecycle.Outcome.TOO_LATE
    edit.refresh_from_db()
    assert (edit.status, sums(paid), lines(paid)) == ("WITHDRAWN", *before)


def test_what_was_given_back_already_pays_for_nothing(paid, cup):
    give(paid, "35.00")

    edit = change(paid, out=1, added={cup.pk: 1})

    assert edit.difference == yuan("9.00")  # only three are left of what was paid
    assert editing.receive_payment(edit_id=edit.pk, at=NOW) == lifecycle.Outcome.ACCEPTED
    assert refundable.left(Order.objects.get(pk=paid.pk)) == yuan("12.00")


def test_an_order_whose_money_is_back_is_not_changed(paid, cup):
    wish = proposal(paid, added={cup.pk: 1})
    give(paid, "38.00")
    repaying.settle(repayment_id=Repayment.objects.get().pk, amount=yuan("38.00"), number="R1", at=NOW)

    with pytest.raises(editing.CannotEditError):
        editing.propose(order=paid, proposal=wish, actor=None, at=NOW)


def test_a_change_that_is_paid_twice_is_made_once(paid, cup):
    edit = change(paid, added={cup.pk: 1})

    outcomes = [editing.receive_payment(edit_id=edit.pk, at=NOW) for _ in range(2)]

    assert outcomes == [lifecycle.Outcome.ACCEPTED, lifecycle.Outcome.SURPLUS]
    assert lines(paid) == [("Teapot", 3, 0, 3), ("Cup", 1, 0, 1)]


def test_a_change_ends_at_its_deadline_and_money_that_comes_after_it_is_still_good(paid, cup):
    edit = change(paid, added={cup.pk: 1})
    end = edit.pay_by

    assert editing.expire_due(at=end - timedelta(microseconds=1)) == 0
    assert edits.payable(paid, at=end) is None
    assert [editing.expire_due(at=end) for _ in range(2)] == [1, 0]
    edit.refresh_from_db()
    assert (edit.status, edit.ended_at) == ("EXPIRED", end)
    assert paid.events.filter(kind=OrderEvent.Kind.CHANGE_ENDED).count() == 1

    assert editing.receive_payment(edit_id=edit.pk, at=end) == lifecycle.Outcome.ACCEPTED
    assert lines(paid) == [("Teapot", 3, 0, 3), ("Cup", 1, 0, 1)]


def test_the_rest_of_an_order_can_be_taken_out_once_a_part_has_left(paid):
    shipping.ship(order=paid, label=LABEL, quantities={paid.lines.get().pk: 1}, at=NOW)

    change(paid, out=2)

    assert (paid.fulfilment_status, lines(paid)) == ("SHIPPED", [("Teapot", 3, 2, 0)])


def test_what_was_added_leaves_with_the_rest_and_is_counted_as_sold_once(paid, cup):
    edit = change(paid, added={cup.pk: 2})
    editing.receive_payment(edit_id=edit.pk, at=NOW)
    paid.refresh_from_db()

    shipping.ship(order=paid, label=LABEL, at=NOW)
    counts = [(sales.count_sold(at=NOW), sales.count_added(at=NOW)) for _ in range(2)]

    paid.refresh_from_db()
    assert paid.fulfilment_status == "SHIPPED"
    assert counts == [(1, 1), (0, 0)]
    assert list(Product.objects.order_by("pk").values_list("sold", flat=True)) == [3, 2]
