"""Placing an order."""

from decimal import Decimal

import pytest

from cart import services as carts
from catalog.models import StockLevel
from catalog.services import stock
from orders.models import Order, Purchase
from orders.services import placing
from tests import make

pytestmark = pytest.mark.django_db


def test_placing_copies_what_was_shown_and_allocates(now):
    variant = make.only_variant(make.product("Teapot", price="30.00", stock=5))

    order = make.order(make.cart(variant, quantity=2))

    line = order.lines.get()
    assert (line.title, line.sku, line.unit_price, line.quantity) == ("Teapot", variant.sku, Decimal("30.00"), 2)
    assert (order.items_total, order.delivery_total, order.total) == (
        Decimal("60.00"),
        Decimal("8.00"),
        Decimal("68.00"),
    )
    assert order.status == Order.Status.AWAITING_PAYMENT
    level = StockLevel.objects.get(variant=variant)
    assert (level.on_hand, level.allocated) == (5, 2)


def test_the_same_press_again_finds_the_same_purchase(now):
    checkout = make.checkout()
    agreement = make.agreement(checkout)

    first = placing.place(agreement=agreement, at=now)
    second = placing.place(agreement=agreement, at=now)

    assert first == second
    assert Purchase.objects.count() == 1


def test_the_same_press_with_other_content_is_refused(now):
    checkout = make.checkout()
    placing.place(agreement=make.agreement(checkout), at=now)

    with pytest.raises(placing.OtherContentError):
        placing.place(agreement=make.agreement(checkout, digest="0" * 64, checkout_token=checkout.token), at=now)

    assert Purchase.objects.count() == 1


def test_a_cart_that_changed_since_it_was_shown_is_not_placed(now):
    variant = make.only_variant(make.product(stock=9))
    checkout = make.checkout(make.cart(variant))
    agreement = make.agreement(checkout)
    carts.add(cart=checkout.cart, variant=variant, quantity=1, at=now)

    with pytest.raises(placing.QuoteChangedError):
        placing.place(agreement=agreement, at=now)

    assert Purchase.objects.count() == 0
    assert StockLevel.objects.get(variant=variant).allocated == 0


def test_nothing_is_placed_when_one_line_is_short(now, monkeypatch):
    plenty, scarce = make.only_variant(make.product(stock=9)), make.only_variant(make.product(stock=1))
    checkout = make.checkout(make.cart(plenty, scarce))
    agreement = make.agreement(checkout)
    StockLevel.objects.filter(variant=scarce).update(allocated=1)
    monkeypatch.setattr("cart.selectors.stock.availability", lambda ids: dict.fromkeys(ids, 9))  # seen a moment ago

    with pytest.raises(stock.OutOfStockError) as caught:
        placing.place(agreement=agreement, at=now)

    assert [(each.variant_id, each.available) for each in caught.value.shortages] == [(scarce.pk, 0)]
    assert Purchase.objects.count() == 0
    assert checkout.cart.lines.count() == 2
    assert StockLevel.objects.get(variant=plenty).allocated == 0
