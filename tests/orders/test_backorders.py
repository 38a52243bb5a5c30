"""Sold before it is there: within the limit, and in the order of buying."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.selectors import default_merchant
from catalog.models import StockLevel, StockLocation, Variant
from catalog.services import stock, transfers, waiting
from orders.models import Allocation, Backorder, Order
from orders.services import cancelling, lifecycle, placing, shipping
from tests import books, make
from tests.conftest import NOW
from tests.orders.casework import LABEL
from tests.orders.queueing import DAY, bought, expect, late, level, line, queue, receive

pytestmark = pytest.mark.django_db


def test_what_is_there_is_held_and_the_rest_is_waited_for():
    teapot = late(there=1)

    order = bought(teapot, 3)

    assert level(teapot) == (1, 1, 2, 5)
    assert queue() == [(order.number, 2, "waits")]
    assert (line(order).waiting_quantity, line(order).ready_quantity) == (2, 1)
    assert books.findings() == []


def test_no_more_may_wait_than_the_variant_allows():
    teapot = late(limit=2)
    bought(teapot, 2)
    before = level(teapot)

    with pytest.raises(stock.OutOfStockError) as caught:
        stock.allocate(demands=[stock.Demand(teapot.pk, 1, "line", waiting=1)])

    assert caught.value.shortages == [stock.Shortage(teapot.pk, 1, 0)]
    assert level(teapot) == before == (0, 0, 2, 2)


def test_nobody_waits_for_what_may_not_be_waited_for():
    teapot = late(policy="DENY")

    assert level(teapot) == (0, 0, 0, 0)
    with pytest.raises(stock.OutOfStockError):
        stock.allocate(demands=[stock.Demand(teapot.pk, 1, "line", waiting=1)])


def test_who_was_shown_stock_is_asked_again_before_waiting():
    teapot = late(there=1)
    agreement = make.agreement(make.checkout(make.cart(teapot)))
    stock.allocate(demands=[stock.Demand(teapot.pk, 1, "other")])

    with pytest.raises(placing.QuoteChangedError) as caught:
        placing.place(agreement=agreement, at=NOW)

    assert caught.value.quote.content.bought[0].waiting == 1
    assert not Order.objects.exists()


def test_what_has_come_since_it_was_planned_is_held_at_once():
    teapot = late(there=2)

    holds = stock.allocate(demands=[stock.Demand(teapot.pk, 3, "line", waiting=3)])

    pk = StockLevel.objects.get().pk
    assert holds == [stock.Hold(pk, 2, "line"), stock.Hold(pk, 1, "line", is_waiting=True)]
    assert level(teapot) == (2, 2, 1, 5)


def test_stock_that_comes_goes_to_the_oldest_first():
    teapot = late()
    first, second, third = (bought(teapot, units) for units in (2, 2, 1))

    receive(teapot, 3)

    assert queue() == [
        (first.number, 2, "filled"),
        (second.number, 1, "waits"),
        (third.number, 1, "waits"),
        (second.number, 1, "filled"),
    ]
    assert level(teapot) == (3, 3, 2, 5)
    assert [line(each).ready_quantity for each in (first, second, third)] == [2, 1, 0]
    assert books.findings() == []


def test_what_is_more_than_anybody_waits_for_can_be_sold():
    teapot = late()
    bought(teapot, 2)

    receive(teapot, 5)

    assert level(teapot) == (5, 2, 0, 5)
    assert books.findings() == []


def test_only_what_has_come_can_be_shipped():
    teapot = late(there=1)
    order = bought(teapot, 3)

    with pytest.raises(shipping.WrongQuantityError):
        shipping.ship(order=order, label=LABEL, quantities={line(order).pk: 2}, at=NOW)
    shipping.ship(order=order, label=LABEL, at=NOW)
    with pytest.raises(shipping.CannotShipError):
        shipping.ship(order=order, label=LABEL, at=NOW)
    order.refresh_from_db()
    assert (line(order).shipped_quantity, order.fulfilment_status, level(teapot)) == (1, "PARTLY_SHIPPED", (0, 0, 2, 5))

    receive(teapot, 2)
    shipping.ship(order=order, label=LABEL, at=NOW)
    order.refresh_from_db()
    assert (line(order).shipped_quantity, order.fulfilment_status, level(teapot)) == (3, "SHIPPED", (0, 0, 0, 5))
    assert books.findings() == []


def test_a_parcel_that_is_taken_back_is_held_like_any_other():
    teapot = late()
    order = bought(teapot, 2)
    receive(teapot, 2)
    parcel = shipping.ship(order=order, label=LABEL, at=NOW)

    shipping.undo(shipment=parcel, actor=None, at=NOW)

    assert level(teapot) == (2, 2, 0, 5)
    assert (line(order).waiting_quantity, line(order).ready_quantity) == (0, 2)
    assert Allocation.objects.get(line__order=order).quantity == 2
    assert books.findings() == []


def test_a_cancelled_order_leaves_the_queue_and_what_it_held_goes_to_the_next():
    teapot = late(there=1)
    first = make.order(make.cart(teapot, quantity=3))
    second = bought(teapot, 2)

    cancelling.cancel_unpaid(purchase_id=first.purchase_id, reason=Order.CancelReason.BUYER, at=NOW)

    assert queue() == [
        (first.number, 2, "given up"),
        (second.number, 1, "waits"),
        (second.number, 1, "filled"),
    ]
    assert level(teapot) == (1, 1, 1, 5)
    assert (line(first).waiting_quantity, line(second).ready_quantity) == (0, 1)
    assert books.findings() == []


def test_units_that_are_cancelled_are_first_those_that_are_not_there():
    teapot = late(there=2)
    order = bought(teapot, 4)

    lifecycle.cancel_units(order=order, units={line(order).pk: 3}, actor=None, at=NOW, is_told=True)

    assert queue() == [(order.number, 2, "given up")]
    assert level(teapot) == (2, 1, 0, 5)
    assert (line(order).waiting_quantity, line(order).ready_quantity) == (0, 1)


def test_a_part_of_what_is_waited_for_can_be_given_up():
    teapot = late()
    order = bought(teapot, 3)

    lifecycle.cancel_units(order=order, units={line(order).pk: 1}, actor=None, at=NOW, is_told=True)

    assert queue() == [(order.number, 2, "waits"), (order.number, 1, "given up")]
    assert level(teapot) == (0, 0, 2, 5)
    assert line(order).waiting_quantity == 2


def test_what_was_not_paid_in_time_leaves_the_queue_and_a_late_payment_waits_again():
    teapot = late(there=1)
    order = make.order(make.cart(teapot, quantity=3))
    lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    assert (queue(), level(teapot)) == ([(order.number, 2, "given up")], (1, 0, 0, 5))

    outcome = lifecycle.receive_payment(purchase_id=order.purchase_id, at=order.pay_by)

    assert outcome == lifecycle.Outcome.ACCEPTED
    assert queue() == [(order.number, 2, "given up"), (order.number, 2, "waits")]
    assert (level(teapot), line(order).waiting_quantity) == ((1, 1, 2, 5), 2)


def test_a_late_payment_takes_what_has_come_meanwhile():
    teapot = late()
    order = make.order(make.cart(teapot, quantity=3))
    lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    receive(teapot, 2)

    lifecycle.receive_payment(purchase_id=order.purchase_id, at=order.pay_by)

    assert level(teapot) == (2, 2, 1, 5)
    assert line(order).waiting_quantity == 1


def test_goods_that_come_back_go_to_who_waits():
    teapot = late()
    order = bought(teapot)

    returned = stock.Returned(teapot.pk, 1, "case-1")
    stock.take_back(returned=[returned], merchant=default_merchant(), actor=None, reason="Return")

    assert (level(teapot), line(order).ready_quantity) == ((1, 1, 0, 5), 1)


def test_goods_moved_to_a_place_that_ships_go_to_who_waits():
    teapot = late()
    order = bought(teapot)
    attic = StockLocation.objects.create(merchant=default_merchant(), name="Attic", is_active=False)
    stock.open_levels(quantities={teapot.pk: 2}, location=attic, reason="test")
    main = StockLocation.objects.get(name="Main")

    move = transfers.Transfer(variant=teapot, source=attic, target=main, units=2, key="1", reason="test")
    transfers.move(transfer=move, actor=None)

    assert units_at(teapot) == {"Main": (2, 1, 0), "Attic": (0, 0, 0)}
    assert line(order).ready_quantity == 1
    assert books.findings() == []


def units_at(of: Variant) -> dict[str, tuple[int, int, int]]:
    rows = StockLevel.objects.filter(variant=of).order_by("pk").select_related("location")
    return {row.location.name: (row.on_hand, row.allocated, row.backordered) for row in rows}


def test_a_lower_limit_lets_who_waits_wait_and_nobody_else():
    teapot = late()
    bought(teapot, 4)
    Variant.objects.filter(pk=teapot.pk).update(backorder_limit=2)

    waiting.set_ceilings(variant_ids=[teapot.pk])
    assert level(teapot) == (0, 0, 4, 4)

    receive(teapot, 3)
    assert level(teapot) == (3, 3, 1, 2)


def test_the_day_follows_from_the_deliveries_and_who_waits_before():
    teapot = late(limit=9)
    expect(teapot, 2, DAY)
    expect(teapot, 3, DAY + timedelta(days=7))
    expect(teapot, 9, NOW.date() - timedelta(days=1))  # should have come

    orders = [bought(teapot, 2), bought(teapot, 3), bought(teapot, 1)]

    days = [Backorder.objects.get(line__order=order).promised_on for order in orders]
    assert days == [DAY, DAY + timedelta(days=7), None]


def test_an_order_is_to_leave_when_its_goods_have_come(settings):
    settings.SHIP_WITHIN_HOURS = 48
    teapot = late()
    expect(teapot, 2)

    late_one = bought(teapot)

    begins = datetime(2026, 12, 3, tzinfo=timezone.get_default_timezone())
    assert late_one.ship_by == begins + timedelta(hours=48)
    assert bought(late(there=1)).ship_by == NOW + timedelta(hours=48)
