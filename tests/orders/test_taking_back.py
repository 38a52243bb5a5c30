"""A parcel that has not left after all: its units are held again, the order is where it was, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from catalog.models import StockLevel, StockMovement
from catalog.services import stock
from notifications.models import Message
from orders.models import Order, OrderEvent, Shipment, ShipmentEvent
from orders.providers.carriers import Told, TrackingEvent
from orders.services import lifecycle, receiving, shipping, tracking
from orders.services.shipping import Hindrance
from tests import books, make

pytestmark = pytest.mark.django_db
LABEL = shipping.Label("SF", "SF1234567890123")
TEN_MINUTES, SECOND = timedelta(minutes=10), timedelta(seconds=1)


def test_a_parcel_taken_back_is_as_if_it_had_never_left_but_for_the_books(now):
    order, worker = _paid(3), make.user()
    held = _held(order)
    parcel = shipping.ship(order=order, label=LABEL, at=now)

    shipping.undo(shipment=parcel, actor=worker, at=now + TEN_MINUTES)

    order.refresh_from_db()
    parcel.refresh_from_db()
    assert (order.status, order.fulfilment_status, order.shipped_at, order.receive_by) == ("OPEN", "NONE", None, None)
    assert (parcel.undone_by, parcel.undone_at) == (worker, now + TEN_MINUTES)
    assert order.lines.get().shipped_quantity == 0
    assert (_levels(), _held(order)) == ([(10, 3)], held)
    assert list(StockMovement.objects.order_by("pk").values_list("kind", "on_hand_change", "allocated_change"))[
        -2:
    ] == [
        ("SHIPPED", -3, -3),
        ("UNSHIPPED", 3, 3),
    ]
    event = order.events.order_by("pk").last()
    assert (event.kind, event.actor, event.is_public) == ("UNSHIPPED", worker, True)
    assert event.details == {"carrier": "SF", "tracking_number": "SF1234567890123"}
    assert books.findings() == []


def test_the_buyer_is_told_once_that_the_parcel_has_not_left(now):
    order = _paid(2)
    parcel = shipping.ship(order=order, label=LABEL, at=now)

    shipping.undo(shipment=parcel, actor=None, at=now)

    assert books.mails("order_shipped") == [f"order_shipped:{parcel.pk}"]
    mail = Message.objects.get(kind="order_unshipped")
    assert (mail.key, mail.recipient) == (f"order_unshipped:{parcel.pk}", order.email)
    assert (mail.context["tracking_number"], mail.context["lines"][0]["quantity"]) == ("SF1234567890123", 2)


def test_the_last_of_two_parcels_taken_back_leaves_the_order_partly_shipped(now):
    order = _paid(3)
    line = order.lines.get()
    first = shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: 1})
    last = shipping.ship(order=order, label=LABEL, at=now)
    receiving.extend(order=order, at=now)

    states = []
    for parcel in (last, first):
        shipping.undo(shipment=parcel, actor=None, at=now)
        order.refresh_from_db()
        states.append((order.fulfilment_status, order.receive_by, order.is_receipt_extended, _levels()))

    assert states == [("PARTLY_SHIPPED", None, False, [(9, 2)]), ("NONE", None, False, [(10, 3)])]
    assert books.findings() == []


def test_what_was_taken_back_leaves_again_under_the_same_number(now):
    order = _paid(3)

    for _ in range(3):
        parcel = shipping.ship(order=order, label=LABEL, at=now)
        shipping.undo(shipment=parcel, actor=None, at=now)
    shipping.ship(order=order, label=LABEL, at=now)

    order.refresh_from_db()
    assert (order.fulfilment_status, order.shipped_at, _levels()) == ("SHIPPED", now, [(7, 0)])
    assert [each.undone_at is None for each in Shipment.objects.order_by("pk")] == [False, False, False, True]
    assert books.findings() == []


def test_units_cancelled_around_a_parcel_that_is_taken_back_are_released_once_each(now):
    order = _paid(3)
    line = order.lines.get()
    parcel = shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: 1})
    _cancel(order, {line.pk: 2}, now)
    shipping.undo(shipment=parcel, actor=None, at=now)

    _cancel(order, {line.pk: 1}, now)

    line.refresh_from_db()
    assert (line.shipped_quantity, line.cancelled_quantity, _levels()) == (0, 3, [(10, 0)])


def test_goods_of_two_places_go_back_to_where_they_came_from(now):
    variant = make.only_variant(make.product(stock=2))
    elsewhere = variant.product.merchant.stock_locations.create(name="Elsewhere", priority=9)
    stock.open_levels(quantities={variant.pk: 3}, location=elsewhere, reason="test")
    order = make.paid_order(make.cart(variant, quantity=4))
    before = (_levels(), _held(order))
    line = order.lines.get()
    parcels = [shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: units}) for units in (3, 1)]

    for parcel in parcels:
        shipping.undo(shipment=parcel, actor=None, at=now)

    assert (_levels(), _held(order)) == before
    assert books.findings() == []


def test_goods_that_are_not_counted_come_back_without_stock(now):
    order = make.paid_order(make.cart(make.only_variant(make.product(stock=None))))
    parcel = shipping.ship(order=order, label=LABEL, at=now)

    shipping.undo(shipment=parcel, actor=None, at=now)

    order.refresh_from_db()
    assert (order.fulfilment_status, StockMovement.objects.filter(kind="UNSHIPPED").count()) == ("NONE", 0)
    assert books.findings() == []


@pytest.mark.parametrize(
    ("hindrance", "later"),
    [
        (Hindrance.TIME, TEN_MINUTES + SECOND),
        (Hindrance.UNDONE, SECOND),
        (Hindrance.OVER, SECOND),
        (Hindrance.CARRIER, SECOND),
        (Hindrance.CASE, SECOND),
    ],
)
def test_what_cannot_be_taken_back_stays_and_nothing_changes(hindrance, later, now):
    order = _paid(2, user=make.user())
    parcel = shipping.ship(order=order, label=LABEL, at=now)
    _hinder(order, parcel, hindrance, now)
    before = books.copy()

    with pytest.raises(shipping.CannotUndoError) as refused:
        shipping.undo(shipment=parcel, actor=None, at=now + later)

    assert refused.value.hindrance == hindrance
    assert books.copy() == before


def test_the_parcel_of_an_exchange_stays(now):
    order = _paid(2)
    shipping.ship(order=order, label=LABEL, at=now)
    order.refresh_from_db()
    case = make.case(order, kind="EXCHANGE", at=now)
    parcel = shipping.send_replacement(case=case, label=LABEL, actor=None, at=now)
    before = books.copy()

    with pytest.raises(shipping.CannotUndoError) as refused:
        shipping.undo(shipment=parcel, actor=None, at=now)

    assert refused.value.hindrance == Hindrance.REPLACEMENT
    assert books.copy() == before


def test_a_request_to_cancel_the_rest_hinders_nothing(now):
    order = _paid(3, user=make.user())
    line = order.lines.get()
    parcel = shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: 1})
    order.refresh_from_db()
    make.case(order, kind="CANCELLATION", quantity=2, at=now)

    shipping.undo(shipment=parcel, actor=None, at=now)

    order.refresh_from_db()
    assert (order.fulfilment_status, _levels()) == ("NONE", [(10, 3)])


@pytest.mark.parametrize("change", [{"carrier": "DHL"}, {"tracking_number": "X"}, {"undone_at": None}])
def test_the_database_keeps_a_parcel_as_it_was(change, now):
    parcel = shipping.ship(order=_paid(1), label=LABEL, at=now)
    shipping.undo(shipment=parcel, actor=None, at=now)

    with pytest.raises(DatabaseError), transaction.atomic():
        Shipment.objects.filter(pk=parcel.pk).update(**change)


@pytest.mark.parametrize("before", ["DELIVERED", "RECEIVED"])
@pytest.mark.parametrize("after", ["SHIPPED", "PARTLY_SHIPPED", "NONE"])
def test_no_way_leads_back_from_what_has_arrived(before, after, now):
    order = _paid(1)
    Order.objects.filter(pk=order.pk).update(fulfilment_status="SHIPPED")
    Order.objects.filter(pk=order.pk).update(fulfilment_status=before)

    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(fulfilment_status=after)


def test_the_buyer_no_longer_sees_a_parcel_that_was_taken_back(client):
    order = _paid(1, user=make.user())
    client.force_login(order.user)
    parcel = shipping.ship(order=order, label=LABEL, at=timezone.now())
    shown = client.get(order.get_absolute_url())
    shipping.undo(shipment=parcel, actor=None, at=timezone.now())

    page = client.get(order.get_absolute_url())

    assert [each.pk for each in shown.context["parcels"]] == [parcel.pk]
    assert page.context["parcels"] == []
    assert "A parcel has not left after all" in page.text
    assert 'id="tracking"' not in page.text


def test_a_member_takes_a_parcel_back_after_being_asked(client):
    order, member = _paid(2), make.member()
    client.force_login(member)
    parcel = shipping.ship(order=order, label=LABEL, at=timezone.now())
    page = reverse("merchant:orders_order_undo", args=[order.pk, parcel.pk])
    before = books.copy()

    asked = client.get(page)
    unchanged = books.copy() == before
    answer = client.post(page)
    again = client.post(page, follow=True)

    parcel.refresh_from_db()
    assert (asked.status_code, unchanged) == (200, True)
    assert (answer.status_code, answer.url) == (303, reverse("merchant:orders_order_change", args=[order.pk]))
    assert parcel.undone_by == member
    assert "This parcel was taken back before." in again.text
    assert OrderEvent.objects.filter(kind="UNSHIPPED").count() == 1


@pytest.mark.parametrize("page", ["undo", "track"])
def test_another_merchants_parcel_is_not_there(client, page):
    own, other = _paid(1), make.merchant()
    make.delivery(other)
    variant = make.only_variant(make.product(merchant=other))
    foreign = make.paid_order(make.cart(variant), at=timezone.now())
    parcel = shipping.ship(order=foreign, label=LABEL, at=timezone.now())
    client.force_login(make.member())
    before = books.copy()

    answers = [
        client.post(reverse(f"merchant:orders_order_{page}", args=[order.pk, parcel.pk])) for order in (foreign, own)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert books.copy() == before


def _hinder(order, parcel, hindrance, now):
    order.refresh_from_db()
    if hindrance == Hindrance.UNDONE:
        shipping.undo(shipment=parcel, actor=None, at=now)
    if hindrance == Hindrance.OVER:
        receiving.confirm(order=order, at=now)
    if hindrance == Hindrance.CARRIER:
        tracking.follow(shipment=parcel, tracker=Told([TrackingEvent(ShipmentEvent.Kind.ACCEPTED, now)]), at=now)
    if hindrance == Hindrance.CASE:
        make.case(order, kind="REFUND_ONLY", at=now)


def _cancel(order, units, now):
    with transaction.atomic():
        (locked,) = lifecycle.lock(order.purchase_id)
        lifecycle.cancel_units(order=locked, units=units, actor=None, at=now, is_told=True)


def _paid(quantity, **fields):
    return make.paid_order(make.cart(make.only_variant(make.product(stock=10)), quantity=quantity), **fields)


def _levels():
    return list(StockLevel.objects.order_by("pk").values_list("on_hand", "allocated"))


def _held(order):
    return [(each.level_id, each.quantity) for line in order.lines.all() for each in line.allocations.order_by("pk")]
