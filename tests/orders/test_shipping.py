"""Parcels: whole, in parts, never twice, never more than was bought."""

import pytest
from django.db import transaction

from cart import services as carts
from catalog.models import StockLevel, StockMovement
from catalog.services import stock
from notifications.models import Message
from orders.models import OrderLine, Shipment
from orders.services import lifecycle, shipping
from tests import books, make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LABEL = shipping.Label("SF", "SF1234567890")


def test_a_whole_order_leaves_with_an_entry_a_mail_and_its_units(now):
    order, (teapot, cup) = _paid(2, 3)
    worker = make.user()

    shipment = shipping.ship(order=order, label=LABEL, at=now, actor=worker)

    order.refresh_from_db()
    assert (order.status, order.fulfilment_status, order.shipped_at) == ("OPEN", "SHIPPED", now)
    assert (shipment.carrier, shipment.tracking_number, shipment.shipped_by) == ("SF", "SF1234567890", worker)
    assert _content(shipment) == [(teapot.pk, 2), (cup.pk, 3)]
    event = order.events.order_by("pk").last()
    assert (event.kind, event.actor, event.is_public) == ("SHIPPED", worker, True)
    assert event.details == {"carrier": "SF", "tracking_number": "SF1234567890"}
    assert _levels() == [(8, 0), (7, 0)]
    assert set(StockMovement.objects.filter(kind="SHIPPED").values_list("actor", flat=True)) == {worker.pk}
    assert books.findings() == []


def test_the_mail_of_a_parcel_says_what_is_in_it(now):
    order, (teapot, _cup) = _paid(2, 3)

    shipment = shipping.ship(order=order, label=LABEL, at=now, quantities={teapot.pk: 1})

    mail = Message.objects.get(kind="order_shipped")
    assert (mail.key, mail.recipient, mail.language) == (f"order_shipped:{shipment.pk}", order.email, "en")
    assert [(line["title"], line["quantity"]) for line in mail.context["lines"]] == [(teapot.title, 1)]
    assert (mail.context["carrier"], mail.context["tracking_number"]) == ("SF Express", "SF1234567890")


def test_an_order_in_three_parcels_is_shipped_with_the_last(now):
    order, (teapot, cup) = _paid(2, 3)
    states = []

    for quantities in ({teapot.pk: 1}, {cup.pk: 3}, None):
        shipping.ship(order=order, label=LABEL, at=now, quantities=quantities)
        order.refresh_from_db()
        states.append((order.fulfilment_status, order.shipped_at))

    assert states == [("PARTLY_SHIPPED", None), ("PARTLY_SHIPPED", None), ("SHIPPED", now)]
    assert [_content(each) for each in Shipment.objects.order_by("pk")] == [
        [(teapot.pk, 1)],
        [(cup.pk, 3)],
        [(teapot.pk, 1)],
    ]
    assert _levels() == [(8, 0), (7, 0)]
    assert len(books.mails("order_shipped")) == 3
    assert books.findings() == []


def test_goods_of_two_locations_leave_from_both(now):
    variant = make.only_variant(make.product(stock=2))
    elsewhere = variant.product.merchant.stock_locations.create(name="Elsewhere", priority=9)
    stock.open_levels(quantities={variant.pk: 3}, location=elsewhere, reason="test")
    order = make.paid_order(make.cart(variant, quantity=4))
    line = order.lines.get()

    for quantity in (3, 1):
        shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: quantity})

    assert sum(on_hand for on_hand, _ in _levels()) == 1
    assert [allocated for _, allocated in _levels()] == [0, 0]
    assert books.findings() == []


def test_goods_that_are_not_counted_leave_without_stock(now):
    order = make.paid_order(make.cart(make.only_variant(make.product(stock=None))))

    shipping.ship(order=order, label=LABEL, at=now)

    order.refresh_from_db()
    assert order.fulfilment_status == "SHIPPED"
    assert StockMovement.objects.filter(kind="SHIPPED").count() == 0
    assert books.findings() == []


@pytest.mark.parametrize("state", ["unpaid", "under review", "expired", "shipped"])
def test_what_may_not_leave_stays_and_nothing_changes(state, now):
    order = make.paid_order() if state == "shipped" else make.order()
    if state == "shipped":
        shipping.ship(order=order, label=LABEL, at=now)
    if state == "under review":
        lifecycle.hold_for_review(purchase_id=order.purchase_id, details={}, at=now)
    if state == "expired":
        lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)
    before = books.copy()

    with pytest.raises(shipping.CannotShipError):
        shipping.ship(order=order, label=LABEL, at=now)

    assert books.copy() == before


@pytest.mark.parametrize(
    "quantities",
    [
        lambda line, _other: {line.pk: 3},
        lambda line, _other: {line.pk: -1},
        lambda line, _other: {line.pk: 0},
        lambda _line, _other: {},
        lambda _line, other: {other.pk: 1},
        lambda line, other: {line.pk: 1, other.pk: 1},
        lambda _line, _other: {10**12: 1},
    ],
    ids=["too many", "less than nothing", "none", "no line", "another order's", "one more of another", "no such line"],
)
def test_a_parcel_with_wrong_units_stays_and_nothing_changes(quantities, now):
    order, (line,) = _paid(2)
    _other_order, (other,) = _paid(2)
    before = books.copy()

    with pytest.raises(shipping.WrongQuantityError):
        shipping.ship(order=order, label=LABEL, at=now, quantities=quantities(line, other))

    assert books.copy() == before


def test_what_has_left_cannot_leave_again_with_the_rest(now):
    order, (line,) = _paid(3)
    shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: 2})
    before = books.copy()

    with pytest.raises(shipping.WrongQuantityError):
        shipping.ship(order=order, label=LABEL, at=now, quantities={line.pk: 2})

    assert books.copy() == before


def test_a_parcel_that_is_rolled_back_has_no_mail(now):
    order, _lines = _paid(2)
    before = books.copy()

    with pytest.raises(_FellOverError):
        _ship_and_fall_over(order, now)

    assert books.copy() == before


class _FellOverError(Exception):
    """Something broke after the parcel, before the commit."""


@transaction.atomic
def _ship_and_fall_over(order, at):
    shipping.ship(order=order, label=LABEL, at=at)
    assert Message.objects.filter(kind="order_shipped").count() == 1
    raise _FellOverError


def _paid(*quantities):
    """Return a paid order of so many units of a product each, and its lines."""
    cart = make.cart()
    for quantity in quantities:
        variant = make.only_variant(make.product(stock=10))
        carts.add(cart=cart, variant=variant, quantity=quantity, at=NOW)
    order = make.paid_order(cart)
    return order, list(OrderLine.objects.filter(order=order).order_by("pk"))


def _content(shipment):
    return list(shipment.lines.order_by("line").values_list("line", "quantity"))


def _levels():
    return list(StockLevel.objects.order_by("pk").values_list("on_hand", "allocated"))
