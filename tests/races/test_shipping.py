"""A parcel leaves once, however often the button is pressed."""

from functools import partial

from django.db import IntegrityError
from django.utils import timezone

from catalog.models import StockLevel
from orders.models import Order, Shipment
from orders.services import shipping
from tests import books, make
from tests.crowd import ROW_LOCK, Crossing, at_once, caught

AFTER_THE_LINES = 'FROM "orders_orderline" WHERE'
REFUSALS = (shipping.CannotShipError, shipping.WrongQuantityError)


def test_ship_pressed_five_times_at_once_is_one_parcel():
    order = _paid(quantity=2)

    results = at_once(*[caught(partial(_ship, order), *REFUSALS)] * 5)

    assert len([each for each in results if isinstance(each, Shipment)]) == 1
    assert len([each for each in results if isinstance(each, shipping.CannotShipError)]) == 4
    assert Shipment.objects.count() == 1
    assert _levels() == [(8, 0)]
    assert list(order.events.order_by("pk").values_list("kind", flat=True)) == ["PLACED", "PAID", "SHIPPED"]
    assert books.mails("order_shipped") == [f"order_shipped:{Shipment.objects.get().pk}"]
    assert books.findings() == []


def test_two_parcels_at_once_never_hold_more_than_was_bought():
    order = _paid(quantity=3)
    line = order.lines.get()
    ship = caught(partial(_ship, order, quantities={line.pk: 2}), *REFUSALS)

    results = at_once(ship, ship, crossing=Crossing(AFTER_THE_LINES, are_kept_apart=True))

    assert sorted(type(each).__name__ for each in results) == ["Shipment", "WrongQuantityError"]
    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.shipped_quantity, order.fulfilment_status) == (2, "PARTLY_SHIPPED")
    assert _levels() == [(8, 1)]
    assert books.findings() == []


def test_two_parcels_at_once_that_fit_together_both_leave():
    order = _paid(quantity=3)
    line = order.lines.get()
    acts = [partial(_ship, order, quantities={line.pk: quantity}) for quantity in (1, 2)]

    at_once(*acts, crossing=Crossing(AFTER_THE_LINES, are_kept_apart=True))

    order.refresh_from_db()
    assert (order.fulfilment_status, Shipment.objects.count()) == ("SHIPPED", 2)
    assert _levels() == [(7, 0)]
    assert books.findings() == []


def test_control_without_the_lock_one_order_leaves_twice():
    variant = make.only_variant(make.product(stock=10))
    order = _paid(quantity=2, variant=variant)
    _paid(quantity=2, variant=variant)  # whose goods are sent away as well
    crossing = Crossing(AFTER_THE_LINES, without=[ROW_LOCK])

    results = at_once(*[caught(partial(_ship, order), *REFUSALS, IntegrityError)] * 2, crossing=crossing)

    assert [type(each) for each in results] == [Shipment, Shipment]
    assert "what lines call shipped is in parcels" in [statement for statement, _rows in books.findings()]


def _paid(*, quantity, variant=None):
    bought = variant or make.only_variant(make.product(stock=10))
    return make.paid_order(make.cart(bought, quantity=quantity), at=timezone.now())


def _ship(order, quantities=None):
    found = Order.objects.get(pk=order.pk)
    label = shipping.Label("SF", "SF100")
    return shipping.ship(order=found, label=label, quantities=quantities, at=timezone.now())


def _levels():
    return list(StockLevel.objects.values_list("on_hand", "allocated"))
