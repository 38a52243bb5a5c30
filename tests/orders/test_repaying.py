"""Decisions to give money back: to the cent what was paid for each unit, never more than is left, never twice."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, connection, transaction

from core.money import Money
from orders.models import Order, OrderLine, Repayment, RepaymentLine
from orders.selectors import refundable
from orders.services import repaying
from orders.services.repaying import Decision, Share, TooMuchError
from tests import books, make

pytestmark = pytest.mark.django_db
GOODWILL = Repayment.Reason.GOODWILL


@pytest.fixture
def order() -> Order:
    """Three units for CN¥10 each with CN¥1 off, and delivery for CN¥8."""
    made = make.paid_order(make.cart(make.only_variant(make.product(stock=5)), quantity=3))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        OrderLine.objects.update(discount_share=1)
        Order.objects.update(discount_total=1, total=37, paid_total=37)
        cursor.execute("SET LOCAL session_replication_role = origin")
    made.refresh_from_db()
    return made


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def _decide(order: Order, key: str, now, **parts):
    decision = Decision(key=key, reason=GOODWILL, **parts)
    return repaying.decide(order=order, decision=decision, actor=None, at=now)


def test_units_get_back_what_was_paid_for_them_and_the_odd_cents_are_not_lost(order, now):
    given = []
    for step in range(3):
        line = order.lines.get()
        amount = refundable.of_units(line, 1, "CNY")
        given.append(amount)
        _decide(order, f"unit-{step}", now, shares=[Share(line, 1, amount)])

    assert given == [yuan("9.67"), yuan("9.67"), yuan("9.66")]
    line = order.lines.get()
    assert (line.repaid_quantity, line.repaid_amount) == (3, Decimal("29.00"))


def test_a_unit_of_which_a_part_went_back_gets_only_the_rest(order, now):
    line = order.lines.get()
    _decide(order, "two", now, shares=[Share(line, 2, yuan("25.00"))])

    left = refundable.of_units(order.lines.get(), 1, "CNY")

    assert left == yuan("4.00")


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        ({"delivery": "8.01"}, "8.00"),
        ({"other": "37.01"}, "37.00"),
        ({"delivery": "8.00", "other": "29.01"}, "37.00"),
        ({"line": (3, "29.01")}, "29.00"),
        ({"line": (4, "29.00")}, "29.00"),
        ({"line": (0, "1.00")}, "29.00"),
        ({"line": (1, "-0.01")}, "29.00"),
    ],
)
def test_more_than_is_left_does_not_go_back(parts, left, order, now):
    before = books.copy()
    options: dict[str, Any] = {name: yuan(amount) for name, amount in parts.items() if name != "line"}
    if "line" in parts:
        quantity, amount = parts["line"]
        options["shares"] = [Share(order.lines.get(), quantity, yuan(amount))]

    with pytest.raises(TooMuchError) as caught:
        _decide(order, "much", now, **options)

    assert caught.value.left == yuan(left)
    assert books.copy() == before


def test_what_went_back_is_counted_against_all_that_follows(order, now):
    _decide(order, "first", now, other=yuan("30.00"))

    with pytest.raises(TooMuchError) as caught:
        _decide(order, "second", now, other=yuan("7.01"))

    assert caught.value.left == yuan("7.00")
    order.refresh_from_db()
    assert order.repayments_total == Decimal("30.00")


def test_all_that_is_left_is_everything_that_has_not_gone_back_and_no_more(order, now):
    _decide(order, "some", now, other=yuan("35.00"))
    lines = list(order.lines.all())

    decision = repaying.whole(order=order, lines=lines, key="rest", reason=GOODWILL)

    assert [share.amount for share in decision.shares] == [yuan("2.00")]
    assert (decision.delivery, decision.other) == (yuan("0.00"), yuan("0.00"))


def test_a_decision_for_nothing_is_none(order, now):
    before = books.copy()

    assert _decide(order, "nothing", now) is None

    assert books.copy() == before


def test_a_decision_is_written_once(order, now):
    _decide(order, "once", now, other=yuan("1.00"))
    before = books.copy()

    with pytest.raises(Error), transaction.atomic():
        _decide(order, "once", now, other=yuan("1.00"))

    assert books.copy() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders_repayment SET amount = amount + 1",
        "UPDATE orders_repayment SET reason = 'CANCELLED'",
        "DELETE FROM orders_repayment",
        "UPDATE orders_repaymentline SET quantity = 2",
        "DELETE FROM orders_repaymentline",
        "UPDATE orders_order SET repayments_total = paid_total + 1",
        "UPDATE orders_order SET refunded_total = repayments_total + 1",
        "UPDATE orders_order SET repaid_delivery = delivery_total + 1",
        "UPDATE orders_orderline SET repaid_amount = total",
        "UPDATE orders_orderline SET repaid_quantity = quantity + 1",
        "UPDATE orders_orderline SET cancelled_quantity = quantity + 1",
    ],
)
def test_the_database_keeps_decisions_and_their_bounds(statement, order, now):
    _decide(order, "kept", now, shares=[Share(order.lines.get(), 1, yuan("9.67"))])

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Repayment.objects.get().amount == Decimal("9.67")
    assert RepaymentLine.objects.get().quantity == 1
