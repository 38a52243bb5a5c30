"""Putting something into a cart."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cart import services
from cart.models import Cart, CartAdd, CartLine
from catalog.models import Price, Product, Variant
from catalog.services import prices
from orders.services import lifecycle
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_adding_makes_a_ticked_line_with_the_price_seen(now):
    variant = make.only_variant(make.product(price="12.50", stock=9))
    cart = make.cart()

    placed = services.add(cart=cart, variant=variant, quantity=3, at=now)

    line = cart.lines.get()
    assert placed == services.Placed(line, is_capped=False)
    assert (line.variant, line.quantity, line.is_selected, line.price_seen) == (variant, 3, True, Decimal("12.50"))
    cart.refresh_from_db()
    assert (cart.currency, cart.updated_at) == ("CNY", now)


def test_adding_again_adds_up_and_ticks_the_line(now):
    variant = make.only_variant(make.product(stock=9))
    cart = make.cart(variant, quantity=2)
    cart.lines.update(is_selected=False)

    services.add(cart=cart, variant=variant, quantity=3, at=now)

    line = cart.lines.get()
    assert (line.quantity, line.is_selected) == (5, True)


@pytest.mark.parametrize(("stock", "wished", "held"), [(4, 5, 4), (500, 201, 200), (None, 201, 200)])
def test_more_than_there_are_or_a_line_may_hold_is_cut(now, stock, wished, held):
    variant = make.only_variant(make.product(stock=stock))
    cart = make.cart()

    placed = services.add(cart=cart, variant=variant, quantity=wished, at=now)

    assert placed.is_capped
    assert cart.lines.get().quantity == held


def test_exactly_what_there_is_is_not_called_cut(now):
    variant = make.only_variant(make.product(stock=4))
    cart = make.cart(variant, quantity=1)

    placed = services.add(cart=cart, variant=variant, quantity=3, at=now)

    assert not placed.is_capped
    assert cart.lines.get().quantity == 4


def test_units_that_orders_hold_cannot_be_added(now):
    variant = make.only_variant(make.product(stock=5))
    make.order(make.cart(variant, quantity=3))
    cart = make.cart()

    placed = services.add(cart=cart, variant=variant, quantity=5, at=now)

    assert placed.is_capped
    assert cart.lines.get().quantity == 2


def test_the_line_limit_holds_but_known_products_still_grow(now, settings):
    settings.CART_LINE_LIMIT = 2
    known, other, further = (make.only_variant(make.product()) for _ in range(3))
    cart = make.cart(known, other)

    with pytest.raises(services.TooManyLinesError):
        services.add(cart=cart, variant=further, quantity=1, at=now)
    services.add(cart=cart, variant=known, quantity=1, at=now)

    assert dict(cart.lines.values_list("variant", "quantity")) == {known.pk: 2, other.pk: 1}


def test_the_shop_allows_120_lines_of_200_units(settings):
    assert (settings.CART_LINE_LIMIT, settings.CART_QUANTITY_LIMIT) == (120, 200)


def test_a_form_that_is_sent_twice_adds_once(now):
    variant = make.only_variant(make.product())
    cart = make.cart()

    services.add(cart=cart, variant=variant, quantity=2, at=now, form_token="one form")
    repeated = services.add(cart=cart, variant=variant, quantity=2, at=now, form_token="one form")

    assert repeated == services.Placed(cart.lines.get(), is_capped=False)
    assert cart.lines.get().quantity == 2


def test_another_form_or_none_adds_again(now):
    variant = make.only_variant(make.product())
    cart = make.cart()

    for token in ("one form", "another form", "", ""):
        services.add(cart=cart, variant=variant, quantity=1, at=now, form_token=token)

    assert cart.lines.get().quantity == 4


def test_the_form_of_another_cart_is_not_a_repeat(now):
    variant = make.only_variant(make.product())
    cart, other = make.cart(), make.cart()

    for each in (cart, other):
        services.add(cart=each, variant=variant, quantity=1, at=now, form_token="one form")

    assert [each.lines.get().quantity for each in (cart, other)] == [1, 1]


def test_a_form_that_was_refused_may_be_sent_again(now):
    variant = make.only_variant(make.product(stock=1))
    cart = make.cart()
    order = make.order(make.cart(variant))
    with pytest.raises(services.SoldOutError):
        services.add(cart=cart, variant=variant, quantity=1, at=now, form_token="one form")
    lifecycle.expire(purchase_id=order.purchase_id, at=order.pay_by)

    services.add(cart=cart, variant=variant, quantity=1, at=now, form_token="one form")

    assert cart.lines.get().quantity == 1


def test_a_sold_out_product_is_refused(now):
    variant = make.only_variant(make.product(stock=0))
    cart = make.cart()

    with pytest.raises(services.SoldOutError) as caught:
        services.add(cart=cart, variant=variant, quantity=1, at=now, form_token="one form")

    assert caught.value.variant == variant
    assert not cart.lines.exists()
    assert not CartAdd.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"status": Product.Status.DRAFT},
        {"status": Product.Status.ARCHIVED},
        {"publish_at": NOW + timedelta(seconds=1)},
        {"unpublish_at": NOW},
    ],
    ids=["draft", "archived", "not yet", "no longer"],
)
def test_a_product_that_is_not_published_is_not_for_sale(now, change):
    product = make.product()
    Product.objects.filter(pk=product.pk).update(**change)
    cart = make.cart()

    with pytest.raises(services.NotForSaleError):
        services.add(cart=cart, variant=make.only_variant(product), quantity=1, at=now)

    assert not cart.lines.exists()


def test_a_variant_that_is_not_offered_is_not_for_sale(now):
    product = make.product()
    Variant.objects.filter(product=product).update(is_active=False)
    cart = make.cart()

    with pytest.raises(services.NotForSaleError):
        services.add(cart=cart, variant=make.only_variant(product), quantity=1, at=now)

    assert not cart.lines.exists()


def test_a_variant_without_a_price_is_not_for_sale(now):
    variant = make.only_variant(make.product(price=None))
    cart = make.cart()

    with pytest.raises(services.NotForSaleError):
        services.add(cart=cart, variant=variant, quantity=1, at=now)

    assert not cart.lines.exists()


def test_a_refused_wish_makes_no_cart(now):
    variant = make.only_variant(make.product(price=None))

    with pytest.raises(services.NotForSaleError):
        services.add_to_basket(user=None, token=None, variant=variant, quantity=1, at=now)

    assert not Cart.objects.exists()


def test_a_product_in_another_currency_stays_out(now):
    cart = make.cart(make.only_variant(make.product()))
    foreign = make.only_variant(make.product(price=None))
    prices.set_base(variant=foreign, amount=Decimal(7), currency="EUR")

    with pytest.raises(services.OtherCurrencyError):
        services.add(cart=cart, variant=foreign, quantity=1, at=now)

    assert cart.lines.count() == 1
    cart.refresh_from_db()
    assert cart.currency == "CNY"


def test_the_currency_counts_that_the_cart_has_by_then(now):
    stale = make.cart()
    services.add(cart=stale, variant=make.only_variant(make.product()), quantity=1, at=now)
    foreign = make.only_variant(make.product(price=None))
    prices.set_base(variant=foreign, amount=Decimal(7), currency="EUR")

    with pytest.raises(services.OtherCurrencyError):
        services.add(cart=stale, variant=foreign, quantity=1, at=now)

    assert stale.lines.count() == 1
    stale.refresh_from_db()
    assert stale.currency == "CNY"


def test_an_emptied_cart_takes_the_currency_of_what_comes_next(now):
    cart = make.cart(make.only_variant(make.product()))
    services.remove(cart=cart, line_id=cart.lines.get().pk)
    cart.refresh_from_db()
    foreign = make.only_variant(make.product(price=None))
    prices.set_base(variant=foreign, amount=Decimal(7), currency="EUR")

    services.add(cart=cart, variant=foreign, quantity=1, at=now)

    cart.refresh_from_db()
    assert cart.currency == "EUR"


def test_a_product_sold_in_both_currencies_comes_in_the_carts(now):
    euros = make.only_variant(make.product(price=None))
    prices.set_base(variant=euros, amount=Decimal(7), currency="EUR")
    cart = make.cart(euros)
    both = make.only_variant(make.product(price="80.00"))
    prices.set_base(variant=both, amount=Decimal(10), currency="EUR")

    services.add(cart=cart, variant=both, quantity=1, at=now)

    assert cart.lines.get(variant=both).price_seen == Decimal(10)
    cart.refresh_from_db()
    assert cart.currency == "EUR"


def test_the_price_seen_is_that_of_the_whole_line(now):
    variant = make.only_variant(make.product(price="10.00", stock=50))
    price_list = prices.base_list(variant.product.merchant, "CNY")
    Price.objects.create(price_list=price_list, variant=variant, amount=Decimal(9), min_quantity=10)
    cart = make.cart(variant, quantity=9)

    services.add(cart=cart, variant=variant, quantity=1, at=now)

    assert cart.lines.get().price_seen == Decimal(9)


def test_buying_now_leaves_the_shoppers_cart_alone(now):
    shopper = make.user()
    variant, kept = make.only_variant(make.product()), make.only_variant(make.product())
    cart = make.cart(kept, user=shopper)

    bought = services.buy_now(user=shopper, variant=variant, quantity=2, at=now)

    assert (bought.kind, bought.user) == (Cart.Kind.BUY_NOW, shopper)
    assert list(bought.lines.values_list("variant", "quantity")) == [(variant.pk, 2)]
    assert list(cart.lines.values_list("variant", "quantity")) == [(kept.pk, 1)]
    assert services.find(user=shopper, token=None) == cart


def test_buying_now_what_cannot_be_bought_leaves_nothing_behind(now):
    variant = make.only_variant(make.product(stock=0))

    with pytest.raises(services.SoldOutError):
        services.buy_now(user=None, variant=variant, quantity=1, at=now)

    assert not Cart.objects.exists()
    assert not CartLine.objects.exists()
