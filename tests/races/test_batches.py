"""A table of orders to ship whose work ends in the middle, or that two people apply: each order leaves once."""

from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from orders.models import Order, Shipment
from orders.services import batches, urging
from orders.services.batches import Row, Verdict
from tests import books, make
from tests.crowd import Crossing, at_once, caught


class _KilledError(BaseException):
    """The process has ended."""


def test_a_batch_that_is_killed_in_the_middle_goes_on_where_it_was():
    rows = _rows(6)

    for statement in (40, 95):
        with pytest.raises(_KilledError):
            _apply_until(statement, rows)
        assert books.findings() == []
    left_before = Shipment.objects.count()
    told = _apply(rows)

    verdicts = [each.verdict for each in told]
    assert 0 < left_before < 6
    assert verdicts == [Verdict.DONE] * left_before + [Verdict.SHIPPED] * (6 - left_before)
    assert list(Shipment.objects.order_by("pk").values_list("tracking_number", flat=True)) == [
        row.tracking_number for row in rows
    ]
    assert len(books.mails("order_shipped")) == 6
    assert books.findings() == []


def test_two_people_who_apply_one_table_ship_each_order_once():
    rows = _rows(5)

    results = at_once(partial(_apply, rows), partial(_apply, rows))

    for pair in zip(*results, strict=True):
        assert sorted(each.verdict for each in pair) == [Verdict.DONE, Verdict.SHIPPED]
    assert Shipment.objects.count() == 5
    assert len(books.mails("order_shipped")) == 5
    assert books.findings() == []


def test_a_buyer_who_presses_five_times_reminds_once():
    order = make.paid_order(at=timezone.now())
    make.member()

    results = at_once(*[caught(partial(urging.urge, order=order, at=timezone.now()), urging.CannotUrgeError)] * 5)

    assert [type(each).__name__ for each in results].count("CannotUrgeError") == 4
    assert order.events.filter(kind="URGED").count() == 1
    assert len(books.mails("order_urged")) == 1


def test_control_without_the_condition_two_presses_remind_twice():
    order = make.paid_order(at=timezone.now())
    make.member()
    condition = r'\("orders_order"."urged_at" IS NULL OR "orders_order"."urged_at" <= [^)]*\)'
    act = caught(partial(_urge_on_its_own, order), urging.CannotUrgeError)

    at_once(act, act, crossing=Crossing("UPDATE", are_kept_apart=True, without=[(condition, "%s IS NOT NULL")]))

    assert order.events.filter(kind="URGED").count() == 2


def _urge_on_its_own(order):
    urging.urge(order=order, at=timezone.now())


def _rows(count):
    orders = [make.paid_order(at=timezone.now()) for _ in range(count)]
    return [Row(place, order.number, "SF", f"SF12345678901{place:02}", 1) for place, order in enumerate(orders)]


def _apply(rows):
    return batches.apply(rows=rows, orders=Order.objects.all(), actor=None, at=timezone.now())


def _apply_until(statement, rows):
    """Apply a table until so many statements were sent."""
    sent = 0

    def execute(run, *arguments):
        nonlocal sent
        sent += 1
        if sent > statement:
            raise _KilledError
        return run(*arguments)

    with connection.execute_wrapper(execute):
        _apply(rows)
