"""Buyer, shop and clock at one order in the same moment: one wins, the other is told, and the books stay right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import StockLevel
from orders.models import CaseEntry, Order, OrderEvent, Repayment, ReturnCase
from orders.services import cancelling, lifecycle, receiving, repaying, shipping
from orders.services.cases import answering, goods, requesting, timers
from orders.services.cases.goods import Inspected
from orders.services.cases.requesting import Wish
from orders.services.cases.writing import Act, WrongStageError
from tests import books, make
from tests.crowd import ROW_LOCK, Crossing, at_once, caught

Kind, Reason = ReturnCase.Kind, ReturnCase.Reason
LABEL = shipping.Label("SF", "SF100")
AFTER_THE_LINES = 'FROM "orders_orderline" WHERE'
AFTER_THE_CASE = 'FROM "orders_returncase" WHERE'
AFTER_THE_UNITS = 'FROM "orders_returnline" INNER JOIN'
AFTER_THE_ORDER = 'FROM "orders_order" WHERE'
REFUSALS = (
    *(requesting.NothingLeftError, shipping.CannotShipError, shipping.WrongQuantityError, WrongStageError),
    repaying.TooMuchError,
    *(receiving.CannotReceiveError, cancelling.CannotCancelError, answering.OtherVersionError, IntegrityError),
)


def paid(quantity: int = 2) -> Order:
    variant = make.only_variant(make.product(stock=10))
    return make.paid_order(make.cart(variant, quantity=quantity), at=timezone.now())


def completed(quantity: int = 2) -> Order:
    variant = make.only_variant(make.product(stock=10))
    return make.completed_order(make.cart(variant, quantity=quantity), at=timezone.now())


def on_its_way() -> Order:
    order = paid()
    shipping.ship(order=order, label=LABEL, at=timezone.now())
    return order


def ship(order: Order) -> Any:
    return shipping.ship(order=Order.objects.get(pk=order.pk), label=LABEL, at=timezone.now())


def ask(order: Order, kind: ReturnCase.Kind, quantity: int = 2) -> ReturnCase:
    found = Order.objects.get(pk=order.pk)
    wish = Wish(kind, Reason.QUALITY, {found.lines.get().pk: quantity})
    return requesting.request(order=found, wish=wish, at=timezone.now(), actor=None)


def confirm(order: Order) -> None:
    receiving.confirm(order=Order.objects.get(pk=order.pk), at=timezone.now())


def approve(case: ReturnCase, version: int | None = None) -> None:
    answering.approve(case=ReturnCase.objects.get(pk=case.pk), act=act(CaseEntry.Side.SHOP), version=version)


def act(side: CaseEntry.Side) -> Act:
    return Act(side, timezone.now())


def inspect(case: ReturnCase) -> None:
    found = ReturnCase.objects.get(pk=case.pk)
    goods.inspect(case=found, found={found.lines.get().pk: Inspected(2)}, act=act(CaseEntry.Side.SHOP))


def at_the_shop() -> ReturnCase:
    case = ask(completed(), Kind.RETURN)
    approve(case)
    goods.send(case=ReturnCase.objects.get(), label=LABEL, act=act(CaseEntry.Side.BUYER))
    goods.receive(case=ReturnCase.objects.get(), act=act(CaseEntry.Side.SHOP))
    return case


def race(*acts: Callable[[], Any], after: str, without: list[tuple[str, str]] | None = None) -> list[Any]:
    crossing = Crossing(after, are_kept_apart=without is None, without=without or [])
    return at_once(*(caught(each, *REFUSALS) for each in acts), crossing=crossing)


def losers(results: list[Any]) -> list[Any]:
    return [each for each in results if isinstance(each, Exception)]


def level() -> tuple[int, int]:
    found = StockLevel.objects.get()
    return found.on_hand, found.allocated


def test_a_parcel_and_a_wish_to_cancel_at_once_are_not_both_true():
    order = paid()

    results = race(partial(ship, order), partial(ask, order, Kind.CANCELLATION), after=AFTER_THE_LINES)

    assert len(losers(results)) == 1
    order.refresh_from_db()
    is_shipped = order.fulfilment_status == "SHIPPED"
    assert isinstance(losers(results)[0], requesting.NothingLeftError if is_shipped else shipping.CannotShipError)
    assert order.has_open_case is not is_shipped
    assert books.findings() == []


def test_control_without_the_lock_what_has_left_is_being_cancelled():
    order = paid()

    results = race(
        partial(ship, order), partial(ask, order, Kind.CANCELLATION), after=AFTER_THE_LINES, without=[ROW_LOCK]
    )

    assert losers(results) == []
    order.refresh_from_db()
    assert (order.fulfilment_status, ReturnCase.objects.get().status) == ("SHIPPED", "REQUESTED")


def test_the_shop_cancels_and_ships_at_once_and_one_of_it_happens():
    order = paid()
    cancel = partial(cancelling.cancel_paid, order=order, reason=Order.CancelReason.SHOP, at=timezone.now())

    results = race(cancel, partial(ship, order), after=AFTER_THE_ORDER)

    assert len(losers(results)) == 1
    order.refresh_from_db()
    assert (order.status, level()) in [("CANCELLED", (10, 0)), ("OPEN", (8, 0))]
    assert Repayment.objects.exists() == (order.status == "CANCELLED")
    assert books.findings() == []


def test_control_without_the_lock_a_cancelled_order_is_shipped():
    order = paid()
    cancel = partial(cancelling.cancel_paid, order=order, reason=Order.CancelReason.SHOP, at=timezone.now())

    race(cancel, partial(ship, order), after=AFTER_THE_LINES, without=[ROW_LOCK])

    assert [statement for statement, _rows in books.findings()] == ["nothing of a cancelled order has left"]


def test_two_wishes_for_the_same_units_at_once_are_one_case():
    order = completed()

    results = race(*[partial(ask, order, Kind.RETURN)] * 2, after=AFTER_THE_LINES)

    assert [type(each) for each in losers(results)] == [requesting.NothingLeftError]
    assert ReturnCase.objects.count() == 1
    assert books.findings() == []


def test_control_without_the_lock_units_are_asked_for_twice():
    order = completed()

    race(*[partial(ask, order, Kind.RETURN)] * 2, after=AFTER_THE_LINES, without=[ROW_LOCK])

    assert ReturnCase.objects.count() == 2
    found = [statement for statement, _rows in books.findings()]
    assert "open cases and refunds together never exceed what was bought" in found


def test_two_of_the_shop_who_refund_one_line_at_once_refund_it_once():
    case = ask(completed(), Kind.REFUND_ONLY)

    results = race(*[partial(approve, case)] * 2, after=AFTER_THE_CASE)

    assert [type(each) for each in losers(results)] == [WrongStageError]
    assert Repayment.objects.count() == 1
    assert OrderEvent.objects.filter(kind="REFUND_DECIDED").count() == 1
    assert books.findings() == []


def test_control_without_the_lock_the_second_refund_runs_into_the_constraint():
    case = ask(completed(), Kind.REFUND_ONLY)

    results = race(*[partial(approve, case)] * 2, after=AFTER_THE_UNITS, without=[ROW_LOCK])

    assert [type(each) for each in losers(results)] == [IntegrityError]
    assert Repayment.objects.count() == 1


def test_a_receipt_and_a_wish_to_return_at_once_are_told_apart():
    order = on_its_way()

    results = race(partial(confirm, order), partial(ask, order, Kind.RETURN), after=AFTER_THE_ORDER)

    order.refresh_from_db()
    first_asked = order.status == "OPEN"
    assert [type(each) for each in losers(results)] == ([receiving.CannotReceiveError] if first_asked else [])
    assert order.has_open_case
    assert books.findings() == []


def test_control_without_the_lock_a_receipt_is_confirmed_past_an_open_case():
    order = on_its_way()
    crossing = 'SELECT .* FROM "orders_order" WHERE "orders_order"."purchase_id"'

    race(partial(confirm, order), partial(ask, order, Kind.RETURN), after=crossing, without=[ROW_LOCK])

    kinds = list(order.events.order_by("pk").values_list("kind", flat=True))
    assert {"RECEIVED", "CASE_OPENED"} <= set(kinds)
    assert ReturnCase.objects.get().opened_at < timezone.now()


def test_goods_that_are_inspected_twice_at_once_are_put_on_the_shelf_once():
    case = at_the_shop()

    results = race(*[partial(inspect, case)] * 2, after=AFTER_THE_CASE)

    assert [type(each) for each in losers(results)] == [WrongStageError]
    assert level() == (10, 0)
    assert Repayment.objects.count() == 1
    assert books.findings() == []


def test_control_without_the_lock_the_second_inspection_finds_no_money_left_or_runs_into_the_constraint():
    case = at_the_shop()

    results = race(*[partial(inspect, case)] * 2, after=AFTER_THE_UNITS, without=[ROW_LOCK])

    assert len(losers(results)) == 1
    assert isinstance(losers(results)[0], IntegrityError | repaying.TooMuchError)
    assert level() == (10, 0)


def test_an_answer_to_what_is_changed_at_the_same_moment_is_refused_or_comes_first():
    case = ask(completed(), Kind.REFUND_ONLY)
    wish = Wish(Kind.REFUND_ONLY, Reason.DAMAGED, {case.order.lines.get().pk: 1})
    change = partial(requesting.change, case=case, wish=wish, at=timezone.now(), actor=None)

    results = race(partial(approve, case, version=case.version), change, after=AFTER_THE_CASE)

    assert len(losers(results)) == 1
    case.refresh_from_db()
    assert (case.status, case.is_changed) in [("REFUNDING", False), ("REQUESTED", True)]
    assert books.findings() == []


@pytest.mark.parametrize("workers", [3])
def test_three_sweeps_at_once_end_each_case_once(workers):
    now = timezone.now()
    for _ in range(4):
        make.case(paid(), quantity=2, at=now)
    late = now + timedelta(minutes=31)

    counts = at_once(*[partial(timers.act_on_due, at=late)] * workers)

    assert sum(counts) == 4
    assert Repayment.objects.count() == 4
    assert set(Order.objects.values_list("status", flat=True)) == {"CANCELLED"}
    assert books.findings() == []


def test_silence_and_packing_at_once_leave_the_order_to_one_of_them():
    now = timezone.now()
    order = paid()
    make.case(order, quantity=2, at=now)
    late = now + timedelta(minutes=31)

    def pack() -> None:
        shipping_floor = lifecycle.lock(order.purchase_id)[0]
        lifecycle.mark_picked(order=shipping_floor, actor=None, at=now)

    at_once(partial(timers.act_on_due, at=late), partial(_atomically, pack))

    order.refresh_from_db()
    case = ReturnCase.objects.get()
    assert (case.status, order.status) in [("REFUNDING", "CANCELLED"), ("REQUESTED", "OPEN")]
    assert books.findings() == []


def _atomically(do: Callable[[], None]) -> int:
    with transaction.atomic():
        do()
    return 0
