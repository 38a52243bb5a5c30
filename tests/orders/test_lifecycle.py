"""The states of an order: every way from one to another that exists, and every one that does not."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import StockLevel, StockMovement
from notifications.models import Message
from orders.models import Allocation, Order, OrderEvent
from orders.services import cancelling, lifecycle
from tests import books, make

pytestmark = pytest.mark.django_db
Outcome = lifecycle.Outcome
AXES = {
    "status": ("status", Order.Status),
    "payment": ("payment_status", Order.PaymentStatus),
    "fulfilment": ("fulfilment_status", Order.FulfilmentStatus),
}
ALLOWED = {
    "status": "AWAITING_PAYMENT>OPEN AWAITING_PAYMENT>CANCELLED OPEN>COMPLETED OPEN>CANCELLED CANCELLED>OPEN",
    "payment": (
        "NONE>PARTIAL NONE>PAID NONE>NEEDS_REVIEW PARTIAL>PAID PARTIAL>OVERPAID PARTIAL>REFUNDED PARTIAL>NEEDS_REVIEW"
        " NEEDS_REVIEW>NONE NEEDS_REVIEW>PAID NEEDS_REVIEW>REFUNDED PAID>OVERPAID PAID>PARTLY_REFUNDED PAID>REFUNDED"
        " OVERPAID>PAID PARTLY_REFUNDED>REFUNDED"
    ),
    "fulfilment": (
        "NONE>PARTLY_SHIPPED NONE>SHIPPED NONE>NOTHING_TO_SHIP PARTLY_SHIPPED>SHIPPED SHIPPED>DELIVERED"
        " SHIPPED>RECEIVED DELIVERED>RECEIVED"
        " SHIPPED>PARTLY_SHIPPED SHIPPED>NONE PARTLY_SHIPPED>NONE"  # a parcel that has not left after all
    ),
}
PAIRS = [(axis, *pair) for axis, (_field, states) in AXES.items() for pair in permutations(states.values, 2)]
AMOUNTS = ("items_total", "discount_total", "delivery_total", "total", "currency", "number")


@pytest.mark.parametrize(("axis", "before", "after"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_the_database_lets_pass_the_listed_changes_of_state_and_no_other(axis, before, after):
    order = make.order()
    field, _states = AXES[axis]
    _force(order, field, before)
    is_allowed = f"{before}>{after}" in ALLOWED[axis].split()

    refusal = _refusal(Order.objects.filter(pk=order.pk), **{field: after})

    order.refresh_from_db()
    assert getattr(order, field) == (after if is_allowed else before)
    assert bool(refusal) != is_allowed
    if refusal:
        assert f"{axis} may not go from {before} to {after}" in refusal


@pytest.mark.parametrize("field", AMOUNTS)
def test_the_amounts_of_a_placed_order_are_fixed(field):
    order = make.order()
    before = books.copy()

    values = {"currency": "JPY", "number": "000000000000"}
    refusal = _refusal(Order.objects.filter(pk=order.pk), **{field: values.get(field, 1)})

    assert "the amounts of a placed order are fixed" in refusal
    assert books.copy() == before


@pytest.mark.parametrize("field", ["unit_price", "quantity", "total", "sku", "discount_share", "tax_rate"])
def test_the_lines_of_a_placed_order_are_fixed(field):
    line = make.order().lines.get()
    before = books.copy()

    refusal = _refusal(type(line).objects.filter(pk=line.pk), **{field: "7"})

    assert "the lines of a placed order are fixed" in refusal
    assert books.copy() == before


def test_lines_that_are_not_the_order_s_sum_cannot_be_committed():
    line = make.order().lines.get()
    line.pk, line.position = None, 9
    before = books.copy()

    with pytest.raises(IntegrityError, match="lines sum to"):
        _insert_and_commit(line)

    assert books.copy() == before


@pytest.mark.parametrize("statement", ["UPDATE orders_orderevent SET kind = 'PAID'", "DELETE FROM orders_orderevent"])
def test_the_timeline_cannot_be_changed(statement):
    make.order()
    before = books.copy()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert books.copy() == before


def test_money_in_time_opens_the_order_with_an_entry_and_a_mail_and_keeps_its_goods(now):
    order = make.order()

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)

    order.refresh_from_db()
    assert outcome == Outcome.ACCEPTED
    assert (order.status, order.payment_status, order.paid_total, order.paid_at) == ("OPEN", "PAID", order.total, now)
    assert _kinds(order) == ["PLACED", "PAID"]
    assert books.mails() == [f"order_confirmed:{order.number}"]
    assert _levels() == [(10, 1)]


def test_money_a_second_time_is_surplus_and_changes_nothing(now):
    order = make.paid_order()
    before = books.copy()

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)

    assert outcome == Outcome.SURPLUS
    assert books.copy() == before


def test_time_that_is_over_cancels_with_an_entry_and_a_mail_and_releases_the_goods():
    order = make.order()

    is_expired = lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)

    order.refresh_from_db()
    assert is_expired is True
    assert (order.status, order.cancel_reason, order.cancelled_at) == ("CANCELLED", "UNPAID", order.pay_by)
    assert (order.payment_status, order.paid_at) == ("NONE", None)
    assert _kinds(order) == ["PLACED", "EXPIRED"]
    assert books.mails() == [f"order_cancelled:{order.number}"]
    assert _levels() == [(10, 0)]
    assert Allocation.objects.get().quantity == 0
    assert books.findings() == []


def test_time_that_is_over_twice_releases_once():
    order = make.order()
    lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    before = books.copy()

    is_expired = lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by + timedelta(days=1))

    assert is_expired is False
    assert books.copy() == before
    assert StockMovement.objects.filter(kind="RELEASED").count() == 1


def test_a_second_before_its_time_an_order_does_not_expire():
    order = make.order()
    before = books.copy()

    is_expired = lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by - timedelta(seconds=1))

    assert is_expired is False
    assert books.copy() == before


def test_a_paid_order_does_not_expire():
    order = make.paid_order()
    before = books.copy()

    is_expired = lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by + timedelta(days=1))

    assert is_expired is False
    assert books.copy() == before


def test_late_money_takes_the_goods_again_when_they_can_be_had():
    order = make.order()
    lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    at = order.pay_by + timedelta(minutes=1)

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=at)

    order.refresh_from_db()
    assert outcome == Outcome.ACCEPTED
    assert (order.status, order.payment_status, order.cancel_reason, order.cancelled_at) == ("OPEN", "PAID", "", None)
    assert _kinds(order) == ["PLACED", "EXPIRED", "REOPENED"]
    assert books.mails() == [f"order_cancelled:{order.number}", f"order_confirmed:{order.number}"]
    assert _levels() == [(10, 1)]


def test_late_money_for_goods_that_are_gone_is_too_late_and_changes_nothing():
    variant = make.only_variant(make.product(stock=2))
    order = make.order(make.cart(variant, quantity=2))
    lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    make.order(make.cart(variant, quantity=1))
    before = books.copy()

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=order.pay_by)

    assert outcome == Outcome.TOO_LATE
    assert books.copy() == before


def test_money_for_an_order_that_the_shop_called_off_is_too_late_though_the_goods_are_there(now):
    order = make.order()
    cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=Order.CancelReason.SHOP, at=now)
    before = books.copy()

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)

    assert outcome == Outcome.TOO_LATE
    assert books.copy() == before


def test_a_buyer_who_cancels_and_pays_after_all_gets_the_goods_while_they_are_there(now):
    order = make.order()
    cancelling.cancel_unpaid(purchase_id=order.purchase_id, reason=Order.CancelReason.BUYER, at=now)

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)

    order.refresh_from_db()
    assert outcome == Outcome.ACCEPTED
    assert (order.status, order.payment_status, order.cancel_reason) == ("OPEN", "PAID", "")
    assert StockLevel.objects.get().allocated == 1


def test_money_for_an_order_that_was_paid_and_cancelled_is_too_late(now):
    order = make.paid_order()
    cancelling.cancel_paid(order=order, reason=Order.CancelReason.BUYER, at=now)
    before = books.copy()

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=now)

    assert outcome == Outcome.TOO_LATE
    assert books.copy() == before


def test_money_that_does_not_fit_holds_the_order_and_its_goods_once(now):
    order = make.order()
    hold = {"purchase_id": order.purchase_id, "details": {"received": "0.01 CNY"}, "at": now}

    lifecycle.hold_for_review(**hold)
    before = books.copy()
    lifecycle.hold_for_review(**hold)
    is_expired = lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)

    order.refresh_from_db()
    assert (order.payment_status, is_expired) == ("NEEDS_REVIEW", False)
    assert list(order.events.order_by("pk").values_list("kind", "is_public")) == [
        ("PLACED", True),
        ("PAYMENT_REVIEW", False),
    ]
    assert books.copy() == before


def test_money_that_does_not_fit_leaves_a_paid_order_alone(now):
    order = make.paid_order()
    before = books.copy()

    lifecycle.hold_for_review(purchase_id=order.purchase_id, details={}, at=now)

    assert books.copy() == before


@pytest.mark.parametrize("act", ["pay", "expire"])
def test_a_change_that_is_rolled_back_leaves_no_entry_and_no_mail(act, now):
    order = make.order()
    before = books.copy()

    with pytest.raises(_FellOverError):
        _change_and_fall_over(order, act, now)

    assert books.copy() == before
    assert Message.objects.count() == 0


class _FellOverError(Exception):
    """Something broke after the change, before the commit."""


@transaction.atomic
def _change_and_fall_over(order, act, at):
    if act == "pay":
        lifecycle.receive_payment(purchase_id=order.purchase_id, at=at)
    else:
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    assert Message.objects.count() == 1
    raise _FellOverError


@transaction.atomic
def _insert_and_commit(line):
    line.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _force(order, field, value):
    """Bring an order into a state by the side door, as a starting point."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending checks cannot be altered
        cursor.execute("ALTER TABLE orders_order DISABLE TRIGGER orders_order_states_guard")
        cursor.execute(f"UPDATE orders_order SET {field} = %s WHERE id = %s", [value, order.pk])  # noqa: S608
        cursor.execute("ALTER TABLE orders_order ENABLE TRIGGER orders_order_states_guard")


def _refusal(rows, **values):
    """Return what the database says against a change; nothing when it lets it pass."""
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError as error:
        return str(error)
    return ""


def _kinds(order):
    return list(OrderEvent.objects.filter(order=order).order_by("pk").values_list("kind", flat=True))


def _levels():
    return list(StockLevel.objects.order_by("pk").values_list("on_hand", "allocated"))
