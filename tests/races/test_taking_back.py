"""A parcel is taken back once, and never from a buyer who has it."""

from functools import partial

from django.db import IntegrityError
from django.utils import timezone

from catalog.models import StockLevel
from orders.models import Order, Shipment
from orders.services import receiving, shipping
from tests import books, make
from tests.crowd import ROW_LOCK, Crossing, at_once, caught

AFTER_THE_PARCEL = 'FROM "orders_shipment" WHERE'
AFTER_THE_ORDER = 'FROM "orders_order" WHERE'
REFUSALS = (shipping.CannotUndoError, receiving.CannotReceiveError)


def test_a_parcel_taken_back_five_times_at_once_is_taken_back_once():
    parcel = _sent(3)

    results = at_once(*[caught(partial(_undo, parcel), *REFUSALS)] * 5)

    assert [type(each).__name__ for each in results].count("CannotUndoError") == 4
    assert _levels() == [(10, 3)]
    assert books.mails("order_unshipped") == [f"order_unshipped:{parcel.pk}"]
    assert list(parcel.order.events.order_by("pk").values_list("kind", flat=True))[-2:] == ["SHIPPED", "UNSHIPPED"]
    assert books.findings() == []


def test_control_without_the_lock_a_parcel_comes_back_twice_as_far_as_the_books_let_it():
    parcel = _sent(3)
    crossing = Crossing(AFTER_THE_PARCEL, without=[ROW_LOCK])

    results = at_once(*[caught(partial(_undo, parcel), *REFUSALS, Exception)] * 2, crossing=crossing)

    names = sorted(type(each).__name__ for each in results)
    assert "CannotUndoError" not in names  # both were let through: only the database has stopped the second
    assert names != ["NoneType", "NoneType"]


def test_a_parcel_taken_back_while_its_receipt_is_confirmed_is_one_of_the_two():
    for _ in range(5):
        parcel = _sent(1)
        undo, confirm = (caught(partial(act, parcel), *REFUSALS) for act in (_undo, _confirm))

        results = at_once(undo, confirm, crossing=Crossing(AFTER_THE_ORDER, are_kept_apart=True))

        order = Order.objects.get(pk=parcel.order_id)
        refused = [type(each).__name__ for each in results if each is not None]
        state = (order.status, order.fulfilment_status, refused)
        assert state in [
            ("OPEN", "NONE", ["CannotReceiveError"]),
            ("COMPLETED", "RECEIVED", ["CannotUndoError"]),
        ]
        assert books.findings() == []


def test_control_without_the_lock_a_parcel_is_taken_from_a_buyer_who_has_it():
    parcel = _sent(1)
    crossing = Crossing(AFTER_THE_ORDER, without=[ROW_LOCK])
    acts = [caught(partial(act, parcel), *REFUSALS, Exception) for act in (_undo, _confirm)]

    results = at_once(*acts, crossing=crossing)

    refusals = [each for each in results if isinstance(each, REFUSALS)]
    assert refusals == []  # nobody was told; the table of states stopped one of them, or the books are wrong
    assert any(isinstance(each, IntegrityError) for each in results) or books.findings() != []


def _sent(quantity):
    variant = make.only_variant(make.product(stock=10))
    order = make.paid_order(make.cart(variant, quantity=quantity), at=timezone.now())
    return shipping.ship(order=order, label=shipping.Label("SF", "SF100"), at=timezone.now())


def _undo(parcel):
    shipping.undo(shipment=Shipment.objects.get(pk=parcel.pk), actor=None, at=timezone.now())


def _confirm(parcel):
    receiving.confirm(order=Order.objects.get(pk=parcel.order_id), at=timezone.now())


def _levels():
    return list(StockLevel.objects.values_list("on_hand", "allocated"))
