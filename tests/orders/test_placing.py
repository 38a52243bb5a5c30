"""Placing an order: one purchase of what was shown, an order for each merchant, goods held, nothing remote."""

import uuid
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone

from accounts.selectors import default_merchant
from cart import services as carts
from catalog.models import Product, StockLevel
from catalog.selectors.stock import Supply
from catalog.services import prices, stock
from core import numbers
from orders import events
from orders.models import Checkout, Order, OrderEvent, OrderLine, Purchase
from orders.selectors import quoting
from orders.services import placing
from tests import books, make

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
    seen = Supply(there=9)  # a moment ago
    monkeypatch.setattr("cart.selectors.stock.supplies", lambda *, variant_ids, **_: dict.fromkeys(variant_ids, seen))

    with pytest.raises(stock.OutOfStockError) as caught:
        placing.place(agreement=agreement, at=now)

    assert [(each.variant_id, each.available) for each in caught.value.shortages] == [(scarce.pk, 0)]
    assert Purchase.objects.count() == 0
    assert checkout.cart.lines.count() == 2
    assert StockLevel.objects.get(variant=plenty).allocated == 0


def test_a_purchase_waits_for_its_payment_as_long_as_the_shop_says(now, settings):
    settings.PAYMENT_WINDOW_SECONDS = 90

    order = make.order()

    assert (order.placed_at, order.pay_by) == (now, now + timedelta(seconds=90))
    assert (order.purchase.placed_at, order.purchase.pay_by) == (order.placed_at, order.pay_by)


def test_each_merchant_gets_an_order_and_the_purchase_is_their_sum():
    other = make.merchant()
    make.delivery()
    make.delivery(other, price=Decimal(5))
    cart = make.cart(
        make.only_variant(make.product(price="30.00")),
        make.only_variant(make.product(price="0.35", merchant=other)),
        make.only_variant(make.product(price="60.00")),
    )

    purchase = make.purchase(cart, at=timezone.now())

    orders = list(purchase.orders.order_by("pk"))
    assert [(each.items_total, each.delivery_total, each.total) for each in orders] == [
        (Decimal("90.00"), Decimal(0), Decimal("90.00")),
        (Decimal("0.35"), Decimal("5.00"), Decimal("5.35")),
    ]
    assert [each.merchant for each in orders] == [default_merchant(), other]
    assert purchase.total == Decimal("95.35")
    assert [each.lines.count() for each in orders] == [2, 1]
    assert len({each.number for each in orders}) == 2
    assert books.findings() == []


def test_nothing_is_placed_of_any_merchant_when_one_is_short(now):
    other = make.merchant()
    make.delivery(other)
    variant = make.only_variant(make.product(stock=1, merchant=other))
    make.delivery()
    checkout = make.checkout(make.cart(make.only_variant(make.product()), variant))
    agreement = make.agreement(checkout)
    make.order(make.cart(variant))
    before = books.copy()

    with pytest.raises(placing.QuoteChangedError):
        placing.place(agreement=agreement, at=now)

    assert books.copy() == before


def test_an_order_keeps_its_copies_when_checkout_product_and_price_change():
    variant = make.only_variant(make.product("Teapot", price="30.00"))
    cart = make.cart(variant)
    order = make.order(cart)
    Checkout.objects.update(street="1 Other Road", email="other@example.com")
    Product.objects.update(title="Renamed", status=Product.Status.ARCHIVED)
    prices.set_base(variant=variant, amount=Decimal("99.00"), currency="CNY")

    order.refresh_from_db()

    line = order.lines.get()
    assert {name: getattr(order, name) for name in make.ADDRESS} == make.ADDRESS
    assert (order.email, line.title, line.unit_price) == ("li.na@example.com", "Teapot", Decimal("30.00"))


def test_only_what_is_ticked_is_bought_and_the_rest_stays_in_the_cart():
    bought, kept = make.only_variant(make.product()), make.only_variant(make.product())
    cart = make.cart(bought, kept)
    carts.tick(cart=cart, line_id=cart.lines.get(variant=kept).pk, is_selected=False)

    order = make.order(cart)

    assert [line.variant for line in order.lines.all()] == [bought]
    assert [line.variant for line in cart.lines.all()] == [kept]


def test_a_cart_that_was_placed_can_be_filled_and_placed_again(now):
    variant = make.only_variant(make.product())
    cart = make.cart(variant)
    make.purchase(cart)
    carts.add(cart=cart, variant=variant, quantity=2, at=now)

    make.purchase(cart)

    assert list(OrderLine.objects.order_by("pk").values_list("quantity", flat=True)) == [1, 2]
    assert len(set(Purchase.objects.values_list("checkout_token", flat=True))) == 2


def test_goods_that_are_not_counted_are_placed_without_holding_any():
    order = make.order(make.cart(make.only_variant(make.product(stock=None)), quantity=5), at=timezone.now())

    assert order.lines.get().quantity == 5
    assert StockLevel.objects.count() == 0
    assert books.findings() == []


def test_an_order_that_costs_nothing_is_paid_at_once_with_one_mail(now):
    make.delivery(price=Decimal(0))

    order = make.order(make.cart(make.only_variant(make.product(price="0.00"))))

    assert (order.status, order.payment_status, order.paid_total, order.paid_at) == ("OPEN", "PAID", Decimal(0), now)
    assert books.mails() == [f"order_confirmed:{order.number}"]
    assert books.findings() == []


def test_an_unpaid_order_has_an_entry_and_no_mail():
    order = make.order()

    assert list(OrderEvent.objects.values_list("order", "kind", "is_public")) == [(order.pk, "PLACED", True)]
    assert books.mails() == []


def test_the_event_of_an_order_is_told_after_the_commit_with_its_id(django_capture_on_commit_callbacks):
    heard = []

    def listen(*, order_id, **_):
        heard.append(order_id)

    events.order_placed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            order = make.order()
            assert heard == []
    finally:
        events.order_placed.disconnect(listen)

    assert heard == [order.pk]


@pytest.mark.parametrize("lack", ["empty", "address", "delivery"])
def test_what_is_incomplete_is_not_placed(lack, now):
    checkout = make.checkout()
    agreement = make.agreement(checkout)
    if lack == "empty":
        checkout.cart.lines.all().delete()
    if lack == "address":
        Checkout.objects.update(street="")
    if lack == "delivery":
        Checkout.objects.update(delivery_code="")
    before = books.copy()

    with pytest.raises(placing.IncompleteError):
        placing.place(agreement=agreement, at=now)

    assert books.copy() == before


def test_a_checkout_that_does_not_exist_is_not_placed(now):
    agreement = make.agreement(make.checkout(), checkout_token=uuid.UUID(int=7))
    before = books.copy()

    with pytest.raises(placing.UnknownCheckoutError):
        placing.place(agreement=agreement, at=now)

    assert books.copy() == before


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_a_member_s_checkout_is_placed_by_nobody_else(is_signed_in, now):
    checkout = make.checkout(make.cart(make.only_variant(make.product()), user=make.user()))
    agreement = make.agreement(checkout, user=make.user() if is_signed_in else None)
    before = books.copy()

    with pytest.raises(placing.UnknownCheckoutError):
        placing.place(agreement=agreement, at=now)

    assert books.copy() == before
    assert checkout.cart.lines.count() == 1


def test_the_sum_is_that_of_lines_rounded_one_by_one():
    order = make.order(make.cart(make.only_variant(make.product(price="0.35")), quantity=3))

    assert (order.items_total, order.total) == (Decimal("1.05"), Decimal("9.05"))


def test_numbers_are_valid_and_do_not_follow_each_other():
    found = [int(make.order().number) for _ in range(5)]

    assert all(numbers.is_valid(str(number)) for number in found)
    assert len(set(found)) == 5
    assert all(abs(after - before) > 10 for before, after in pairwise(found))


def test_the_digest_covers_what_is_agreed_to_and_nothing_else(now):
    checkout = make.checkout()
    digest = quoting.quote(checkout=checkout, at=now).digest

    for name in ("email", *make.ADDRESS):
        changed = make.checkout(checkout.cart)
        setattr(changed, name, f"{getattr(changed, name)}x")
        assert quoting.quote(checkout=changed, at=now).digest != digest
    checkout.note = "Ring twice"
    checkout.payment_provider = "another"

    assert quoting.quote(checkout=checkout, at=now).digest == digest
